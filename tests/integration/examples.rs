//! The examples: what they print is what was read.

#![expect(clippy::duplicate_mod, reason = "every example has the printer that all of them have")]

use std::fmt::Write;

use dr_synth::diff::{Action, compare};
use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::terraform::Configuration;

use crate::common::golden;

#[path = "../../examples/extend_the_stack.rs"]
#[expect(dead_code, reason = "an example's `main` is for people")]
mod extend_the_stack;
#[path = "../../examples/other_provider.rs"]
#[expect(dead_code, reason = "an example's `main` is for people")]
mod other_provider;
#[path = "../../examples/own_stack.rs"]
#[expect(dead_code, reason = "an example's `main` is for people")]
mod own_stack;

#[test]
fn a_stack_of_ones_own() {
    golden("examples/own_stack.tf.json", &own_stack::document().unwrap().to_string());
}

#[test]
fn another_provider() {
    golden("examples/other_provider.tf.json", &other_provider::document().unwrap().to_string());
}

#[test]
fn the_stack_extended_is_the_stack_and_what_was_added() {
    let stack = stack::build(&Settings::default()).document().unwrap().module().clone();
    let extended = extend_the_stack::document().unwrap().module().clone();
    let comparison = compare(&Configuration::from(stack), &Configuration::from(extended)).unwrap();
    let mut added = String::new();
    for change in &comparison.changes {
        assert_eq!(change.action, Action::Added, "{change:?}");
        writeln!(added, "{}", change.address).unwrap();
    }
    golden("examples/extend_the_stack.added.txt", &added);
}
