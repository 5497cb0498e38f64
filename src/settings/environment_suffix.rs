//! The suffix that keeps the names of two stacks in one account apart.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use super::name_part::NamePart;

/// A legal suffix: lower-case letters, digits and single hyphens, a letter first, at most [`Self::LONGEST`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnvironmentSuffix(String);

impl EnvironmentSuffix {
    /// The names of roles, clusters and buckets end in the suffix. S3 and IAM allow 63 and 64 characters, of which a
    /// region token, an account number and the resource's own name need the rest.
    pub const LONGEST: usize = 12;

    /// The suffix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for EnvironmentSuffix {
    fn default() -> Self {
        Self("dev".to_owned())
    }
}

impl Display for EnvironmentSuffix {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EnvironmentSuffix {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        RULES.read(text).map(Self)
    }
}

static RULES: NamePart = NamePart {
    noun: "environment suffix",
    lengths: 1..=EnvironmentSuffix::LONGEST,
    why_not_empty: "it distinguishes two stacks in one account",
    why_characters: "names of S3 buckets end in it, and those take only lower-case letters, digits and hyphens",
    why_letter: "it can stand at the start of a name, where RDS wants a letter",
    why_no_hyphen: "names of Aurora clusters end in it, and those may not end with a hyphen",
    why_not_shorter: "it distinguishes two stacks in one account",
    why_not_longer: "names in AWS have limits (63 characters for a bucket, 64 for a role), and the suffix is part of them",
    reserved: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal() {
        for text in ["a", "dev", "prod-eu", "pr-1234", "a1-b2-c3", "abcdefghijkl"] {
            assert_eq!(text.parse::<EnvironmentSuffix>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn illegal_with_the_reason() {
        let cases = [
            ("", "is empty"),
            ("Prod", "contains `P`"),
            ("a_b", "contains `_`"),
            ("a b", "contains ` `"),
            ("${x}", "contains `$`"),
            ("é", "contains `é`"),
            ("1a", "does not start with a letter"),
            ("-a", "does not start with a letter"),
            ("a-", "ends with a hyphen"),
            ("a--b", "two hyphens in a row"),
            ("abcdefghijklm", "has 13 characters"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<EnvironmentSuffix>().unwrap_err();
            assert!(error.message.contains(expected), "{text}: {error}");
            assert!(error.reason.is_some(), "{text}");
        }
    }

    #[test]
    fn names_what_was_likely_meant() {
        for (text, meant) in [("Prod_EU", "prod-eu"), ("a--b", "a-b"), ("staging-europe", "staging-euro")] {
            assert_eq!(text.parse::<EnvironmentSuffix>().unwrap_err().candidates, [meant]);
        }
        assert_eq!("42".parse::<EnvironmentSuffix>().unwrap_err().candidates, Vec::<String>::new());
    }
}
