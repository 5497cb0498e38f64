//! What Terraform says while it applies: which objects it was creating, and what became of that.
//!
//! The text for people is read, with colours or without, and the lines of `-json`. Several applies may be in one log, one after the
//! other: what is said last of an address counts.

mod human;
mod json;

/// What became of a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Terraform has seen its end, and has it in the state.
    Complete,
    /// Terraform was still waiting for it when the log ended: it may be there.
    Open,
    /// AWS has refused it, because there is one of that name.
    Exists,
    /// It has failed otherwise.
    Failed,
}

/// A creation that a log tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// What is created.
    pub address: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// Something that a log says.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    Begins(String),
    /// It is in the state: created, imported, changed or refreshed.
    Completes(String),
    /// An error about an address, with its text.
    Fails(String, String),
    /// The object of an address is destroyed.
    Goes(String),
}

/// The creations that a log tells of, in the order in which they began.
pub fn creations(log: &str) -> Vec<Creation> {
    let mut creations: Vec<Creation> = Vec::new();
    for event in events(log) {
        match event {
            Event::Begins(address) => set(&mut creations, address, Outcome::Open),
            Event::Completes(address) => {
                if let Some(creation) = creations.iter_mut().find(|creation| creation.address == address) {
                    creation.outcome = Outcome::Complete;
                }
            }
            Event::Goes(address) => creations.retain(|creation| creation.address != address),
            Event::Fails(address, text) => {
                let began = creations.iter().any(|creation| creation.address == address);
                // What fails before it is created is no creation: a plan, or a check.
                if began {
                    let outcome = if says_that_it_exists(&text) { Outcome::Exists } else { Outcome::Failed };
                    set(&mut creations, address, outcome);
                }
            }
        }
    }
    creations
}

/// Whether a text is what Terraform prints while it applies.
pub fn is_log(log: &str) -> bool {
    !events(log).is_empty() || ["Apply complete!", "No changes."].iter().any(|words| log.contains(words))
}

/// One log may hold applies of both forms, one after the other.
fn events(log: &str) -> Vec<Event> {
    let lines: Vec<&str> = log.lines().collect();
    let parts = lines.chunk_by(|one, other| is_json(one) == is_json(other));
    parts
        .flat_map(|part| {
            let text = part.join("\n");
            if part.first().is_some_and(|line| is_json(line)) { json::events(&text) } else { human::events(&text) }
        })
        .collect()
}

fn is_json(line: &str) -> bool {
    line.trim_start().starts_with("{\"@level\"")
}

fn set(creations: &mut Vec<Creation>, address: String, outcome: Outcome) {
    match creations.iter_mut().find(|creation| creation.address == address) {
        Some(creation) => creation.outcome = outcome,
        None => creations.push(Creation { address, outcome }),
    }
}

/// Codes that say by themselves that there is one already. Others (`ConflictException`, `ResourceInUseException`,
/// `ResourceConflictException`) also mean that something is busy: there the sentence decides.
const CODES: [&str; 13] = [
    "AlreadyExist",
    "BucketAlreadyOwnedByYou",
    "DuplicateItemException",
    "DuplicateRecordException",
    "InvalidGroup.Duplicate",
    "InvalidPermission.Duplicate",
    "InvalidSubnet.Conflict",
    "NameAlreadyExists",
    "Resource.AlreadyAssociated",
    "ResourceExistsException",
    "RouteAlreadyExists",
    "already exist",
    "already in use by another",
];

/// A bucket of this name is somebody else's.
const FOREIGN: &str = "BucketAlreadyExists";

fn says_that_it_exists(text: &str) -> bool {
    !text.contains(FOREIGN) && CODES.iter().any(|code| text.contains(code))
}

#[cfg(test)]
mod tests;
