//! Where `hashicorp/aws` comes from: a filesystem mirror on this machine if there is one, else the registry.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::{home, numbers};
use crate::repository;

/// Names the folder of a filesystem mirror: the one that holds `registry.terraform.io`.
pub const MIRROR_VARIABLE: &str = "DR_SYNTH_PROVIDER_MIRROR";

const HOST: &str = "registry.terraform.io";
/// The versions the document accepts: from the first number on, below the second major.
const OLDEST: (u32, u32) = (5, 100);
const FIRST_TOO_NEW: (u32, u32) = (7, 0);

// Mirrors are put near the top of a file system. Deeper, the search would take longer than the download.
const SEARCH_DEPTH: usize = 3;
const NOT_SEARCHED: [&str; 6] = ["proc", "sys", "dev", "run", "tmp", "lost+found"];

/// Where `terraform init` gets the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderSource {
    /// A folder in the layout of a filesystem mirror.
    Mirror(PathBuf),
    /// The Terraform registry, or whatever the caller's Terraform configuration puts in its place.
    Registry,
}

impl ProviderSource {
    /// Looks in the environment, then where Terraform documents local mirrors, then near the top of the file system.
    ///
    /// # Errors
    ///
    /// When the folder that the environment names holds no usable provider.
    pub fn find() -> Result<Self> {
        if let Some(named) = std::env::var_os(MIRROR_VARIABLE) {
            let named = PathBuf::from(named);
            ensure!(
                holds_provider(&named),
                "{MIRROR_VARIABLE} names {}, but there is no {HOST}/hashicorp/aws/VERSION/{} with a version from \
                 {}.{}.0 to below {}.0.0 in it; fill it with `terraform providers mirror`",
                named.display(),
                platform(),
                OLDEST.0,
                OLDEST.1,
                FIRST_TOO_NEW.0,
            );
            return Ok(Self::Mirror(named));
        }
        let found = documented_places().into_iter().chain(search(Path::new("/"))).find(|place| holds_provider(place));
        Ok(found.map_or(Self::Registry, Self::Mirror))
    }

    /// Adds what `terraform init` needs.
    pub fn apply_to(&self, init: &mut Command) {
        match self {
            Self::Mirror(folder) => {
                let mut argument = std::ffi::OsString::from("-plugin-dir=");
                argument.push(folder);
                init.arg(argument);
            }
            Self::Registry if std::env::var_os("TF_PLUGIN_CACHE_DIR").is_none() => {
                // Hundreds of megabytes that each workspace would download again.
                let cache = repository::target_directory().join("terraform-plugins");
                if fs::create_dir_all(&cache).is_ok() {
                    init.env("TF_PLUGIN_CACHE_DIR", cache).env("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE", "1");
                }
            }
            Self::Registry => {}
        }
    }
}

impl fmt::Display for ProviderSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mirror(folder) => write!(formatter, "the mirror {}", folder.display()),
            Self::Registry => write!(formatter, "the registry (set {MIRROR_VARIABLE} to use a local mirror)"),
        }
    }
}

/// The implied local mirrors of Terraform's documentation ("CLI Configuration File, Implied Local Mirror
/// Directories"), and its plugin cache, which has the same layout.
fn documented_places() -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::var_os("TF_PLUGIN_CACHE_DIR").map(PathBuf::from).into_iter().collect();
    if let Some(home) = home() {
        places.extend([
            home.join(".terraform.d/plugins"),
            home.join(".terraform.d/plugin-cache"),
            home.join(".local/share/terraform/plugins"),
            home.join("Library/Application Support/io.terraform/plugins"),
        ]);
    }
    places.extend(["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"].map(PathBuf::from));
    places
}

/// Folders with a `registry.terraform.io` in them, breadth first, on the file system of `top` alone.
fn search(top: &Path) -> Vec<PathBuf> {
    let Ok(device) = fs::metadata(top).map(|metadata| metadata.dev()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut level = vec![top.to_path_buf()];
    for _ in 0..SEARCH_DEPTH {
        let mut next = Vec::new();
        for folder in level {
            if folder.join(HOST).is_dir() {
                found.push(folder.clone());
            }
            next.extend(subfolders(&folder, device));
        }
        next.sort();
        level = next;
    }
    found.extend(level.into_iter().filter(|folder| folder.join(HOST).is_dir()));
    found
}

fn subfolders(folder: &Path, device: u64) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| !NOT_SEARCHED.iter().any(|name| entry.file_name() == OsStr::new(name)))
        // The entry's own metadata: symbolic links are not followed.
        .filter(|entry| entry.metadata().is_ok_and(|metadata| metadata.is_dir() && metadata.dev() == device))
        .map(|entry| entry.path())
        .collect()
}

/// Whether a mirror has the provider for this machine, unpacked or packed, in a version that the document accepts.
fn holds_provider(mirror: &Path) -> bool {
    let provider = mirror.join(HOST).join("hashicorp").join("aws");
    let Ok(entries) = fs::read_dir(provider) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let packed = name
            .strip_prefix("terraform-provider-aws_")
            .and_then(|rest| rest.strip_suffix(&format!("_{}.zip", platform())));
        match packed {
            Some(version) => accepted(version),
            None => accepted(&name) && entry.path().join(platform()).is_dir(),
        }
    })
}

fn accepted(version: &str) -> bool {
    (OLDEST..FIRST_TOO_NEW).contains(&numbers(version))
}

/// Operating system and processor in Terraform's words.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{system}_{processor}")
}

#[cfg(test)]
mod tests {
    use super::{HOST, accepted, holds_provider, platform, search};
    use anyhow::Result;
    use std::fs;

    #[test]
    fn versions_outside_the_documents_range_do_not_count() {
        assert!(accepted("5.100.0") && accepted("6.2.0"));
        assert!(!accepted("5.99.1") && !accepted("7.0.0") && !accepted("latest"));
    }

    #[test]
    fn a_mirror_is_found_below_the_top() -> Result<()> {
        let top = tempfile::tempdir()?;
        let mirror = top.path().join("share").join("terraform");
        fs::create_dir_all(mirror.join(HOST).join("hashicorp/aws/5.100.0").join(platform()))?;
        assert_eq!(search(top.path()), std::slice::from_ref(&mirror));
        assert!(holds_provider(&mirror));
        Ok(())
    }

    #[test]
    fn a_packed_provider_for_another_machine_does_not_count() -> Result<()> {
        let mirror = tempfile::tempdir()?;
        let folder = mirror.path().join(HOST).join("hashicorp/aws");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("terraform-provider-aws_5.100.0_plan9_mips.zip"), "")?;
        assert!(!holds_provider(mirror.path()));
        fs::write(folder.join(format!("terraform-provider-aws_5.100.0_{}.zip", platform())), "")?;
        assert!(holds_provider(mirror.path()));
        Ok(())
    }
}
