//! The default document, byte for byte. A change of it is read by a person: `UPDATE_GOLDEN=1 cargo test` accepts it.

use dr_synth::settings::{Layout, Settings};
use dr_synth::stack::{self, tfvars_example::tfvars_example};

use crate::common::golden;

fn default_document() -> String {
    let document = stack::build(&Settings::default()).document().unwrap();
    String::from_utf8(document.to_bytes()).unwrap()
}

#[test]
fn the_default_document_is_the_one_that_was_read() {
    golden("tests/integration/stack/main.tf.json", &default_document());
}

/// The modules themselves are in `modules/`, which `cargo xtask` writes and checks.
#[test]
fn the_root_of_the_modules_is_the_one_that_was_read() {
    let settings = Settings { layout: Layout::Modules, ..Settings::default() };
    let configuration = stack::build(&settings).configuration().unwrap();
    golden("tests/integration/stack/modules.tf.json", &configuration.root().to_string());
}

#[test]
fn the_example_of_the_variables_lists_all_of_them() {
    let example = tfvars_example(stack::build(&Settings::default()).module()).unwrap();
    golden("terraform.tfvars.example", &example);
    let document = super::document(&Settings::default());
    for name in document["variable"].as_object().unwrap().keys() {
        let is_listed = ["", "#"].iter().any(|sign| example.contains(&format!("\n{sign}{name} = ")));
        assert!(is_listed, "{name} is missing");
    }
}

#[test]
fn the_same_settings_give_the_same_bytes() {
    assert_eq!(default_document(), default_document());
}
