//! Integration tests, one module per area of the crate.

mod terraform;
