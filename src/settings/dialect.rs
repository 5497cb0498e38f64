//! Which program the document is for.

use super::named::named;
use crate::terraform;

named! {
    /// Which program the document is for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Dialect: "dialect", taken_as str::to_owned, alike str::to_ascii_lowercase, {
        /// Terraform.
        #[default]
        Terraform = "terraform",
        /// `OpenTofu`, whose state and plans are then encrypted before they are stored.
        Opentofu = "opentofu",
    }
}

impl From<Dialect> for terraform::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Terraform => Self::Terraform,
            Dialect::Opentofu => Self::OpenTofu,
        }
    }
}
