//! A state in Google Cloud Storage. An object next to the state is its lock.

use std::net::Ipv4Addr;

use super::text::{is_plain, legal, without_template};
use super::{Description, optional, required};
use crate::settings::SettingsError;

pub(super) const DESCRIPTION: Description =
    Description {
        notation: "gcs:BUCKET[/PREFIX]",
        arguments: &[required("bucket", bucket), optional("prefix", prefix)],
        parts: |rest| {
            let rest = rest?;
            let parts = rest.split_once('/');
            Some(parts.map_or_else(
                || vec![("bucket", rest)],
                |(bucket, prefix)| vec![("bucket", bucket), ("prefix", prefix)],
            ))
        },
    };

/// Google Cloud documentation, "About Cloud Storage buckets", section "Bucket names".
fn bucket(text: &str) -> Result<String, SettingsError> {
    let longest = if text.contains('.') { 222 } else { 63 };
    let ok = (3..=longest).contains(&text.len())
        && text.bytes().all(|byte| is_plain(byte) || matches!(byte, b'-' | b'_' | b'.'))
        && text.bytes().next().is_some_and(is_plain)
        && text.bytes().last().is_some_and(is_plain)
        && text.split('.').all(|part| (1..=63).contains(&part.len()))
        && !text.starts_with("goog")
        && !text.contains("google")
        && text.parse::<Ipv4Addr>().is_err();
    let rule = "Google takes 3 to 63 lower-case letters, digits, hyphens, underscores and dots, no address, and not its own name";
    legal(text, ok, "the name of a Cloud Storage bucket", rule)
}

/// Where in the bucket the state is: Terraform adds `/default.tfstate`. Objects have names of at most 1,024 bytes (Google Cloud
/// documentation, "About Cloud Storage objects").
fn prefix(text: &str) -> Result<String, SettingsError> {
    let ok = (1..=900).contains(&text.len())
        && !text.starts_with('/')
        && !text.ends_with('/')
        && !text.chars().any(char::is_control);
    let rule = "a prefix has 1 to 900 bytes and neither starts nor ends with a slash";
    without_template(&legal(text, ok, "the prefix of a state", rule)?)
}
