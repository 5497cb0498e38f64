//! The failover: what detects, decides and acts, all of it in the region that survives.

mod commands;
mod drill_machine;
mod failback_machine;
mod failover_machine;
mod machine_role;
mod machine_steps;
mod notice;
pub mod state_machines;
