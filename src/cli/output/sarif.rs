//! For code scanning: SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;

use dr_synth::proof::{Finding, Severity, rules};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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
    let mut seen = HashMap::new();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &numbers, &mut seen, places)).collect();
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

fn result(
    finding: &Finding,
    numbers: &BTreeMap<&str, usize>,
    seen: &mut HashMap<String, usize>,
    places: &mut Places<'_>,
) -> Value {
    let advice = [&finding.advice.reason, &finding.advice.fix].into_iter().flatten();
    let text = advice.fold(finding.message.clone(), |text, more| format!("{text}. {more}"));
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [{
            "physicalLocation": physical_location(finding, places),
            "logicalLocations": [{ "fullyQualifiedName": finding.address(), "kind": "resource" }],
        }],
        "partialFingerprints": { "addressHash/v2": fingerprint(finding, seen) },
    });
    if let Some(number) = numbers.get(finding.rule) {
        result["ruleIndex"] = json!(number);
    }
    result
}

/// The place in a file. A finding without one is at the beginning of what was checked: GitHub refuses a whole upload for one result
/// that is in no file.
fn physical_location(finding: &Finding, places: &mut Places<'_>) -> Value {
    let (uri, line, column) = match places.of(finding) {
        Some(place) => (uri(Path::new(place.name())), place.line(), place.column()),
        None => (uri(places.of_none(finding)), 1, 1),
    };
    json!({
        "artifactLocation": { "uri": uri },
        "region": { "startLine": line, "startColumn": column },
    })
}

/// The same for the same finding, wherever its line goes and whatever built dr-synth; another for the next one of the same field.
fn fingerprint(finding: &Finding, seen: &mut HashMap<String, usize>) -> String {
    let field = finding.locations.first().map_or("", |location| location.field.as_str());
    let digest = Sha256::digest([finding.rule, &finding.address(), field].join("\n"));
    let hash = digest[..8].iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let count = seen.entry(hash.clone()).or_default();
    *count += 1;
    format!("{hash}:{count}")
}

/// A path as a reference: relative to the current folder, which is the repository's in a job, or with its scheme if it is elsewhere.
fn uri(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let relative = path.strip_prefix(&current).unwrap_or(path);
    let scheme = if relative.is_absolute() { "file://" } else { "" };
    escaped(scheme, &relative.display().to_string())
}

/// What has a meaning in references is escaped.
fn escaped(scheme: &str, path: &str) -> String {
    let mut uri = String::from(scheme);
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            b'\\' => uri.push('/'),
            other => uri.extend(["%", &format!("{other:02X}")]),
        }
    }
    uri
}
