//! How many documents the stack is written as.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use crate::terraform::nearest::nearest;

/// How many documents the stack is written as. Both layouts plan the same resources, and a state moves between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// One document that holds everything.
    #[default]
    Single,
    /// A root document, and a module for each region and for what stands above both.
    Modules,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Self; 2] = [Self::Single, Self::Modules];

    /// The name in settings, such as `single`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Modules => "modules",
        }
    }
}

impl Display for Layout {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Layout {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|layout| layout.name() == text).ok_or_else(|| {
            SettingsError::new(format!("unknown layout `{}`", text.escape_debug()))
                .help("choose single or modules")
                .candidates(nearest(&text.to_ascii_lowercase(), Self::ALL.map(Self::name)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        for layout in Layout::ALL {
            assert_eq!(layout.name().parse(), Ok(layout));
        }
    }

    #[test]
    fn a_typing_error_names_the_nearest() {
        for (text, meant) in [("Single", "single"), ("module", "modules")] {
            let error = text.parse::<Layout>().unwrap_err();
            assert_eq!(error.candidates.first().map(String::as_str), Some(meant));
        }
    }
}
