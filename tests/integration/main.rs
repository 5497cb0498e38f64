//! The integration tests, one binary that mirrors `src`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test a panic is the report of a failure"
)]

mod benchmarks;
mod cli;
mod common;
mod compile_fail;
mod components;
mod diff;
mod dns_failover;
mod documents;
mod examples;
mod language;
mod proof;
mod provider;
mod stack;
mod terraform;
