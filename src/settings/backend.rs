//! Where the state lives, as users write it.

use super::error::SettingsError;
use super::region::Region;
use crate::terraform::Backend;

/// What `--backend` takes.
pub const NOTATION: &str = "local, local:PATH or s3:BUCKET/KEY@REGION";

/// Reads `local`, `local:PATH` or `s3:BUCKET/KEY@REGION`.
///
/// # Errors
/// The text is none of these, or a part of it is nothing that Terraform or AWS takes.
pub fn parse(text: &str) -> Result<Backend, SettingsError> {
    if text == "local" {
        return Ok(Backend::Local { path: None });
    }
    if let Some(path) = text.strip_prefix("local:") {
        return Ok(Backend::Local { path: Some(state_path(path)?) });
    }
    text.strip_prefix("s3:").and_then(s3_parts).map_or_else(
        || {
            Err(SettingsError::new(format!("`{}` is not a backend", text.escape_debug()))
                .help(format!("write {NOTATION}")))
        },
        |(bucket, key, region)| Ok(s3(bucket_name(bucket)?, object_key(key)?, region.parse()?, None)),
    )
}

fn s3_parts(text: &str) -> Option<(&str, &str, &str)> {
    let (place, region) = text.rsplit_once('@')?;
    let (bucket, key) = place.split_once('/')?;
    Some((bucket, key, region))
}

/// An S3 backend. The lock object is always used: without a lock two applies at once can lose a half of the state.
pub fn s3(bucket: String, key: String, region: Region, kms_key_id: Option<String>) -> Backend {
    Backend::S3 { bucket, key, region: region.name().to_owned(), use_lockfile: true, kms_key_id }
}

/// The path of a state file.
///
/// # Errors
/// The path is empty, names a folder or contains a template.
pub fn state_path(text: &str) -> Result<String, SettingsError> {
    if text.is_empty() || text.ends_with('/') {
        return Err(SettingsError::new(format!("`{}` is not the path of a state file", text.escape_debug()))
            .help("write a file name, such as `terraform.tfstate`"));
    }
    without_template(text)
}

/// The name of an S3 bucket.
///
/// # Errors
/// S3 has no bucket of such a name.
pub fn bucket_name(text: &str) -> Result<String, SettingsError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let legal = (3..=63).contains(&text.len())
        && text.chars().all(|c| plain(c) || matches!(c, '-' | '.'))
        && text.starts_with(plain)
        && text.ends_with(plain)
        && !text.contains("..");
    if legal {
        return Ok(text.to_owned());
    }
    Err(SettingsError::new(format!("`{}` is not the name of an S3 bucket", text.escape_debug())).because(
        "bucket names have 3 to 63 lower-case letters, digits, hyphens and single dots, and start and end with a \
         letter or digit",
    ))
}

/// The key of the state's object.
///
/// # Errors
/// Terraform does not take the key.
pub fn object_key(text: &str) -> Result<String, SettingsError> {
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
/// Terraform does not take it, or it is in another region than the bucket.
pub fn kms_key(text: &str, bucket_region: Region) -> Result<String, SettingsError> {
    let shown = text.escape_debug();
    let malformed = || {
        SettingsError::new(format!("`{shown}` is not the id or ARN of a KMS key"))
            .help("write `arn:aws:kms:REGION:ACCOUNT:key/ID` or `alias/NAME`")
    };
    let Some(arn) = text.strip_prefix("arn:") else {
        return if is_key_id(text) || is_alias(text) { Ok(text.to_owned()) } else { Err(malformed()) };
    };
    let parts: Vec<_> = arn.splitn(5, ':').collect();
    let [_, "kms", region, account, resource] = parts[..] else { return Err(malformed()) };
    let account_number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !account_number || !(resource.strip_prefix("key/").is_some_and(is_key_id) || is_alias(resource)) {
        return Err(malformed());
    }
    if region != bucket_region.name() {
        return Err(SettingsError::new(format!("the KMS key `{shown}` is not in the bucket's region {bucket_region}"))
            .because("S3 encrypts with keys of the bucket's own region only"));
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

fn without_template(text: &str) -> Result<String, SettingsError> {
    if text.contains("${") || text.contains("%{") {
        return Err(SettingsError::new(format!("`{}` contains a template", text.escape_debug()))
            .because("Terraform reads backends before it knows variables: they take literal text only"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn notations() {
        assert_eq!(parse("local"), Ok(Backend::Local { path: None }));
        assert_eq!(parse("local:a/b.tfstate"), Ok(Backend::Local { path: Some("a/b.tfstate".into()) }));
        assert_eq!(
            parse("s3:my.state-1/pay/ments@home.tfstate@us-west-2"),
            Ok(Backend::S3 {
                bucket: "my.state-1".into(),
                key: "pay/ments@home.tfstate".into(),
                region: "us-west-2".into(),
                use_lockfile: true,
                kms_key_id: None,
            })
        );
    }

    #[test]
    fn refused() {
        let cases = [
            ("", "is not a backend"),
            ("gcs:x", "is not a backend"),
            ("s3", "is not a backend"),
            ("s3:bucket/key", "is not a backend"),
            ("s3:bucket@us-west-2", "is not a backend"),
            ("s3:Bucket/key@us-west-2", "is not the name of an S3 bucket"),
            ("s3:b/key@us-west-2", "is not the name of an S3 bucket"),
            ("s3:buc..ket/key@us-west-2", "is not the name of an S3 bucket"),
            ("s3:bucket/@us-west-2", "is not the key"),
            ("s3:bucket//key@us-west-2", "is not the key"),
            ("s3:bucket/${key}@us-west-2", "contains a template"),
            ("s3:bucket/key@us-wset-2", "unknown region"),
            ("local:", "is not the path"),
            ("local:folder/", "is not the path"),
            ("local:%{if}", "contains a template"),
        ];
        for (text, expected) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn kms_keys() {
        let region = Region::US_EAST_2;
        let arn = format!("arn:aws:kms:us-east-2:123456789012:key/{KEY}");
        assert_eq!(kms_key(&arn, region), Ok(arn.clone()));
        assert_eq!(kms_key(KEY, region), Ok(KEY.to_owned()));
        let alias_arn = "arn:aws:kms:us-east-2:123456789012:alias/state";
        for text in ["mrk-1234abcd12ab34cd56ef1234567890ab", "alias/state", alias_arn] {
            assert_eq!(kms_key(text, region), Ok(text.to_owned()));
        }
        assert!(kms_key(&arn, Region::US_EAST_1).unwrap_err().message.contains("not in the bucket's region"));
        for text in
            ["", "state", "alias/", "alias/${x}", "arn:aws:kms:us-east-2:123456789012:key/x", "arn:aws:s3:::b", "arn:"]
        {
            assert!(kms_key(text, region).unwrap_err().message.contains("is not the id or ARN"), "{text}");
        }
    }
}
