//! Runs real Terraform on the document that `dr-synth` prints, against the emulator in `emulator/`.
//!
//! One way through: [`repository`] builds the program, [`emulator`] serves AWS on the loopback, [`terraform`]
//! applies the document in a throw-away [`workspace`], [`payments`], [`database`] and [`aws`] look at the running
//! stack, [`documents`] at what a plan may contain, [`leftovers`] at what is there after the destroy. [`known_policies`] completes a plan for those who judge it
//! without an apply. [`reaper`] makes sure that nothing outlives the process.

pub mod aws;
pub mod database;
pub mod deployer;
pub mod deployment;
pub mod dns;
pub mod documents;
pub mod emulator;
pub mod failover;
pub mod faults;
pub mod gameday;
mod heartbeat;
pub mod http;
pub mod known_policies;
pub mod leftovers;
pub mod notices;
pub mod payments;
pub mod progress;
pub mod reaper;
pub mod repository;
pub mod suite;
pub mod terraform;
pub mod workspace;
