//! What can be said of a finished configuration before anyone applies it.
//!
//! ```text
//! Reading ──> Subject ──> rules, group by group ──> findings
//! plan ─────> Model ────> coverage ──> a cell for every data store and scenario
//!                     ├──> graph: what stands where, and what it has to do with what
//!                     ├──> objectives: how long the service is away, and how much is lost
//!                     └──> permissions: policies for running Terraform
//! ```

pub mod cost;
pub mod coverage;
pub mod finding;
pub mod graph;
pub mod model;
pub mod objectives;
pub mod permissions;
mod refusal;
pub mod report;
pub mod rules;
pub mod runbook;

pub use coverage::{Cell, Scenario, Verdict, coverage};
pub use finding::{Advice, Finding, Location, Severity};
pub use rules::{Group, Rule, Subject, check};
