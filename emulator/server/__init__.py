"""The emulator's own machinery: process lifecycle, PostgreSQL, request routing."""
