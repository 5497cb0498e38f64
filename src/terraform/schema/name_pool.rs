//! One text that holds many names, overlapping where they can.
//!
//! Half of a provider's names are part of another (`arn` of `role_arn`), and many begin as another ends. Laying them
//! over each other saves a third of the text and still leaves every name in one piece, to be borrowed where it lies.

use std::collections::{BTreeMap, HashMap};

/// The text and the place of each name in it.
pub(super) struct NamePool {
    pub(super) text: Vec<u8>,
    /// Offset and length of each name, in the order they were given.
    pub(super) places: Vec<[u32; 2]>,
}

impl NamePool {
    /// Lays out the names. The same names give the same text.
    pub(super) fn new(names: &[String]) -> Option<Self> {
        let chosen = not_contained(names);
        let text = overlapped(&chosen);
        let suffixes = Suffixes::new(&text);
        let places = names.iter().map(|name| {
            if name.is_empty() {
                return Some([0, 0]);
            }
            let offset = suffixes.matches(name.as_bytes()).first().copied()?;
            Some([offset, u32::try_from(name.len()).ok()?])
        });
        let places = places.collect::<Option<_>>()?;
        Some(Self { text, places })
    }
}

/// The suffixes of a text in sorted order, by where they begin.
struct Suffixes<'a> {
    text: &'a [u8],
    sorted: Vec<u32>,
}

impl<'a> Suffixes<'a> {
    fn new(text: &'a [u8]) -> Self {
        // A text of more than 4 GiB is cut off here; the names in the rest are not found, which the caller reports.
        let mut sorted: Vec<u32> = (0..u32::try_from(text.len()).unwrap_or(u32::MAX)).collect();
        sorted.sort_unstable_by_key(|start| &text[*start as usize..]);
        Self { text, sorted }
    }

    /// Where `pattern` occurs.
    fn matches(&self, pattern: &[u8]) -> &[u32] {
        let head = |start: u32| {
            let suffix = &self.text[start as usize..];
            &suffix[..suffix.len().min(pattern.len())]
        };
        let first = self.sorted.partition_point(|start| head(*start) < pattern);
        let rest = &self.sorted[first..];
        &rest[..rest.partition_point(|start| head(*start) == pattern)]
    }
}

/// The names that are no part of another, longest first.
fn not_contained(names: &[String]) -> Vec<&[u8]> {
    let mut sorted: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
    sorted.sort_unstable_by_key(|name| (std::cmp::Reverse(name.len()), *name));
    sorted.dedup();
    // No name has a zero byte, so a match never reaches from one name into the next.
    let joined = sorted.join(&0);
    let suffixes = Suffixes::new(&joined);
    let mut start = 0;
    sorted.retain(|name| {
        let own = start;
        start += name.len() + 1;
        !suffixes.matches(name).iter().any(|found| (*found as usize) < own)
    });
    sorted
}

/// One text with all of the names in it: the greedy approximation of the shortest common superstring, which joins the
/// two names with the longest overlap first.
fn overlapped(names: &[&[u8]]) -> Vec<u8> {
    let mut chains = Chains::new(names.len());
    let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
    for overlap in (1..longest).rev() {
        let mut heads: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (index, name) in names.iter().enumerate().rev() {
            if name.len() > overlap && !chains.has_predecessor[index] {
                heads.entry(&name[..overlap]).or_default().push(index);
            }
        }
        for (index, name) in names.iter().enumerate() {
            if name.len() <= overlap || chains.successor.contains_key(&index) {
                continue;
            }
            let Some(candidates) = heads.get_mut(&name[name.len() - overlap..]) else { continue };
            if let Some(position) = candidates.iter().rposition(|next| chains.may_join(index, *next)) {
                chains.join(index, candidates.remove(position), overlap);
            }
        }
    }
    chains.text(names)
}

/// Names joined one after the other.
struct Chains {
    /// The next name and the length of the overlap with it.
    successor: BTreeMap<usize, (usize, usize)>,
    has_predecessor: Vec<bool>,
    /// For the last name of a chain its first, and the other way round: enough to keep a chain from closing.
    other_end: Vec<usize>,
}

impl Chains {
    fn new(count: usize) -> Self {
        Self { successor: BTreeMap::new(), has_predecessor: vec![false; count], other_end: (0..count).collect() }
    }

    fn may_join(&self, last: usize, first: usize) -> bool {
        self.other_end[last] != first
    }

    fn join(&mut self, last: usize, first: usize, overlap: usize) {
        self.successor.insert(last, (first, overlap));
        self.has_predecessor[first] = true;
        let (start, end) = (self.other_end[last], self.other_end[first]);
        self.other_end[start] = end;
        self.other_end[end] = start;
    }

    fn text(&self, names: &[&[u8]]) -> Vec<u8> {
        let mut text = Vec::new();
        for first in (0..names.len()).filter(|index| !self.has_predecessor[*index]) {
            text.extend_from_slice(names[first]);
            let mut current = first;
            while let Some((next, overlap)) = self.successor.get(&current) {
                text.extend_from_slice(&names[*next][*overlap..]);
                current = *next;
            }
        }
        text
    }
}
