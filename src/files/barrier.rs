//! The file that keeps Terraform from loading half of a change.

/// Terraform loads every `*.tf.json` of a folder, and this one it cannot: `terraform validate`, `plan` and `apply` end with
/// the name of the property.
pub(super) const NAME: &str = "dr_synth_was_interrupted.tf.json";

/// What stands in it.
pub(super) const CONTENT: &str = "{\n  \"//\": \"Written by dr-synth while it changes this folder\",\n  \
    \"dr-synth was interrupted while it wrote this folder, run it again\": {}\n}\n";
