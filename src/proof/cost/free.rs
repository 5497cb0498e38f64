//! The types that AWS charges nothing for, each with the reason.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("free.tsv");

static FREE: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect()
});

/// Why objects of a type cost nothing, if they do.
pub(super) fn reason(kind: &str) -> Option<&'static str> {
    FREE.get(kind).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws;
    use crate::terraform::ResourceMode;

    #[test]
    fn every_line_names_a_type_of_the_provider_and_a_reason() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(FREE.len(), lines, "a line without a reason, or a type that stands there twice");
        for (kind, reason) in FREE.iter() {
            assert!(aws::schema().block_type(ResourceMode::Managed, kind).is_some(), "{kind}");
            assert!(!reason.is_empty(), "{kind}");
        }
    }
}
