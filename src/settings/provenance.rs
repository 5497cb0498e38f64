//! The comment at the top of a document: who wrote it, and from which settings.

use super::{Settings, SettingsError, file};
use crate::AUTHORSHIP;

const SETTINGS: &str = ", settings ";

/// Where a document comes from, as its comment says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Provenance {
    /// dr-synth did not write it.
    Foreign,
    /// It carries nothing but a digest of its settings, as documents of the first versions did.
    DigestOnly,
    /// Its settings are those, as long as nobody has edited the comment.
    Known {
        /// The version of dr-synth that wrote it, such as `0.1.0`.
        version: String,
        /// What it was made from.
        settings: Box<Settings>,
        /// Whether the digest in the comment is the one of these settings: otherwise the comment was edited, or another
        /// version has other defaults.
        is_confirmed: bool,
    },
}

/// The comment of a document that is made from these settings: what differs from the defaults stands in it, in the notation of
/// the settings file.
pub fn comment(settings: &Settings) -> String {
    let head = format!("{AUTHORSHIP} {}{SETTINGS}{}", env!("CARGO_PKG_VERSION"), settings.digest());
    [vec![head], settings.differences()].concat().join("\n")
}

/// Reads a comment.
///
/// # Errors
/// It is dr-synth's, and the settings in it are none that this version knows.
pub fn read(comment: &str) -> Result<Provenance, Vec<SettingsError>> {
    let (head, differences) = comment.split_once('\n').unwrap_or((comment, ""));
    let Some(rest) = head.strip_prefix(AUTHORSHIP) else { return Ok(Provenance::Foreign) };
    let Some((version, digest)) = rest.split_once(SETTINGS) else { return Ok(Provenance::DigestOnly) };
    let settings = file::read(differences)?.settle()?;
    let is_confirmed = settings.digest() == digest.trim();
    if !is_confirmed && differences.is_empty() {
        return Ok(Provenance::DigestOnly);
    }
    Ok(Provenance::Known { version: version.trim().to_owned(), settings: Box::new(settings), is_confirmed })
}

#[cfg(test)]
mod tests {
    use super::super::{Feature, Features};
    use super::*;

    fn known(comment: &str) -> (Settings, bool) {
        match read(comment).unwrap() {
            Provenance::Known { settings, is_confirmed, .. } => (*settings, is_confirmed),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_document_says_where_it_comes_from() {
        let blue = Settings {
            environment_suffix: "blue".parse().unwrap(),
            features: Features::default().without(Feature::Waf).with(Feature::Config),
            ..Settings::default()
        };
        for settings in [Settings::default(), blue] {
            assert_eq!(known(&comment(&settings)), (settings, true));
        }
    }

    #[test]
    fn an_edited_comment_is_not_confirmed() {
        let blue = Settings { environment_suffix: "blue".parse().unwrap(), ..Settings::default() };
        let (settings, is_confirmed) = known(&comment(&blue).replace("blue", "green"));
        assert_eq!((settings.environment_suffix.as_str(), is_confirmed), ("green", false));
        assert!(read(&comment(&blue).replace("environment_suffix", "environmentsuffix")).is_err());
    }

    #[test]
    fn what_is_not_said_is_not_guessed() {
        assert_eq!(read("by hand").unwrap(), Provenance::Foreign);
        assert_eq!(read("Written by dr-synth 0.1.0, settings ce91638aef0b").unwrap(), Provenance::DigestOnly);
        assert_eq!(read("Written by dr-synth 0.1.0").unwrap(), Provenance::DigestOnly);
    }
}
