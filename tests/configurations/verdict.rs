//! One configuration, and what both say of it.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use dr_synth::proof::model::Model;
use dr_synth::proof::{Group, Subject as Checked, check};
use dr_synth::terraform::parse::depth;
use dr_synth::terraform::read;

use crate::Chance;
use crate::blocks::{self, Folders};
use crate::syntax::{json, native};
use crate::{faults, terraform};

/// A configuration that chance wrote.
pub(crate) struct Subject {
    pub(crate) number: u64,
    pub(crate) folders: Folders,
    /// The change that was made to it, if there is one.
    pub(crate) fault: String,
    is_json: bool,
}

impl Subject {
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        let mut chance = Chance::new(seed, number);
        let mut folders = blocks::folders(&mut chance);
        let fault = if chance.percent(50) { faults::change(&mut folders, &mut chance) } else { "no fault".to_owned() };
        Self { number, folders, fault, is_json: chance.percent(50) }
    }

    /// Its files, by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let name = if self.is_json { "main.tf.json" } else { "main.tf" };
        self.folders.iter().map(move |(folder, body)| {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            (path, if self.is_json { json(body) } else { native(body) })
        })
    }

    /// Puts it into a folder.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        for (path, text) in self.files() {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, text)?;
        }
        Ok(())
    }
}

/// What either says against a configuration.
pub(crate) struct Verdict {
    pub(crate) by_terraform: Vec<String>,
    by_check: Vec<String>,
}

impl Verdict {
    pub(crate) fn differ(&self) -> bool {
        self.by_terraform.is_empty() != self.by_check.is_empty()
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.by_terraform.is_empty() && self.by_check.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (who, what) in [("Terraform", &self.by_terraform), ("dr-synth check", &self.by_check)] {
            match &what[..] {
                [] => writeln!(out, "  {who} accepts it")?,
                [first, ..] => writeln!(out, "  {who} refuses it: {first}")?,
            }
        }
        Ok(())
    }
}

pub(crate) fn of(subject: &Subject) -> io::Result<Verdict> {
    let folder = tempfile::tempdir()?;
    subject.write(folder.path())?;
    terraform::install(folder.path(), &subject.folders)?;
    let output = terraform::run(folder.path(), &["validate", "-json"])?;
    let said = |error: &serde_json::Value| {
        let of = |member: &str| error[member].as_str().unwrap_or_default().replace('\n', " ");
        format!("{} ({}) in {}", of("summary"), of("detail"), error["range"])
    };
    let mut by_terraform: Vec<String> = terraform::errors(&output).iter().map(said).collect();
    if !output.status.success() && by_terraform.is_empty() {
        by_terraform.push(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    // A finding is made of what `init` refuses too: without it Terraform would stop before `validate`.
    depth::set_limit(100);
    let reading = read::read(folder.path()).map_err(io::Error::other)?;
    let findings = check(&Checked::new(&reading, &Model::default()), &[Group::Language]);
    let by_check =
        findings.iter().map(|finding| format!("{} {}: {}", finding.rule, finding.address(), finding.message));
    Ok(Verdict { by_terraform, by_check: by_check.collect() })
}
