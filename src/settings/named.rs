//! Enumerations whose values users choose by name.

use super::error::SettingsError;
use crate::terraform::nearest::nearest;

/// With more names than this, an error lists them instead of making a sentence of them.
const FEW: usize = 4;

/// Declares an enumeration with its names: `ALL`, `name`, `Display`, and `FromStr` with the nearest names in its error.
///
/// `taken_as` is how a text is compared with the names, `alike` how it is compared when the nearest of them are sought.
macro_rules! named {
    (
        $(#[$attribute:meta])*
        pub enum $type:ident: $what:literal, taken_as $taken_as:expr, alike $alike:expr, {
            $($(#[$variant_attribute:meta])* $variant:ident = $name:literal,)+
        }
    ) => {
        $(#[$attribute])*
        pub enum $type {
            $($(#[$variant_attribute])* $variant,)+
        }

        impl $type {
            /// All of them, in the order that people read them in.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            #[doc = concat!("The name in settings: ", $("`", $name, "` ",)+)]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::settings::SettingsError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let taken: String = $taken_as(text);
                let found = Self::ALL.into_iter().find(|one| one.name() == taken);
                found.ok_or_else(|| {
                    let alike: String = $alike(&taken);
                    $crate::settings::named::unknown($what, text, &alike, &Self::ALL.map(Self::name))
                })
            }
        }
    };
}

pub(super) use named;

/// The error about a name that does not exist.
pub(super) fn unknown(what: &str, text: &str, alike: &str, names: &[&'static str]) -> SettingsError {
    let message = match text.trim() {
        "" => format!("the name of the {what} is empty"),
        _ => format!("unknown {what} `{}`", text.escape_debug()),
    };
    SettingsError::new(message)
        .help(match names {
            [first @ .., last] if names.len() <= FEW => format!("choose {} or {last}", first.join(", ")),
            _ => format!("choose from {}", names.join(", ")),
        })
        .candidates(nearest(alike, names.iter().copied()))
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::str::FromStr;

    use super::super::{ApiAuthorization, FailoverMode, Feature, Layout};
    use super::*;

    fn found_by_name<T: FromStr<Err = SettingsError> + PartialEq + Debug + Copy>(
        all: &[T],
        name: fn(T) -> &'static str,
    ) {
        for one in all {
            assert_eq!(name(*one).parse(), Ok(*one));
        }
    }

    fn error<T: FromStr<Err = SettingsError> + Debug>(text: &str) -> SettingsError {
        text.parse::<T>().unwrap_err()
    }

    fn nearest_to<T: FromStr<Err = SettingsError> + Debug>(text: &str) -> Option<String> {
        error::<T>(text).candidates.first().cloned()
    }

    #[test]
    fn every_name_is_found() {
        found_by_name(&ApiAuthorization::ALL, ApiAuthorization::name);
        found_by_name(&FailoverMode::ALL, FailoverMode::name);
        found_by_name(&Feature::ALL, Feature::name);
        found_by_name(&Layout::ALL, Layout::name);
    }

    #[test]
    fn a_typing_error_names_the_nearest() {
        assert_eq!(nearest_to::<ApiAuthorization>("aws-iam").as_deref(), Some("AWS_IAM"));
        assert_eq!(nearest_to::<Feature>("Flow-Log").as_deref(), Some("flow_logs"));
        for (text, meant) in [("Automatic", "automatic"), ("aprove", "approve"), ("manuel", "manual")] {
            assert_eq!(nearest_to::<FailoverMode>(text).as_deref(), Some(meant));
        }
        for (text, meant) in [("Single", "single"), ("module", "modules")] {
            assert_eq!(nearest_to::<Layout>(text).as_deref(), Some(meant));
        }
    }

    #[test]
    fn few_names_are_a_sentence_and_many_a_list() {
        assert_eq!(error::<Layout>("both").help.as_deref(), Some("choose single or modules"));
        assert_eq!(error::<FailoverMode>("x").help.as_deref(), Some("choose automatic, approve or manual"));
        let help = error::<Feature>("x").help.unwrap();
        assert!(help.starts_with("choose from peering, waf, "), "{help}");
    }

    #[test]
    fn features_are_taken_with_hyphens_too() {
        assert_eq!("flow-logs".parse(), Ok(Feature::FlowLogs));
    }
}
