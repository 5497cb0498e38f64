//! Synthesizes Terraform JSON for active-passive disaster recovery on AWS.

pub mod aws;
pub mod settings;
pub mod terraform;
