//! How callers of the API prove who they are.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use crate::terraform::nearest::nearest;

/// How callers of the API prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiAuthorization {
    /// Anyone may call.
    None,
    /// Requests are signed (Signature Version 4) by an identity that may invoke the API.
    AwsIam,
    /// Requests carry `x-api-key`.
    ApiKey,
}

impl ApiAuthorization {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::None, Self::AwsIam, Self::ApiKey];

    /// The name in settings, such as `AWS_IAM`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::AwsIam => "AWS_IAM",
            Self::ApiKey => "API_KEY",
        }
    }
}

impl Display for ApiAuthorization {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ApiAuthorization {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|way| way.name() == text).ok_or_else(|| {
            let alike = text.to_ascii_uppercase().replace('-', "_");
            SettingsError::new(format!("unknown API authorization `{}`", text.escape_debug()))
                .help("choose NONE, AWS_IAM or API_KEY")
                .candidates(nearest(&alike, Self::ALL.map(Self::name)))
        })
    }
}
