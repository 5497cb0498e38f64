//! Synthesizes Terraform JSON for active-passive disaster recovery on AWS.

pub mod aws;
pub mod components;
pub mod diff;
mod digest;
pub mod dns_failover;
pub mod files;
pub mod settings;
pub mod stack;
pub mod terraform;

/// How the comment at the top of every file that dr-synth writes begins. A file without it is somebody else's.
pub const AUTHORSHIP: &str = "Written by dr-synth";

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
