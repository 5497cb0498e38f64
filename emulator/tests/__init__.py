"""Tests of the additions that carry behaviour, against a running emulator."""
