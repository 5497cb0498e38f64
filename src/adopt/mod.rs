//! Objects that an apply has left behind: created, and in no state, because Terraform was killed before it could write them down.
//!
//! ```text
//! log of `terraform apply` ──> what became of each creation ──┐
//! configuration ──> block of each address ────────────────────┼─> import blocks, and what has to be done by a person
//! local state ──> what of it is written down ─────────────────┤
//! ids.tsv: how the id of a type is made ──────────────────────┘
//! ```
//!
//! An id is an expression over the arguments of the object's own block. Terraform evaluates it in the plan, with the values of the
//! run, so that no name is guessed here.

mod address;
mod blocks;
mod lift;
pub mod log;
pub mod state;
pub mod table;

use crate::AUTHORSHIP;
use crate::terraform::Configuration;

use blocks::Blocks;
use log::{Creation, Outcome};
use state::State;
use table::Way;

/// What becomes of an object that may have been left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// An `import` block takes it over.
    Imported,
    /// An `import` block takes it over if there is one: it is looked up by its tag `Name` in the plan.
    ImportedIfThere {
        /// How to look for one that has no tags yet, where the provider tags it in a second call.
        untagged: Option<&'static str>,
    },
    /// The next apply creates it, or takes it over by itself.
    CreatedAgain,
    /// The next apply creates it, or says that it exists; that log tells then.
    ToldByNextApply,
    /// It cannot be imported by what is known, because of this.
    Manual(String),
}

/// Everything that a log says about objects that may have been left behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Adoption {
    /// The document with the `import` blocks, and what they look up; nothing where there is nothing to import.
    pub document: Option<String>,
    /// What becomes of each, by address, in the order of the log.
    pub decisions: Vec<(String, Decision)>,
    /// How many creations came to their end, and are in the state where one was given.
    pub complete: usize,
}

/// Reads a log and decides about each object that it leaves open, or that it says is complete and a local state has not.
pub fn adopt(configuration: &Configuration, log: &str, state: Option<&State>) -> Adoption {
    let creations = log::creations(log);
    let mut blocks = Blocks::new(configuration);
    let mut decisions = Vec::new();
    let mut complete = 0;
    for Creation { address, outcome } in creations {
        match outcome {
            Outcome::Complete if state.is_none_or(|state| state.has(&address)) => complete += 1,
            // Terraform has said what is wrong, and the object is not there or in the state.
            Outcome::Failed => {}
            _ => {
                let decision = decide(&mut blocks, &address, outcome);
                decisions.push((address, decision));
            }
        }
    }
    let mut module = blocks.into_module();
    module.comment(format!(
        "{AUTHORSHIP}: objects that an apply has left behind. Remove this file after the next apply."
    ));
    let is_empty = module.imports.is_empty();
    Adoption { document: (!is_empty).then(|| module.to_text()), decisions, complete }
}

/// Decides about an object that is in no state, by what became of its creation.
fn decide(blocks: &mut Blocks<'_>, address: &str, outcome: Outcome) -> Decision {
    let place = match address::find(blocks.configuration(), address) {
        Ok(place) => place,
        Err(reason) => return Decision::Manual(reason),
    };
    let done = match table::way(place.block.type_name()) {
        None => {
            Err("the import id of its type is not known here; its page in the provider's documentation says it"
                .to_owned())
        }
        Some(Way::Never(why)) => Err((*why).to_owned()),
        Some(Way::Again) if outcome == Outcome::Exists => {
            Err("it exists, although its type can be created twice; look at the message".to_owned())
        }
        Some(Way::Again) => return Decision::CreatedAgain,
        Some(Way::Import { tag, .. }) if outcome == Outcome::Open => {
            let found = tag.map(|(service, resource)| blocks.import_by_tag(address, &place, service, resource, false));
            return if found == Some(Ok(())) {
                Decision::ImportedIfThere { untagged: None }
            } else {
                Decision::ToldByNextApply
            };
        }
        Some(Way::Import { id, lookup, .. }) => {
            blocks.import(address, &place, id, lookup.as_ref()).map(|()| Decision::Imported)
        }
        Some(Way::Tagged { service, resource, is_arn, untagged }) => blocks
            .import_by_tag(address, &place, service, resource, *is_arn)
            .map(|()| Decision::ImportedIfThere { untagged: *untagged }),
        Some(Way::Listed { all, one, condition }) => blocks
            .import_from_list(address, &place, all, *one, condition)
            .map(|()| Decision::ImportedIfThere { untagged: None }),
    };
    done.unwrap_or_else(Decision::Manual)
}

#[cfg(test)]
mod tests;
