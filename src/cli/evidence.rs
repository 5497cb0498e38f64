//! What game days measured, as a flag of the commands that show it.

use std::path::{Path, PathBuf};

use clap::Args;
use dr_synth::proof::report::{self, Day};
use dr_synth::terraform::read;

use super::report::{Failure, Report};

#[derive(Debug, Args)]
pub(crate) struct EvidenceArguments {
    /// What a game day measured: the gameday.json that `make gameday` writes
    #[arg(long, value_name = "GAMEDAY.json", value_hint = clap::ValueHint::FilePath)]
    evidence: Option<PathBuf>,
}

impl EvidenceArguments {
    /// Every scenario of the file; nothing without one.
    pub(crate) fn read(&self) -> Result<Vec<Day>, Failure> {
        self.evidence.as_deref().map_or_else(|| Ok(Vec::new()), days)
    }
}

fn days(path: &Path) -> Result<Vec<Day>, Failure> {
    let named = |report: Report| report.at(path.display().to_string());
    let text = read::text(path).map_err(|error| named(Report::new(format!("the evidence cannot be read: {error}"))))?;
    let fix = "give the gameday.json that `make gameday` writes";
    Ok(report::evidence(&text).map_err(|error| named(Report::new(error.to_string())).fix(fix))?)
}
