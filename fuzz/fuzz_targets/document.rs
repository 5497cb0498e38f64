//! Any text, as a document: no panic in the parser, the check or the comparison, and what is written parses back.

#![no_main]

use dr_synth::aws;
use dr_synth::diff::compare;
use dr_synth::terraform::{Configuration, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(module) = parse::document(text) else { return };
    let mut written = Vec::new();
    module.write(&mut written).expect("a vector takes everything");
    let written = String::from_utf8(written).expect("JSON is UTF-8");
    if module.check(aws::schemas()).is_empty() {
        let again = parse::document(&written).expect("a document that is right is read back");
        let mut twice = Vec::new();
        again.write(&mut twice).expect("a vector takes everything");
        assert_eq!(String::from_utf8_lossy(&twice), written);
    }
    let configuration = Configuration::from(module);
    if let Ok(comparison) = compare(&configuration, &configuration) {
        assert!(comparison.changes.is_empty(), "{comparison:?}");
    }
});
