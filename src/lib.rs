//! Synthesizes Terraform JSON for active-passive disaster recovery on AWS, and any other Terraform JSON in Rust.
//!
//! The program `dr-synth` prints the stack that [`stack::build`] builds. This crate is what it is made of:
//!
//! | module | what for |
//! | --- | --- |
//! | [`stack`], [`components`] | the two-region stack and its parts, to be used and extended |
//! | [`settings`] | the shape of that stack |
//! | [`aws`] | typed blocks of AWS types, policies, state machines; the schema of every type |
//! | [`terraform`] | the language: values, blocks, modules, the check, parsing, rendering; knows no AWS |
//! | [`diff`] | what one configuration does to the objects of another |
//! | [`adopt`] | objects that a killed apply has left behind, taken over |
//! | [`proof`] | the rules of `dr-synth check`, and what they find |
//! | [`files`] | a folder written wholly or not at all |
//!
//! The [`guide`] shows how to extend the stack, how to build one of your own, and how to use other providers. A program that
//! builds on the library leaves the command line's crates out with `default-features = false`.

#![warn(missing_docs, missing_debug_implementations)]

pub mod adopt;
pub mod aws;
pub mod components;
pub mod diff;
mod digest;
pub mod dns_failover;
pub mod files;
pub mod guide;
pub mod proof;
pub mod settings;
pub mod stack;
pub mod terraform;

/// How the comment at the top of every file that dr-synth writes begins. A file without it is somebody else's.
pub const AUTHORSHIP: &str = "Written by dr-synth";

/// The examples of the page about the library, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct LibraryPage;
