//! For code scanning: SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use dr_synth::proof::{Finding, Severity, rules};
use serde_json::{Value, json};

use super::Places;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run with its rules and results.
pub(super) fn document(findings: &[Finding], places: &mut Places<'_>) -> Value {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut descriptions = Vec::new();
    for rule in rules::all() {
        numbers.insert(rule.id, descriptions.len());
        descriptions.push(json!({
            "id": rule.id,
            "shortDescription": { "text": rule.title },
            "fullDescription": { "text": rule.reason },
            "help": { "text": format!("{} Source: {}", rule.reason, rule.source) },
            "defaultConfiguration": { "level": level(rule.severity) },
            "properties": { "tags": [rule.group.name()] },
        }));
    }
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &numbers, places)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dr-synth",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": "https://docs.rs/dr-synth",
                "rules": descriptions,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        _ => "note",
    }
}

fn result(finding: &Finding, numbers: &BTreeMap<&str, usize>, places: &mut Places<'_>) -> Value {
    let advice = [&finding.advice.reason, &finding.advice.fix].into_iter().flatten();
    let text = advice.fold(finding.message.clone(), |text, more| format!("{text}. {more}"));
    let mut location = json!({
        "logicalLocations": [{ "fullyQualifiedName": finding.address(), "kind": "resource" }],
    });
    if let Some(place) = places.of(finding) {
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": uri(place.name()) },
            "region": { "startLine": place.line(), "startColumn": place.column() },
        });
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [location],
        "partialFingerprints": { "addressHash/v1": fingerprint(finding) },
    });
    if let Some(number) = numbers.get(finding.rule) {
        result["ruleIndex"] = json!(number);
    }
    result
}

/// The same for the same finding, wherever its line goes.
fn fingerprint(finding: &Finding) -> String {
    let mut hasher = DefaultHasher::new();
    let field = finding.locations.first().map(|location| location.field.as_str());
    (finding.rule, finding.address(), field).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            b'\\' => uri.push('/'),
            other => uri.extend(["%", &format!("{other:02X}")]),
        }
    }
    uri
}
