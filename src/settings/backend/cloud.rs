//! A state in a workspace of HCP Terraform or Terraform Enterprise: the block `cloud`, which is not a `backend`.

use super::text::legal;
use super::{Description, StateBackend, literal, optional, required};
use crate::settings::SettingsError;
use crate::terraform::{Expression, Object};

pub(super) const DESCRIPTION: Description = Description {
    notation: "cloud:ORGANIZATION/WORKSPACE",
    arguments: &[
        required("organization", organization),
        required("workspace", workspace),
        optional("hostname", hostname),
    ],
    parts: |rest| {
        let (organization, workspace) = rest?.split_once('/')?;
        Some(vec![("organization", organization), ("workspace", workspace)])
    },
};

/// The block. One workspace by its name: tags would let whoever runs Terraform choose another state.
pub(super) fn block(backend: &StateBackend) -> Object {
    let mut block = Object::new();
    for name in ["hostname", "organization"] {
        if let Some(value) = backend.value(name) {
            block.set(name, literal(value));
        }
    }
    let workspaces: Object = backend.value("workspace").map(|name| ("name", literal(name))).into_iter().collect();
    block.set("workspaces", Expression::Object(workspaces));
    block
}

const fn is_legal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// HCP Terraform documentation, "Organizations overview", section on creating one.
fn organization(text: &str) -> Result<String, SettingsError> {
    let ok = !text.is_empty() && text.bytes().all(is_legal);
    legal(text, ok, "the name of an organization", "HCP Terraform takes letters, digits, underscores and hyphens")
}

/// HCP Terraform documentation, "Create workspaces": letters, digits, `-` and `_`, at most 90 characters.
fn workspace(text: &str) -> Result<String, SettingsError> {
    let ok = (1..=90).contains(&text.len()) && text.bytes().all(is_legal);
    let rule = "HCP Terraform takes 1 to 90 letters, digits, underscores and hyphens";
    legal(text, ok, "the name of a workspace", rule)
}

/// A host name with an optional port: RFC 1123, section 2.1.
fn hostname(text: &str) -> Result<String, SettingsError> {
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    let ok = name.len() <= 253 && name.contains('.') && name.split('.').all(is_label) && port.is_none_or(is_port);
    legal(text, ok, "a host name", "Terraform takes a name such as `terraform.example.com`, without `https://`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        for text in ["app.terraform.io", "tfe.example.com:8443"] {
            assert_eq!(hostname(text), Ok(text.to_owned()));
        }
        for text in ["", "https://tfe.example.com", "tfe", "tfe..com", "-a.com", "tfe.example.com:0", "${x}.com"] {
            assert!(hostname(text).unwrap_err().message.contains("is not a host name"), "{text}");
        }
    }

    #[test]
    fn a_workspace_has_90_characters_at_most() {
        assert!(workspace(&"w".repeat(90)).is_ok());
        assert!(workspace(&"w".repeat(91)).is_err());
    }
}
