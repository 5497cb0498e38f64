//! The programs that read the language.

use super::constructs::Construct;
use super::version::TERRAFORM;

/// A program that reads the language. Both read what the other does, but for a few constructs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// Terraform.
    #[default]
    Terraform,
    /// `OpenTofu`.
    OpenTofu,
}

/// The minor version of `OpenTofu` 1 that documents are held to: the first with ephemeral values and write-only arguments
/// (`OpenTofu`'s changelog, 1.11.0).
const OPENTOFU_MINOR: u32 = 11;

impl Dialect {
    /// What the program is called.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Terraform => "Terraform",
            Self::OpenTofu => "OpenTofu",
        }
    }

    /// The version that documents are held to.
    pub const fn version(self) -> &'static str {
        match self {
            Self::Terraform => TERRAFORM,
            Self::OpenTofu => "1.11",
        }
    }

    /// The name of a module's document in its folder. `OpenTofu` reads both; Terraform only the first.
    pub const fn document(self) -> &'static str {
        match self {
            Self::Terraform => "main.tf.json",
            Self::OpenTofu => "main.tofu.json",
        }
    }

    /// The dialect of a file that this program alone reads, by its name.
    pub(crate) fn of_file(name: &str) -> Self {
        let is_tofu = [".tofu", ".tofu.json"].iter().any(|extension| name.ends_with(extension));
        if is_tofu { Self::OpenTofu } else { Self::Terraform }
    }

    /// Whether the version that documents are held to has a construct.
    pub(crate) fn has(self, construct: &Construct) -> bool {
        // What the version of Terraform has is not listed as a construct.
        let minor = |version: &str| version.strip_prefix("1.").and_then(|minor| minor.parse::<u32>().ok());
        self == Self::OpenTofu && construct.opentofu.and_then(minor).is_some_and(|minor| minor <= OPENTOFU_MINOR)
    }
}

#[cfg(test)]
mod tests {
    use super::super::constructs;
    use super::*;

    #[test]
    fn each_has_what_its_version_has() {
        for (construct, opentofu) in
            [(constructs::ENCRYPTION, true), (constructs::LIFECYCLE_ENABLED, true), (constructs::ACTION, false)]
        {
            assert_eq!(Dialect::OpenTofu.has(construct), opentofu, "{}", construct.name);
            assert!(!Dialect::Terraform.has(construct));
        }
        assert!(!Dialect::OpenTofu.has(constructs::LIFECYCLE_DESTROY));
    }

    #[test]
    fn names_of_files() {
        for dialect in [Dialect::Terraform, Dialect::OpenTofu] {
            assert_eq!(Dialect::of_file(dialect.document()), dialect);
        }
    }
}
