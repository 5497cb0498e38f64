//! Where the state is kept, as users choose it: a kind, and what Terraform's backend of that kind is told.
//!
//! Each kind has a file with its arguments, their limits and its notation for the command line. A backend is read before any
//! variable, so its arguments are literal text.

mod azurerm;
mod cloud;
mod gcs;
mod http;
mod local;
mod s3;
mod text;

use std::collections::BTreeMap;

use super::error::SettingsError;
use super::named::named;
use crate::terraform::{Backend, Expression, TerraformSettings};

named! {
    /// The kinds of backends.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum BackendKind: "backend", taken_as str::to_owned, alike str::to_ascii_lowercase, {
        /// A file next to the document.
        Local = "local",
        /// An S3 bucket.
        S3 = "s3",
        /// A workspace of HCP Terraform or Terraform Enterprise.
        Cloud = "cloud",
        /// A server that speaks Terraform's own protocol, such as GitLab.
        Http = "http",
        /// A container of Azure Blob Storage.
        Azurerm = "azurerm",
        /// A bucket of Google Cloud Storage.
        Gcs = "gcs",
        /// No block at all: the operator adds a file that has one.
        None = "none",
    }
}

/// Something that backends of a kind are told.
#[derive(Debug)]
struct Argument {
    /// What it is called in the settings file, which is what Terraform calls it.
    name: &'static str,
    is_required: bool,
    check: fn(&str) -> Result<String, SettingsError>,
}

const fn required(name: &'static str, check: fn(&str) -> Result<String, SettingsError>) -> Argument {
    Argument { name, is_required: true, check }
}

const fn optional(name: &'static str, check: fn(&str) -> Result<String, SettingsError>) -> Argument {
    Argument { name, is_required: false, check }
}

/// Arguments with their values, as a notation has them.
type Parts<'t> = Vec<(&'static str, &'t str)>;

/// What there is to know of a kind.
struct Description {
    /// How it is written on the command line.
    notation: &'static str,
    arguments: &'static [Argument],
    /// Takes apart what follows the kind on the command line; nothing follows it where there is no colon.
    parts: fn(Option<&str>) -> Option<Parts<'_>>,
}

impl BackendKind {
    const fn description(self) -> &'static Description {
        match self {
            Self::Local => &local::DESCRIPTION,
            Self::S3 => &s3::DESCRIPTION,
            Self::Cloud => &cloud::DESCRIPTION,
            Self::Http => &http::DESCRIPTION,
            Self::Azurerm => &azurerm::DESCRIPTION,
            Self::Gcs => &gcs::DESCRIPTION,
            Self::None => {
                &Description { notation: "none", arguments: &[], parts: |rest| rest.is_none().then(Vec::new) }
            }
        }
    }

    /// How it is written on the command line.
    pub const fn notation(self) -> &'static str {
        self.description().notation
    }

    /// What a backend of this kind may be told, and whether it must be.
    pub fn arguments(self) -> impl Iterator<Item = (&'static str, bool)> {
        self.description().arguments.iter().map(|argument| (argument.name, argument.is_required))
    }

    /// The value of an argument as Terraform takes it.
    ///
    /// # Errors
    /// The service does not take it, or the kind has no such argument.
    pub fn check(self, name: &str, value: &str) -> Result<String, SettingsError> {
        match self.description().arguments.iter().find(|argument| argument.name == name) {
            Some(argument) => (argument.check)(value),
            None => Err(SettingsError::new(format!("the {self} backend takes no `{name}`")).help("remove the line")),
        }
    }
}

/// The names of all arguments of all kinds, each once.
pub fn argument_names() -> Vec<&'static str> {
    let mut names = Vec::new();
    for (name, _) in BackendKind::ALL.into_iter().flat_map(BackendKind::arguments) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The argument whose value another one decides about: a key is in its bucket's region.
pub const DEPENDENT: &str = "kms_key_id";

/// Where the state is kept. It exists only with arguments that the service takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateBackend {
    kind: BackendKind,
    /// In the order in which the kind has them.
    values: Vec<(&'static str, String)>,
}

impl StateBackend {
    /// A backend of checked arguments.
    ///
    /// # Errors
    /// The arguments do not go together; [`DEPENDENT`] is the one to change.
    pub fn new(kind: BackendKind, mut checked: BTreeMap<&'static str, String>) -> Result<Self, SettingsError> {
        if kind == BackendKind::S3 {
            s3::together(&checked)?;
        }
        let values = kind.arguments().filter_map(|(name, _)| Some((name, checked.remove(name)?))).collect();
        Ok(Self { kind, values })
    }

    /// Its kind.
    pub const fn kind(&self) -> BackendKind {
        self.kind
    }

    /// What it is told, in the order in which people write it.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The value of an argument.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The region that the state is lost with, where that is known.
    pub fn region(&self) -> Option<&str> {
        (self.kind == BackendKind::S3).then(|| self.value("region")).flatten()
    }

    /// Writes it into the `terraform` block.
    #[must_use]
    pub fn set_in(&self, settings: TerraformSettings) -> TerraformSettings {
        let owned = |name: &str| self.value(name).map(str::to_owned);
        match self.kind {
            BackendKind::None => settings,
            BackendKind::Local => settings.backend(Backend::Local { path: owned("path") }),
            // A lock is always used: without one two applies at once can lose half of the state.
            BackendKind::S3 => settings.backend(Backend::S3 {
                bucket: owned("bucket").unwrap_or_default(),
                key: owned("key").unwrap_or_default(),
                region: owned("region").unwrap_or_default(),
                use_lockfile: true,
                kms_key_id: owned("kms_key_id"),
            }),
            BackendKind::Cloud => settings.cloud(cloud::block(self)),
            BackendKind::Http | BackendKind::Azurerm | BackendKind::Gcs => {
                let arguments = match self.kind {
                    BackendKind::Http => http::arguments(self),
                    _ => self.values().map(|(name, value)| (name, literal(value))).collect(),
                };
                settings.backend(Backend::Other { type_name: self.kind.name().to_owned(), arguments })
            }
        }
    }
}

fn literal(value: &str) -> Expression {
    Expression::Text(value.to_owned().into())
}

/// What `--backend` takes.
pub fn notations() -> String {
    let [first @ .., last] = BackendKind::ALL.map(BackendKind::notation);
    format!("{} or {last}", first.join(", "))
}

/// Reads a backend as the command line has it.
///
/// # Errors
/// The text is none of [`notations`], or the service takes no such name.
pub fn parse(text: &str) -> Result<StateBackend, SettingsError> {
    let (kind, rest) = text.split_once(':').map_or((text, None), |(kind, rest)| (kind, Some(rest)));
    let kind: BackendKind = kind.parse()?;
    let Some(parts) = (kind.description().parts)(rest) else {
        return Err(SettingsError::new(format!("`{}` is not a complete {kind} backend", text.escape_debug()))
            .help(format!("write {}", kind.notation())));
    };
    let mut checked = BTreeMap::new();
    for (name, value) in parts {
        checked.insert(name, kind.check(name, value)?);
    }
    StateBackend::new(kind, checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(&'static str, String)> {
        parse(text).unwrap().values().map(|(name, value)| (name, value.to_owned())).collect()
    }

    #[test]
    fn notations_are_read() {
        let cases: [(&str, &[(&str, &str)]); 11] = [
            ("local", &[]),
            ("local:a/b.tfstate", &[("path", "a/b.tfstate")]),
            (
                "s3:my.state-1/pay/ments@home.tfstate@us-west-2",
                &[("bucket", "my.state-1"), ("key", "pay/ments@home.tfstate"), ("region", "us-west-2")],
            ),
            ("cloud:acme/payments-prod", &[("organization", "acme"), ("workspace", "payments-prod")]),
            ("http:https://state.example.com/p?x=1", &[("address", "https://state.example.com/p?x=1")]),
            ("http:http://127.0.0.1:8080/p", &[("address", "http://127.0.0.1:8080/p")]),
            ("http:http://[::1]:8080/p", &[("address", "http://[::1]:8080/p")]),
            (
                "azurerm:rg.x/acmestate/tfstate/a/b.tfstate",
                &[
                    ("resource_group_name", "rg.x"),
                    ("storage_account_name", "acmestate"),
                    ("container_name", "tfstate"),
                    ("key", "a/b.tfstate"),
                ],
            ),
            ("gcs:acme_state/payments/prod", &[("bucket", "acme_state"), ("prefix", "payments/prod")]),
            ("gcs:acme-state", &[("bucket", "acme-state")]),
            ("none", &[]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            assert_eq!(values(text), expected, "{text}");
        }
    }

    #[test]
    fn refused() {
        let cases = [
            ("", "the name of the backend is empty"),
            ("gs:x", "unknown backend `gs`"),
            ("S3:b/k@us-west-2", "unknown backend `S3`"),
            ("s3", "is not a complete s3 backend"),
            ("s3:bucket/key", "is not a complete s3 backend"),
            ("s3:bucket@us-west-2", "is not a complete s3 backend"),
            ("s3:Bucket/key@us-west-2", "is not the name of an S3 bucket"),
            ("s3:b/key@us-west-2", "is not the name of an S3 bucket"),
            ("s3:buc..ket/key@us-west-2", "is not the name of an S3 bucket"),
            ("s3:bucket/@us-west-2", "is not the key"),
            ("s3:bucket//key@us-west-2", "is not the key"),
            ("s3:bucket/${key}@us-west-2", "contains a template"),
            ("s3:bucket/key@us-wset-2", "unknown region"),
            ("local:", "is not the path"),
            ("local:folder/", "is not the path"),
            ("local:%{if}", "contains a template"),
            ("cloud:acme", "is not a complete cloud backend"),
            ("cloud:a b/payments", "is not the name of an organization"),
            ("cloud:acme/", "is not the name of a workspace"),
            ("cloud:acme/a/b", "is not the name of a workspace"),
            ("http:", "is not the address of a state"),
            ("http:state.example.com", "is not the address of a state"),
            ("http:http://state.example.com/p", "is not encrypted"),
            ("http:https://user:password@state.example.com/p", "has credentials in it"),
            ("http:https://state.example.com/a b", "is not the address of a state"),
            ("http:https:///p", "is not the address of a state"),
            ("azurerm:rg/acme/tfstate", "is not a complete azurerm backend"),
            ("azurerm:rg/Acme/tfstate/k", "is not the name of a storage account"),
            ("azurerm:rg./acme/tfstate/k", "is not the name of a resource group"),
            ("azurerm:rg/acme/tf--state/k", "is not the name of a container"),
            ("azurerm:rg/acme/tfstate/k/", "is not the key"),
            ("gcs:google-state/p", "is not the name of a Cloud Storage bucket"),
            ("gcs:192.168.5.4/p", "is not the name of a Cloud Storage bucket"),
            ("gcs:bucket/", "is not the prefix"),
            ("none:x", "is not a complete none backend"),
        ];
        for (text, expected) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_mistyped_kind_names_the_nearest() {
        for (text, meant) in [("gsc:bucket/p", "gcs"), ("https://x.example/p", "http"), ("azure:a", "azurerm")] {
            assert_eq!(parse(text).unwrap_err().candidates.first().map(String::as_str), Some(meant), "{text}");
        }
    }
}
