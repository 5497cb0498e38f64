//! Which arguments go together and which do not: what `terraform providers schema` does not tell.
//!
//! The provider knows, and says so when a document breaks its rules. So it is asked: every block of every type with
//! bindings is validated without any optional argument, with each of them alone and with each pair of them, and what
//! the provider complains about is written down.

mod cliques;
mod complaint;
mod probe;

use std::collections::{BTreeMap, BTreeSet};

use dr_synth::terraform::ResourceMode;
use dr_synth::terraform::schema::constraint::{Constraint, ConstraintKind, ConstraintSet};
use dr_synth::terraform::schema::provider_json::ProviderSchema;
use serde::Deserialize;

use crate::provider::WorkingDirectory;
use crate::services::{Binding, all_bindings};
use crate::{Outcome, extract, report};

use complaint::Complaint;

/// How many blocks are validated at once: enough to start the provider rarely, few enough to hold all diagnostics.
const BATCH: usize = 1500;

/// How many of them go into one file: Terraform reads a file again up to the quoted line for every diagnostic in it.
const FILE: usize = 20;

/// Asks the provider.
pub(crate) fn collect(directory: &WorkingDirectory, schema: &ProviderSchema) -> Outcome<ConstraintSet> {
    let mut probes = Vec::new();
    for Binding { mode, type_name, .. } in all_bindings()? {
        // Ephemeral resources of the types in use have nothing to exclude each other.
        if let (Some(entry), false) = (extract::types(schema, mode).get(&type_name), mode == ResourceMode::Ephemeral) {
            probes.extend(probe::probes(mode, &type_name, &entry.block));
        }
    }
    let mut complaints = Complaints::default();
    let batches = probes.len().div_ceil(BATCH);
    for (number, batch) in probes.chunks(BATCH).enumerate() {
        report(&format!("validating {} blocks ({} of {batches})", batch.len(), number + 1));
        let files: Vec<_> = batch.chunks(FILE).map(probe::document).collect();
        complaints.read(&directory.validate(&files)?)?;
    }
    Ok(complaints.into_constraints())
}

/// The output of `terraform validate -json`, as far as it is read.
#[derive(Deserialize)]
struct Validation {
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    summary: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    address: String,
}

/// What the provider said about each type, by whether it is a data source and its name.
#[derive(Default)]
struct Complaints(BTreeMap<(bool, String), BTreeSet<Complaint>>);

impl Complaints {
    fn read(&mut self, json: &str) -> Outcome<()> {
        let validation: Validation = serde_json::from_str(json)
            .map_err(|error| format!("not the output of `terraform validate -json`: {error}"))?;
        for Diagnostic { severity, summary, detail, address } in validation.diagnostics {
            // A warning is no rule: Terraform takes such a document.
            if severity != "error" {
                continue;
            }
            let data = address.strip_prefix("data.");
            let type_name = data.unwrap_or(&address).split('.').next().unwrap_or_default();
            if let Some(complaint) = complaint::parse(&summary, &detail) {
                self.0.entry((data.is_some(), type_name.to_owned())).or_default().insert(complaint);
            }
        }
        Ok(())
    }

    fn into_constraints(self) -> ConstraintSet {
        let mut set = ConstraintSet::default();
        for ((is_data, type_name), complaints) in self.0 {
            let types = if is_data { &mut set.data } else { &mut set.resource };
            types.insert(type_name, constraints(complaints));
        }
        set
    }
}

/// The constraints behind the complaints about one type, each said once.
fn constraints(complaints: BTreeSet<Complaint>) -> Vec<Constraint> {
    let mut constraints = BTreeSet::new();
    let mut conflicts = BTreeSet::new();
    for Complaint { kind, paths } in complaints {
        if kind == ConstraintKind::Conflicts {
            conflicts.extend(cliques::pairs(&paths));
        } else {
            constraints.insert(Constraint { kind, paths });
        }
    }
    // "Exactly one of" says already that any two of them exclude each other.
    for constraint in constraints.iter().filter(|constraint| constraint.kind == ConstraintKind::ExactlyOneOf) {
        for pair in cliques::pairs(&constraint.paths) {
            conflicts.remove(&pair);
        }
    }
    let groups = cliques::cover(&conflicts);
    constraints.extend(groups.into_iter().map(|paths| Constraint { kind: ConstraintKind::Conflicts, paths }));
    constraints.into_iter().collect()
}
