//! What the provider was seen to call, by type of resource: `schema/aws-5.100.0.permissions`, made by `xtask/permissions.py`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Purpose;

/// A permission that a type needs, its resource with the type's arguments in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) purpose: Purpose,
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    /// A condition key and its value, for actions that are granted for one service only.
    pub(super) condition: Option<(&'static str, &'static str)>,
}

/// The needs of a type, `data.TYPE` for a data source; none if it has no record.
pub(super) fn of(kind: &str) -> Option<&'static [Need]> {
    static TABLE: OnceLock<BTreeMap<&str, Vec<Need>>> = OnceLock::new();
    TABLE.get_or_init(read).get(kind).map(Vec::as_slice)
}

fn read() -> BTreeMap<&'static str, Vec<Need>> {
    let lines = include_str!("../../../schema/aws-5.100.0.permissions").lines().filter(|line| !line.starts_with('#'));
    let mut table: BTreeMap<&str, Vec<Need>> = BTreeMap::new();
    let mut kind = "";
    for line in lines {
        if let Some(need) = line.strip_prefix('\t') {
            table.entry(kind).or_default().extend(parse(need));
        } else {
            kind = line;
            table.entry(kind).or_default();
        }
    }
    table
}

fn parse(line: &'static str) -> Option<Need> {
    let mut parts = line.split('\t');
    let purpose = match parts.next()? {
        "plan" => Purpose::Plan,
        "apply" => Purpose::Apply,
        _ => Purpose::Destroy,
    };
    let (action, resource) = (parts.next()?, parts.next()?);
    Some(Need { purpose, action, resource, condition: parts.next().and_then(|condition| condition.split_once('=')) })
}

#[cfg(test)]
mod tests {
    use super::{of, parse, read};
    use crate::proof::permissions::Purpose;

    #[test]
    fn every_line_is_a_need_of_a_type() {
        let lines = include_str!("../../../schema/aws-5.100.0.permissions").lines();
        let needs: Vec<_> = lines.filter_map(|line| line.strip_prefix('\t')).collect();
        assert!(needs.len() > 100, "{} lines", needs.len());
        for line in &needs {
            let word = line.split('\t').next().unwrap_or_default();
            assert!(["plan", "apply", "destroy"].contains(&word), "{line}");
            let need = parse(line).unwrap_or_else(|| unreachable!("{line}"));
            assert!(need.action.contains(':') && (need.resource == "*" || need.resource.starts_with("arn:")), "{line}");
        }
        assert_eq!(read().values().map(Vec::len).sum::<usize>(), needs.len());
    }

    #[test]
    fn a_type_without_a_record_has_none() {
        assert_eq!(of("aws_groundstation_antenna"), None);
        assert!(of("aws_vpc").is_some_and(|needs| needs.iter().any(|need| need.purpose == Purpose::Apply)));
    }
}
