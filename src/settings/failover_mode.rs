//! Who decides that a failover starts.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use crate::terraform::nearest::nearest;

/// Who decides that a failover starts, once the guards have nothing against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FailoverMode {
    /// The detector. A person is asked only where the replication lag is unknown or too large.
    #[default]
    Automatic,
    /// A person, always: the failover waits for an approval.
    Approve,
    /// A person, who starts it: the detector only tells.
    Manual,
}

impl FailoverMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Approve, Self::Manual];

    /// The name in settings, such as `automatic`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Approve => "approve",
            Self::Manual => "manual",
        }
    }
}

impl Display for FailoverMode {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FailoverMode {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|mode| mode.name() == text).ok_or_else(|| {
            SettingsError::new(format!("unknown failover mode `{}`", text.escape_debug()))
                .help("choose automatic, approve or manual")
                .candidates(nearest(&text.to_ascii_lowercase(), Self::ALL.map(Self::name)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        for mode in FailoverMode::ALL {
            assert_eq!(mode.name().parse(), Ok(mode));
        }
    }

    #[test]
    fn a_typing_error_names_the_nearest() {
        for (text, meant) in [("Automatic", "automatic"), ("aprove", "approve"), ("manuel", "manual")] {
            let error = text.parse::<FailoverMode>().unwrap_err();
            assert_eq!(error.candidates.first().map(String::as_str), Some(meant));
        }
    }
}
