//! The picture of a configuration: what stands in which region, what is copied where, who calls whom, and what fails over.
//!
//! ```text
//! Model ─> boxes ─> arrows between them ─> folded, until it can be taken in at a glance ─> mermaid, dot, svg, JSON
//! ```

mod arrows;
mod behind;
mod boxes;
mod copies;
mod dot;
mod json;
mod mermaid;
mod names;
mod svg;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::Model;
pub use boxes::Kind;

/// What can be taken in at a glance.
pub const MOST_BOXES: usize = 25;

/// Boxes, and arrows between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// The boxes, region by region.
    pub boxes: Vec<Component>,
    /// The arrows, each once.
    pub arrows: Vec<Arrow>,
}

/// One or more objects of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Where they are; none for what has no region.
    pub region: Option<String>,
    /// What they are.
    pub kind: Kind,
    /// The addresses of what stands in it; none where no block makes it: a host elsewhere, a copy that AWS makes by itself.
    pub addresses: Vec<String>,
    /// What it is called.
    pub name: String,
    /// What it is, in a word or two.
    pub what: String,
    /// What it is known by where no address of the configuration stands in it; empty where one does.
    key: String,
}

impl Component {
    fn new(region: Option<String>, kind: Kind, name: String, what: String) -> Self {
        Self { region, kind, addresses: Vec::new(), name, what, key: String::new() }
    }
}

/// From one box to another, by their positions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it means.
    pub meaning: Meaning,
}

/// What an arrow means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Customers are sent there while all is well.
    Sends,
    /// Customers are sent there after a failover, or it makes a standby the writer.
    FailsOver,
    /// The one calls, starts, writes or reads the other.
    Calls,
    /// What is written here is copied there.
    Replicates,
}

impl Meaning {
    /// All of them, what matters most first.
    pub const ALL: [Self; 4] = [Self::Sends, Self::FailsOver, Self::Replicates, Self::Calls];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sends => "sends customers",
            Self::FailsOver => "fails over",
            Self::Calls => "calls",
            Self::Replicates => "replicates",
        }
    }

    /// The same for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sends => "sends",
            Self::FailsOver => "fails_over",
            Self::Calls => "calls",
            Self::Replicates => "replicates",
        }
    }
}

/// The graph of a model: with `detail` a box for every object, else as many as can be taken in.
pub fn graph(model: &Model, detail: bool) -> Graph {
    let hosts = names::Hosts::of(model);
    let boxes = boxes::all(model, &hosts);
    let arrows = arrows::all(model, &hosts, &boxes);
    let mut graph = Graph { boxes, arrows };
    if !detail {
        graph.fold();
    }
    graph
}

impl Graph {
    /// The regions that there are boxes in, in the order of their first box.
    pub fn regions(&self) -> Vec<&str> {
        let mut regions: Vec<&str> = Vec::new();
        for region in self.boxes.iter().filter_map(|one| one.region.as_deref()) {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        regions
    }

    /// How much there is of what, in a sentence or two: for who cannot see the picture.
    pub fn in_words(&self) -> String {
        let boxes = |region: Option<&str>| self.boxes.iter().filter(|one| one.region.as_deref() == region).count();
        let mut places: Vec<String> =
            self.regions().into_iter().map(|region| format!("{} in {region}", boxes(Some(region)))).collect();
        places.extend(Some(boxes(None)).filter(|count| *count > 0).map(|count| format!("{count} outside regions")));
        let arrows = |meaning: Meaning| self.arrows.iter().filter(|arrow| arrow.meaning == meaning).count();
        let meanings = Meaning::ALL.into_iter().map(|meaning| (meaning, arrows(meaning)));
        let meanings: Vec<String> = meanings
            .filter(|(_, count)| *count > 0)
            .map(|(meaning, count)| format!("{count} for \u{2018}{}\u{2019}", meaning.name()))
            .collect();
        let listed = |all: &[String]| if all.is_empty() { String::new() } else { format!(": {}", all.join(", ")) };
        format!("{} boxes{}. {} arrows{}.", self.boxes.len(), listed(&places), self.arrows.len(), listed(&meanings))
    }

    /// For programs. Arrows name boxes by their ids, which are good for this document only.
    pub fn to_json(&self) -> Value {
        json::document(self)
    }

    /// As a flowchart of Mermaid.
    pub fn to_mermaid(&self) -> String {
        mermaid::text(self)
    }

    /// In Graphviz's language.
    pub fn to_dot(&self) -> String {
        dot::text(self)
    }

    /// As a picture.
    ///
    /// # Errors
    /// It has more boxes than a picture takes.
    pub fn to_svg(&self) -> Result<String, String> {
        svg::text(self)
    }

    /// Puts objects of one kind into one box in each region: first the kind that has most boxes, until few are left.
    fn fold(&mut self) {
        while self.boxes.len() > MOST_BOXES {
            let mut kinds: BTreeMap<Kind, BTreeMap<Option<&str>, Vec<usize>>> = BTreeMap::new();
            for (position, one) in self.boxes.iter().enumerate() {
                kinds.entry(one.kind).or_default().entry(one.region.as_deref()).or_default().push(position);
            }
            let count = |regions: &BTreeMap<_, Vec<usize>>| regions.values().map(Vec::len).sum::<usize>();
            let foldable = kinds.into_values().filter(|regions| regions.values().any(|members| members.len() > 1));
            let largest = foldable.max_by_key(count).map(|regions| regions.into_values().collect::<Vec<_>>());
            match largest {
                Some(groups) => self.fold_together(&groups),
                // One box of each kind in each region: what is left out is the kinds that matter least.
                None => self.leave_out(),
            }
        }
    }

    /// Makes one box of each of these groups.
    fn fold_together(&mut self, groups: &[Vec<usize>]) {
        let mut ends: Vec<Option<usize>> = (0..self.boxes.len()).map(Some).collect();
        for members in groups.iter().filter(|members| members.len() > 1) {
            let Some((first, others)) = members.split_first() else { continue };
            let addresses = members.iter().flat_map(|position| self.boxes[*position].addresses.clone());
            let addresses: Vec<String> = addresses.collect();
            for other in others {
                ends[*other] = Some(*first);
            }
            let one = &mut self.boxes[*first];
            one.name = format!("{} {}", members.len(), one.kind.plural());
            "in one box".clone_into(&mut one.what);
            one.addresses = addresses;
        }
        self.rearrange(&ends);
    }

    fn leave_out(&mut self) {
        let Some(last) = (0..self.boxes.len()).max_by_key(|position| self.boxes[*position].kind) else { return };
        let ends: Vec<Option<usize>> =
            (0..self.boxes.len()).map(|position| (position != last).then_some(position)).collect();
        self.rearrange(&ends);
    }

    /// Keeps the boxes that stand for themselves, and lets arrows end at what now stands for theirs.
    fn rearrange(&mut self, ends: &[Option<usize>]) {
        let mut kept = 0;
        let now: Vec<usize> = ends
            .iter()
            .enumerate()
            .map(|(position, end)| {
                kept += usize::from(*end == Some(position));
                kept.saturating_sub(1)
            })
            .collect();
        let place = |end: usize| ends[end].map(|stands| now[stands]);
        let moved = self
            .arrows
            .iter()
            .filter_map(|arrow| Some(Arrow { from: place(arrow.from)?, to: place(arrow.to)?, meaning: arrow.meaning }));
        let arrows: BTreeSet<Arrow> = moved.filter(|arrow| arrow.from != arrow.to).collect();
        self.arrows = arrows.into_iter().collect();
        let mut position = 0;
        self.boxes.retain(|_| {
            position += 1;
            ends[position - 1] == Some(position - 1)
        });
    }
}

/// A text without what would end a quoted label, or be taken for markup.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '"' | '\'' | '\\' | '<' | '>' | '&' | '`') { ' ' } else { c })
        .collect()
}
