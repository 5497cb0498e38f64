//! A state in S3. A lock object next to the state is its lock.

use std::collections::BTreeMap;

use super::text::{is_plain, legal, without_template};
use super::{Description, optional, required};
use crate::settings::{Region, SettingsError};

pub(super) const DESCRIPTION: Description = Description {
    notation: "s3:BUCKET/KEY@REGION",
    arguments: &[
        required("bucket", bucket_name),
        required("key", object_key),
        required("region", region),
        optional("kms_key_id", kms_key),
    ],
    parts: |rest| {
        let (place, region) = rest?.rsplit_once('@')?;
        let (bucket, key) = place.split_once('/')?;
        Some(vec![("bucket", bucket), ("key", key), ("region", region)])
    },
};

/// S3 encrypts with keys of the bucket's own region only.
///
/// # Errors
/// The key is in another one.
pub(super) fn together(checked: &BTreeMap<&'static str, String>) -> Result<(), SettingsError> {
    let (Some(key), Some(bucket_region)) = (checked.get("kms_key_id"), checked.get("region")) else { return Ok(()) };
    let is_elsewhere = key.strip_prefix("arn:").is_some_and(|arn| arn.split(':').nth(2) != Some(bucket_region));
    if !is_elsewhere {
        return Ok(());
    }
    let error = SettingsError::new(format!("the KMS key `{key}` is not in the bucket's region {bucket_region}"));
    Err(error.because("S3 encrypts with keys of the bucket's own region only"))
}

fn region(text: &str) -> Result<String, SettingsError> {
    Ok(text.parse::<Region>()?.name().to_owned())
}

/// The name of an S3 bucket.
///
/// # Errors
/// S3 has no bucket of such a name.
fn bucket_name(text: &str) -> Result<String, SettingsError> {
    let ok = (3..=63).contains(&text.len())
        && text.bytes().all(|byte| is_plain(byte) || matches!(byte, b'-' | b'.'))
        && text.bytes().next().is_some_and(is_plain)
        && text.bytes().last().is_some_and(is_plain)
        && !text.contains("..");
    let rule = "bucket names have 3 to 63 lower-case letters, digits, hyphens and single dots, and start and end with a letter or \
                digit";
    legal(text, ok, "the name of an S3 bucket", rule)
}

/// The key of the state's object.
///
/// # Errors
/// Terraform does not take the key.
fn object_key(text: &str) -> Result<String, SettingsError> {
    if text.is_empty() || text.len() > 1024 || text.starts_with('/') || text.ends_with('/') {
        return Err(SettingsError::new(format!("`{}` is not the key of a state object", text.escape_debug()))
            .because("Terraform takes keys of 1 to 1024 bytes that neither start nor end with a slash")
            .help("write a key such as `payments/terraform.tfstate`"));
    }
    without_template(text)
}

/// The KMS key that encrypts the state: the id or ARN of a key or an alias.
///
/// # Errors
/// Terraform does not take it.
fn kms_key(text: &str) -> Result<String, SettingsError> {
    let shown = text.escape_debug();
    let malformed = || {
        SettingsError::new(format!("`{shown}` is not the id or ARN of a KMS key"))
            .help("write `arn:aws:kms:REGION:ACCOUNT:key/ID` or `alias/NAME`")
    };
    let Some(arn) = text.strip_prefix("arn:") else {
        return if is_key_id(text) || is_alias(text) { Ok(text.to_owned()) } else { Err(malformed()) };
    };
    let parts: Vec<_> = arn.splitn(5, ':').collect();
    let [_, "kms", _, account, resource] = parts[..] else { return Err(malformed()) };
    let account_number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !account_number || !(resource.strip_prefix("key/").is_some_and(is_key_id) || is_alias(resource)) {
        return Err(malformed());
    }
    Ok(text.to_owned())
}

fn is_key_id(text: &str) -> bool {
    let hexadecimal = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(id) = text.strip_prefix("mrk-") {
        return hexadecimal(id, 32);
    }
    let parts: Vec<_> = text.split('-').collect();
    parts.len() == 5 && parts.iter().zip([8, 4, 4, 4, 12]).all(|(part, length)| hexadecimal(part, length))
}

fn is_alias(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-');
    text.strip_prefix("alias/").is_some_and(|name| !name.is_empty() && name.chars().all(legal))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn kms_keys() {
        let arn = format!("arn:aws:kms:us-east-2:123456789012:key/{KEY}");
        assert_eq!(kms_key(&arn), Ok(arn.clone()));
        assert_eq!(kms_key(KEY), Ok(KEY.to_owned()));
        let alias_arn = "arn:aws:kms:us-east-2:123456789012:alias/state";
        for text in ["mrk-1234abcd12ab34cd56ef1234567890ab", "alias/state", alias_arn] {
            assert_eq!(kms_key(text), Ok(text.to_owned()));
        }
        let with = |region: &str| together(&[("kms_key_id", arn.clone()), ("region", region.to_owned())].into());
        assert_eq!(with("us-east-2"), Ok(()));
        let error = with("us-east-1").unwrap_err();
        assert!(error.message.contains("not in the bucket's region"), "{error}");
        for text in
            ["", "state", "alias/", "alias/${x}", "arn:aws:kms:us-east-2:123456789012:key/x", "arn:aws:s3:::b", "arn:"]
        {
            assert!(kms_key(text).unwrap_err().message.contains("is not the id or ARN"), "{text}");
        }
    }
}
