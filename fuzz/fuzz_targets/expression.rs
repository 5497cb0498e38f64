//! Any text, as an expression and as a string of a document: no panic, and what is written parses back to the same tree.

#![no_main]

use dr_synth::terraform::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(expression) = parse::expression(text) {
        let written = expression.to_string();
        match parse::expression(&written) {
            Ok(again) => assert_eq!(again, expression, "{written}"),
            // What is read at the limit of depth may need a parenthesis more when it is written.
            Err(error) => assert!(error.message.contains("levels deep"), "{error}: {written}"),
        }
    }
    let _ = parse::template(text);
    let _ = parse::type_constraint(text);
});
