//! Modules that cannot be looked into: whether what comes of their source is the same every time.

/// Whether a source, with a version where it is a registry's, leads to one and the same module.
pub(super) fn is_pinned(source: &str, version: Option<&str>) -> bool {
    if source.starts_with("./") || source.starts_with("../") || matches!(source, "." | "..") {
        // It is missing: it goes with the configuration, and what it is then nobody can tell.
        return false;
    }
    if let Some(version) = version {
        return is_exact(version);
    }
    let query = source.split_once('?').map(|(_, query)| query).unwrap_or_default();
    query.split('&').any(|parameter| match parameter.split_once('=') {
        Some(("ref", name)) => is_commit(name) || is_tag(name),
        Some(("checksum" | "versionId" | "rev", value)) => !value.is_empty(),
        _ => false,
    })
}

/// One version, and no range of them.
fn is_exact(constraint: &str) -> bool {
    let version = constraint.trim().trim_start_matches('=').trim();
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|it| it.is_ascii_digit());
    !version.contains(',') && numbers.split('.').all(is_number)
}

fn is_commit(name: &str) -> bool {
    name.len() >= 7 && name.len() <= 64 && name.chars().all(|it| it.is_ascii_hexdigit())
}

/// A tag looks like a version; a branch does not.
fn is_tag(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let digits = last.trim_start_matches(|it: char| !it.is_ascii_digit());
    digits.contains('.') && digits.split('.').all(|part| part.starts_with(|it: char| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_is_what_cannot_become_another() {
        for (source, version) in [
            ("terraform-aws-modules/rds/aws", Some("6.0.0")),
            ("terraform-aws-modules/rds/aws", Some("= 6.0.0")),
            ("git::https://example.com/m.git?ref=v1.2.0", None),
            ("git::https://example.com/m.git//sub?depth=1&ref=51d462976d84fdea54b47d80dcabbf680badcdb8", None),
            ("github.com/a/b?ref=release/1.2.3", None),
        ] {
            assert!(is_pinned(source, version), "{source}");
        }
        for (source, version) in [
            ("terraform-aws-modules/rds/aws", None),
            ("terraform-aws-modules/rds/aws", Some("~> 6.0")),
            ("terraform-aws-modules/rds/aws", Some(">= 6.0.0, < 7.0.0")),
            ("git::https://example.com/m.git", None),
            ("git::https://example.com/m.git?ref=main", None),
            ("./missing", None),
        ] {
            assert!(!is_pinned(source, version), "{source}");
        }
    }
}
