//! What makes the model fast to ask: instances by type and by name, and who refers to whom, found once.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxBuildHasher;

use super::Resource;

type Positions = HashMap<String, Vec<usize>>;

/// The same, handed out to many who ask.
type Shared = Arc<[usize]>;

/// Who refers to something, by who, argument and whom, then by address.
type Referring = HashMap<(String, String, String), HashMap<String, Shared>>;

/// The instances of a model by what they are asked for. Commands ask from two threads.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The managed ones by type.
    kinds: Positions,
    /// All by the hash of what names them, in the order of the hashes: there are many names, and most are never asked for.
    names: Vec<(u64, u32)>,
    /// Who refers to whom, by who, argument and whom.
    referring: Mutex<Referring>,
    /// Who refers to something that is not known, by who and argument.
    undecided: Mutex<HashMap<(String, String), Shared>>,
    /// Who has which text in an argument, by who and argument.
    texts: Mutex<HashMap<(String, String), Texts>>,
    /// How many instances were handed out, by which tests see work that grows faster than the model.
    #[cfg(test)]
    pub(super) handed_out: std::sync::atomic::AtomicUsize,
}

/// The instances of a type by the text in one of their arguments.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    /// By the text, as [`folded`].
    pub(super) known: Positions,
    /// Those of which it is not known.
    pub(super) unknown: Vec<usize>,
}

/// A text as DNS compares names: without case, and without the dot at the end.
pub(super) fn folded(text: &str) -> String {
    text.trim_end_matches('.').to_ascii_lowercase()
}

impl Index {
    pub(super) fn new(resources: &[Resource]) -> Self {
        let mut index = Self::default();
        for (position, resource) in (0_u32..).zip(resources) {
            if !resource.data {
                index.kinds.entry(resource.kind.clone()).or_default().push(position as usize);
            }
            index.names.extend(resource.identifiers.iter().map(|name| (hash(name), position)));
        }
        index.names.sort_unstable();
        index.names.dedup();
        index
    }

    pub(super) fn of_kind(&self, kind: &str) -> &[usize] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Those that a text may name, in their order: another text may have its hash.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        let wanted = hash(name);
        let first = self.names.partition_point(|(hash, _)| *hash < wanted);
        let names = self.names.get(first..).unwrap_or_default();
        names.iter().take_while(move |(hash, _)| *hash == wanted).map(|(_, position)| *position as usize)
    }

    /// Those that refer to an address; `find` is asked once for each kind of reference.
    pub(super) fn referring(&self, key: (&str, &str, &str), to: &str, find: impl FnOnce() -> Positions) -> Shared {
        let key = (key.0.to_owned(), key.1.to_owned(), key.2.to_owned());
        let mut known = locked(&self.referring);
        let shared = || find().into_iter().map(|(address, positions)| (address, positions.into())).collect();
        known.entry(key).or_insert_with(shared).get(to).cloned().unwrap_or_default()
    }

    /// Those that refer to something that is not known.
    pub(super) fn undecided(&self, key: (&str, &str), find: impl FnOnce() -> Vec<usize>) -> Shared {
        let mut known = locked(&self.undecided);
        known.entry((key.0.to_owned(), key.1.to_owned())).or_insert_with(|| find().into()).clone()
    }

    /// Those that have a text in an argument, and those that may have it; `find` is asked once for each argument.
    pub(super) fn saying(&self, key: (&str, &str), text: &str, find: impl FnOnce() -> Texts) -> Vec<usize> {
        let mut known = locked(&self.texts);
        let texts = known.entry((key.0.to_owned(), key.1.to_owned())).or_insert_with(find);
        texts.known.get(&folded(text)).into_iter().flatten().chain(&texts.unknown).copied().collect()
    }
}

/// What was found is complete, whoever has panicked meanwhile.
fn locked<T>(found: &Mutex<T>) -> MutexGuard<'_, T> {
    found.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clone for Index {
    fn clone(&self) -> Self {
        Self {
            kinds: self.kinds.clone(),
            names: self.names.clone(),
            referring: Mutex::new(locked(&self.referring).clone()),
            undecided: Mutex::new(locked(&self.undecided).clone()),
            texts: Mutex::new(locked(&self.texts).clone()),
            #[cfg(test)]
            handed_out: std::sync::atomic::AtomicUsize::default(),
        }
    }
}

fn hash(name: &str) -> u64 {
    FxBuildHasher.hash_one(name)
}
