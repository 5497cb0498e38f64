//! A model of the failover's protocol: the state machines as they are deployed, and the world around them.
//!
//! ```text
//! deployed ─> machine ─> execution      the definitions, read from the document
//!                  │         │
//! guards, table ─> steps ─> model ─> properties     every order of events, one outage, so many faults
//!                            │
//!                          world
//! ```

pub mod deployed;
pub mod execution;
pub mod guards;
pub mod machine;
pub mod model;
pub mod notification;
mod path;
pub mod properties;
pub mod shared;
pub mod steps;
pub mod table;
pub mod variant;
pub mod world;
