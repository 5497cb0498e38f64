//! What is lost with an object of each type.
//!
//! Every type of the AWS provider was looked at, and has its verdict in `schema/aws-5.100.0.holdings`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What is lost with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Holding {
    /// Something that cannot be made again, such as `the databases in it`.
    Something(&'static str),
    /// Nothing: the configuration makes it again.
    Nothing,
    /// Nobody looked at the type.
    Unknown,
}

/// Types of other providers that many configurations have.
const OTHERS: &[(&str, Holding)] = &[
    ("archive_file", Holding::Nothing),
    ("local_file", Holding::Nothing),
    ("local_sensitive_file", Holding::Nothing),
    ("null_resource", Holding::Nothing),
    ("random_bytes", Holding::Something("the bytes, which nothing can make again")),
    ("random_id", Holding::Nothing),
    ("random_integer", Holding::Nothing),
    ("random_password", Holding::Something("the password, which nothing can make again")),
    ("random_pet", Holding::Nothing),
    ("random_shuffle", Holding::Nothing),
    ("random_string", Holding::Nothing),
    ("random_uuid", Holding::Nothing),
    ("terraform_data", Holding::Nothing),
    ("time_offset", Holding::Nothing),
    ("time_rotating", Holding::Nothing),
    ("time_sleep", Holding::Nothing),
    ("time_static", Holding::Nothing),
    ("tls_cert_request", Holding::Nothing),
    ("tls_locally_signed_cert", Holding::Nothing),
    ("tls_private_key", Holding::Something("the key, which nothing can make again")),
    ("tls_self_signed_cert", Holding::Nothing),
];

static HOLDINGS: LazyLock<HashMap<&'static str, Holding>> = LazyLock::new(|| {
    let lines = include_str!("../../schema/aws-5.100.0.holdings").lines().filter(|line| !line.starts_with('#'));
    let verdict = |line: &'static str| {
        let mut columns = line.split('\t');
        let (name, verdict, what) = (columns.next()?, columns.next()?, columns.next()?);
        Some((name, if verdict == "none" { Holding::Nothing } else { Holding::Something(what) }))
    };
    lines.filter_map(verdict).chain(OTHERS.iter().copied()).collect()
});

/// What is lost with an object of this type.
pub fn holds(type_name: &str) -> Holding {
    HOLDINGS.get(type_name).copied().unwrap_or(Holding::Unknown)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::diff::replacement;
    use crate::terraform::ResourceMode;

    #[test]
    fn every_type_of_the_provider_has_a_verdict_and_no_other() {
        let lines = include_str!("../../schema/aws-5.100.0.holdings").lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<Vec<_>> = lines.map(|line| line.split('\t').collect()).collect();
        assert!(lines.is_sorted(), "in the order of the types");
        for line in &lines {
            let [_, verdict, what] = line[..] else { panic!("{line:?}") };
            assert!(["data", "copy", "keys", "name", "none"].contains(&verdict), "{line:?}");
            assert!(what.len() > 5, "{line:?}");
        }
        let named: BTreeSet<_> = lines.iter().map(|line| line[0]).collect();
        let schema: BTreeSet<_> = crate::aws::schema().type_names(ResourceMode::Managed).collect();
        assert_eq!(lines.len(), named.len());
        assert_eq!(named, schema);
    }

    #[test]
    fn it_is_known_what_replaces_each_type_that_holds_something() {
        for (name, holding) in HOLDINGS.iter() {
            if matches!(holding, Holding::Something(_)) {
                assert!(replacement::is_known(name), "{name} is not in the list");
            }
        }
        assert_eq!(holds("aws_vpc"), Holding::Nothing);
        assert_eq!(holds("google_sql_database_instance"), Holding::Unknown);
        for name in ["aws_acmpca_certificate_authority", "aws_mq_broker", "aws_directory_service_directory"] {
            assert!(matches!(holds(name), Holding::Something(_)), "{name}");
        }
    }
}
