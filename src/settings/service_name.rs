//! What the service is called: the first word of every name in AWS, so that two services can be in one account.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use super::name_part::NamePart;

/// A legal name of a service: lower-case letters, digits and single hyphens, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServiceName(String);

impl ServiceName {
    /// Route 53 wants three characters in the name of a key-signing key (`CreateKeySigningKey`).
    pub const SHORTEST: usize = 3;

    /// An X-Ray sampling rule has 32 characters: `post`, two hyphens and the longest suffix leave these. Every other name
    /// has more; `tests/integration/stack/service_name.rs` measures all of them.
    pub const LONGEST: usize = 14;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name where hyphens are not allowed: in PostgreSQL's roles, and in names of key-signing keys. Names that differ
    /// still do, because they have no underscore.
    pub fn identifier(&self) -> String {
        self.0.replace('-', "_")
    }

    /// The name with a capital letter, as it begins a sentence or a namespace of metrics.
    pub fn capitalized(&self) -> String {
        let mut text = self.0.clone();
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        text
    }
}

impl Default for ServiceName {
    fn default() -> Self {
        Self("payments".to_owned())
    }
}

impl Display for ServiceName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ServiceName {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        RULES.read(text).map(Self)
    }
}

static RULES: NamePart = NamePart {
    noun: "service name",
    lengths: ServiceName::SHORTEST..=ServiceName::LONGEST,
    why_not_empty: "every name in AWS begins with it",
    why_characters: "names of S3 buckets begin with it, and those take only lower-case letters, digits and hyphens",
    why_letter: "names of Aurora clusters begin with it, and those start with a letter",
    why_no_hyphen: "a hyphen follows it in every name, and names of Aurora clusters may not contain two in a row",
    why_not_shorter: "Route 53 wants at least 3 characters in the name of the key that signs the zone",
    why_not_longer: "names in AWS have limits (32 characters for an X-Ray sampling rule), and the service is part of them",
    reserved: &[
        ("aws", "Systems Manager refuses parameters whose names begin with `aws`"),
        ("ssm", "Systems Manager refuses parameters whose names begin with `ssm`"),
        ("rds", "database roles are named after the service, and RDS has roles of its own that begin with `rds`"),
        ("pg-", "database roles are named after the service, and PostgreSQL reserves those that begin with `pg_`"),
        ("sthree-", "Amazon S3 refuses buckets whose names begin with `sthree-`"),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> ServiceName {
        text.parse().unwrap()
    }

    #[test]
    fn legal() {
        for text in ["payments", "pay", "card-gateway", "a1-b2", "abcdefghijklmn", "pgp-keys", "sthreepio"] {
            assert_eq!(named(text).as_str(), text);
        }
        assert_eq!(ServiceName::default(), named("payments"));
    }

    #[test]
    fn illegal_with_the_reason() {
        let cases = [
            ("", "is empty"),
            ("Orders", "contains `O`"),
            ("a_b", "contains `_`"),
            ("${x}", "contains `$`"),
            ("1up", "does not start with a letter"),
            ("-ab", "does not start with a letter"),
            ("ab-", "ends with a hyphen"),
            ("a--b", "two hyphens in a row"),
            ("ab", "has 2 characters"),
            ("abcdefghijklmno", "has 15 characters"),
            ("awsome", "begins with `aws`"),
            ("ssm-proxy", "begins with `ssm`"),
            ("rds-orders", "begins with `rds`"),
            ("pg-orders", "begins with `pg-`"),
            ("sthree-x", "begins with `sthree-`"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<ServiceName>().unwrap_err();
            assert!(error.message.contains(expected), "{text}: {error}");
            assert!(error.reason.is_some(), "{text}");
        }
    }

    #[test]
    fn names_what_was_likely_meant() {
        for (text, meant) in [("Card_Gateway", "card-gateway"), ("order--desk", "order-desk")] {
            assert_eq!(text.parse::<ServiceName>().unwrap_err().candidates, [meant]);
        }
        assert_eq!("42".parse::<ServiceName>().unwrap_err().candidates, Vec::<String>::new());
    }

    #[test]
    fn forms() {
        assert_eq!(named("card-gateway").identifier(), "card_gateway");
        assert_eq!(named("card-gateway").capitalized(), "Card-gateway");
    }
}
