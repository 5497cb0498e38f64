//! Whatever the core can build, its own parser reads back.

use dr_synth::terraform::{Expression, Module, parse};
use proptest::prelude::*;

use super::any_expression::{any_expression, any_literal};
use super::any_module::shuffled;
use super::any_text::any_text;
use super::normal_form::normal;

pub(super) fn render(module: &Module) -> String {
    let mut document = Vec::new();
    module.write(&mut document).expect("writing to memory");
    String::from_utf8(document).expect("JSON is UTF-8")
}

/// The number of cases of a test, times `SEARCH_FACTOR` for a longer search than fits in between two edits.
fn cases(cases: u32) -> ProptestConfig {
    let factor = std::env::var("SEARCH_FACTOR").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases * factor) }
}

/// The text of the only string in a JSON value that is one.
fn json_text(expression: &Expression) -> Option<String> {
    match serde_json::from_str(&expression.to_json()).expect("every expression is JSON") {
        serde_json::Value::String(text) => Some(text),
        _ => None,
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn an_expression_survives_native_syntax(expression in any_expression()) {
        let text = expression.to_string();
        let parsed = parse::expression(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{}", error.draw(&text))))?;
        prop_assert_eq!(&parsed, &normal(&expression), "{}", text);
        prop_assert_eq!(parsed.to_string(), text);
    }

    #[test]
    fn an_expression_survives_a_json_string(expression in any_expression()) {
        let Some(text) = json_text(&expression) else { return Ok(()) };
        let parsed = parse::template(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{}", error.draw(&text))))?;
        prop_assert_eq!(&parsed, &normal(&expression), "{}", text);
        prop_assert_eq!(json_text(&parsed), Some(text));
    }

    #[test]
    fn a_literal_is_never_evaluated(text in any_text()) {
        let literal = Expression::Text(text.into());
        prop_assert_eq!(&parse::expression(&literal.to_string()).unwrap(), &literal);
        prop_assert_eq!(&parse::template(&json_text(&literal).unwrap()).unwrap(), &literal);
    }

    #[test]
    fn literals_hold_no_reference(literal in any_literal()) {
        prop_assert!(normal(&literal).is_literal());
        prop_assert!(parse::expression(&literal.to_string()).unwrap().is_literal());
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_module_survives_its_document((module, other_order) in shuffled()) {
        let document = render(&module);
        prop_assert_eq!(&render(&module), &document, "rendered twice");
        prop_assert_eq!(&render(&other_order), &document, "the same blocks added in another order");
        let parsed = parse::document(&document)
            .map_err(|diagnostics| TestCaseError::fail(format!("{diagnostics:#?}\n{document}")))?;
        prop_assert_eq!(render(&parsed), document);
        prop_assert_eq!(parsed, module);
    }
}

proptest! {
    #![proptest_config(cases(1000))]

    /// What the parser accepts renders to something it accepts again as the same.
    #[test]
    fn no_text_makes_the_parser_panic(text in any_text()) {
        if let Ok(expression) = parse::expression(&text) {
            prop_assert_eq!(parse::expression(&expression.to_string()).unwrap().to_string(), expression.to_string());
        }
        match parse::template(&text) {
            Ok(template) => {
                if let Some(text) = json_text(&template) {
                    prop_assert_eq!(json_text(&parse::template(&text).unwrap()), Some(text));
                }
            }
            Err(error) => prop_assert!(error.draw(&text).contains('^')),
        }
        let _ = parse::type_constraint(&text);
        let _ = parse::document(&text);
        let _ = parse::document(&String::from_utf8_lossy(text.as_bytes()));
    }

    /// Close to valid: a valid text with a piece taken out or put in.
    #[test]
    fn no_damaged_expression_makes_the_parser_panic(
        expression in any_expression(),
        piece in any_text(),
        at in any::<prop::sample::Index>(),
        removed in 0..4_usize,
    ) {
        let characters: Vec<char> = expression.to_string().chars().collect();
        let at = at.index(characters.len() + 1);
        let (before, after) = characters.split_at(at);
        let damaged: String =
            before.iter().copied().chain(piece.chars()).chain(after.iter().skip(removed).copied()).collect();
        match parse::expression(&damaged) {
            Ok(parsed) => {
                let text = parsed.to_string();
                prop_assert_eq!(parse::expression(&text).map(|parsed| parsed.to_string()), Ok(text));
            }
            Err(error) => prop_assert!(error.draw(&damaged).contains('^')),
        }
    }
}
