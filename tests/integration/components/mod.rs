//! Components by themselves.

mod failover;
