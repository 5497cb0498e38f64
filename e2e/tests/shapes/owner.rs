//! What an owner has before there is a stack, made by a configuration of the owner's.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::leftovers::listed;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::terraform::Terraform;
use dr_synth_e2e::workspace::Workspace;

/// Files of a configuration.
type Files = &'static [(&'static str, &'static str)];

const NETWORKS: Files = &[
    ("main.tf", include_str!("owner_of_network/main.tf")),
    ("network/main.tf", include_str!("owner_of_network/network/main.tf")),
];

const PARTS: Files = &[("main.tf", include_str!("owner_of_parts/main.tf"))];

const SHARED_PARTS: Files = &[
    ("main.tf", include_str!("owner_of_shared_parts/main.tf")),
    ("region/main.tf", include_str!("owner_of_shared_parts/region/main.tf")),
];

const DATABASE: Files = &[("main.tf", include_str!("owner_of_database/main.tf"))];

/// What exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// The networks of both regions, with the endpoints that functions need.
    Networks,
    /// The networks alone: the endpoints are the stack's.
    NetworksWithoutEndpoints,
    /// Keys and a permissions boundary.
    KeysAndBoundary,
    /// Topics, a web ACL and a log archive of each region.
    SharedParts,
    /// A database in the primary region, with its network and the secret of a user.
    Database,
}

impl Existing {
    /// What the settings file says of it.
    pub(crate) fn settings(self) -> &'static str {
        match self {
            Self::Networks => "[network]\nexisting = true\n",
            Self::NetworksWithoutEndpoints => "[network]\nexisting = true\nendpoints = \"own\"\n",
            Self::KeysAndBoundary => "[existing]\nkeys = true\npermissions_boundary = true\n",
            Self::SharedParts => "[existing]\ntopics = true\nweb_acl = true\nlog_archive = true\n",
            Self::Database => "[database]\nexisting = true\n",
        }
    }

    fn files(self) -> Files {
        match self {
            Self::Networks | Self::NetworksWithoutEndpoints => NETWORKS,
            Self::KeysAndBoundary => PARTS,
            Self::SharedParts => SHARED_PARTS,
            Self::Database => DATABASE,
        }
    }

    /// The values of the owner's variables.
    fn values(self) -> String {
        let regions = "regions = { primary = \"us-east-1\", dr = \"us-east-2\" }\n";
        match self {
            Self::Networks => format!("{regions}endpoints = true\n"),
            Self::NetworksWithoutEndpoints => format!("{regions}endpoints = false\n"),
            Self::KeysAndBoundary | Self::SharedParts | Self::Database => regions.to_owned(),
        }
    }
}

/// Whoever has it, with a state of their own.
pub(crate) struct Owner(Workspace);

impl Owner {
    pub(crate) fn make(terraform: &Terraform, progress: &Progress, existing: Existing) -> Result<Self> {
        let workspace = Workspace::empty(terraform, progress)?;
        for (name, text) in existing.files() {
            let file = workspace.file(name);
            fs::create_dir_all(file.parent().unwrap_or(workspace.path())).context("making a folder of the owner's")?;
            fs::write(file, text).with_context(|| format!("writing {name}"))?;
        }
        fs::write(workspace.file("terraform.tfvars"), existing.values()).context("writing terraform.tfvars")?;
        workspace.init()?;
        progress.step("terraform apply of what exists", || workspace.apply(&[]))?;
        Ok(Self(workspace))
    }

    /// Lines of the stack's `terraform.tfvars`: each output is the value of the variable of its name.
    pub(crate) fn values(&self) -> Result<String> {
        self.0.outputs()?.iter().try_fold(String::new(), |mut lines, (name, value)| {
            writeln!(lines, "{name} = {value}")?;
            Ok(lines)
        })
    }

    /// The owner's plan has no changes, drift included.
    pub(crate) fn is_untouched(&self) -> Result<()> {
        let outcome = self.0.plan(&[])?;
        ensure!(outcome.exit_code() == 0, "changes:{}\ndrift:{}", listed(&outcome.planned), listed(&outcome.drifted));
        Ok(())
    }
}
