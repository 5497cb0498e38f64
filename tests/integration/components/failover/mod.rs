//! The failover's components.

mod definition;
mod state_machines;
