//! Which major version of the AWS provider the document is for.

use super::named::named;
use crate::aws;

named! {
    /// Which major version of the AWS provider the document is for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum ProviderVersion: "provider", taken_as str::to_owned, alike str::to_ascii_lowercase, {
        /// From 5.100, and 6 as well: what it was applied with.
        #[default]
        Five = "5",
        /// From 6.66: checked against its types, and never applied.
        Six = "6",
    }
}

impl ProviderVersion {
    /// The version whose types the document is held to.
    pub fn known(self) -> &'static aws::Provider {
        match self {
            Self::Five => aws::Provider::asked(),
            Self::Six => aws::Provider::published(),
        }
    }
}
