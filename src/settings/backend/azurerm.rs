//! A state in Azure Blob Storage. The blob is leased while it is changed, which is its lock.

use super::text::{is_plain, legal, without_template};
use super::{Description, required};
use crate::settings::SettingsError;

pub(super) const DESCRIPTION: Description = Description {
    notation: "azurerm:RESOURCE_GROUP/ACCOUNT/CONTAINER/KEY",
    arguments: &[
        required("resource_group_name", resource_group),
        required("storage_account_name", storage_account),
        required("container_name", container),
        required("key", blob),
    ],
    parts: |rest| {
        let mut parts = rest?.splitn(4, '/');
        Some(vec![
            ("resource_group_name", parts.next()?),
            ("storage_account_name", parts.next()?),
            ("container_name", parts.next()?),
            ("key", parts.next()?),
        ])
    },
};

/// Microsoft Learn, "Naming rules and restrictions for Azure resources", `Microsoft.Resources/resourceGroups`.
fn resource_group(text: &str) -> Result<String, SettingsError> {
    let ok = (1..=90).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.()".contains(&byte))
        && !text.ends_with('.');
    let rule =
        "Azure takes 1 to 90 letters, digits, hyphens, underscores, dots and parentheses, without a dot at the end";
    legal(text, ok, "the name of a resource group", rule)
}

/// Microsoft Learn, "Storage account overview", section "Storage account name".
fn storage_account(text: &str) -> Result<String, SettingsError> {
    let ok = (3..=24).contains(&text.len()) && text.bytes().all(is_plain);
    legal(text, ok, "the name of a storage account", "Azure takes 3 to 24 lower-case letters and digits")
}

/// Microsoft Learn, "Naming and Referencing Containers, Blobs, and Metadata", section "Container Names".
fn container(text: &str) -> Result<String, SettingsError> {
    let ok = (3..=63).contains(&text.len())
        && text.bytes().all(|byte| is_plain(byte) || byte == b'-')
        && text.split('-').all(|part| !part.is_empty());
    let rule = "Azure takes 3 to 63 lower-case letters, digits and hyphens, each hyphen between letters or digits";
    legal(text, ok, "the name of a container", rule)
}

/// The same page, section "Blob Names".
fn blob(text: &str) -> Result<String, SettingsError> {
    let ok = (1..=1024).contains(&text.chars().count())
        && !text.starts_with('/')
        && !text.ends_with(['.', '/'])
        && !text.contains('\\')
        && !text.chars().any(char::is_control);
    let rule = "Azure takes keys of 1 to 1,024 characters without a dot or slash at the end";
    without_template(&legal(text, ok, "the key of a state", rule)?)
}
