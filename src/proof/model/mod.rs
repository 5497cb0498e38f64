//! The objects of a configuration or a plan as AWS would hold them: instance by instance, with region, account and values.
//!
//! ```text
//! configuration ─> evaluation ─┐
//!                              ├─> Model: resources, each value known, or unknown with the reason
//! terraform show -json ────────┘
//! ```

mod account;
mod configuration;
mod hosts;
mod index;
mod node;
mod plan;
mod plan_reader;
mod plan_references;
mod policy_document;
mod region;
mod stand_in;
mod stand_ins;
mod written;

use std::collections::HashMap;

pub use account::{Account, Truth};
pub(crate) use configuration::Unread;
pub use configuration::from_configuration;
use index::{Index, Texts};
pub(crate) use node::NULL;
pub use node::{Entries, Known, Node};
pub use plan::{PlanError, from_plan};
pub(crate) use stand_in::{STAND_IN_DIGITS, Subject, is_stand_in_of, partition, stand_in_of};

/// Everything that a configuration makes or reads.
#[derive(Debug, Clone, Default)]
pub struct Model {
    resources: Vec<Resource>,
    unread: Vec<Unread>,
    roles: Vec<Node>,
    leaving: Vec<Resource>,
    index: Index,
}

/// One instance of a resource or data source.
#[derive(Debug, Clone)]
pub struct Resource {
    /// As `terraform state list` prints it.
    pub address: String,
    /// The type, such as `aws_s3_bucket`.
    pub kind: String,
    /// Whether it is only read.
    pub data: bool,
    /// The region it is in.
    pub region: Node,
    /// The account it is in.
    pub account: Account,
    /// Its arguments, and attributes where they are known.
    pub values: Node,
    /// Why it cannot be told whether it is there, if it cannot.
    pub doubt: Option<String>,
    /// What names it: ARN, id, name.
    pub identifiers: Vec<String>,
    /// The addresses in its `depends_on`.
    pub depends_on: Vec<String>,
    /// What its `ignore_changes` names, `*` for all; none where that cannot be seen, as in a plan.
    pub ignored: Option<Vec<String>>,
    /// Its sensitive arguments whose values are not in the configuration: they come from variables that a run is given.
    pub given: Vec<String>,
}

/// Who is meant by a value.
#[derive(Debug, Clone)]
pub enum Target<'m> {
    /// An instance of the model.
    Found(&'m Resource),
    /// Something that does not stand in the configuration.
    Outside(String),
    /// It cannot be told, because.
    Unknown(String),
    /// Nothing is set.
    Nothing,
}

impl<'m> Target<'m> {
    /// The instance, if one is meant.
    pub fn found(self) -> Option<&'m Resource> {
        match self {
            Self::Found(resource) => Some(resource),
            _ => None,
        }
    }
}

impl Model {
    /// A model of these instances, and of modules that were not looked into.
    pub(crate) fn new(resources: Vec<Resource>, unread: Vec<Unread>) -> Self {
        let index = Index::new(&resources);
        Self { resources, unread, roles: Vec::new(), leaving: Vec::new(), index }
    }

    /// The same, whose providers take these roles: the block of each, or what is unknown of it.
    pub(crate) fn with_roles(self, mut roles: Vec<Node>) -> Self {
        let mut different: Vec<Node> = Vec::new();
        roles.retain(|role| {
            !different.contains(role) && {
                different.push(role.clone());
                true
            }
        });
        Self { roles, ..self }
    }

    /// The same, of a plan that deletes these instances.
    pub(crate) fn with_leaving(self, leaving: Vec<Resource>) -> Self {
        Self { leaving, ..self }
    }

    /// What a plan deletes, as it is before: instances that are no longer there, or that are made again.
    pub(crate) fn leaving(&self) -> &[Resource] {
        &self.leaving
    }

    /// The roles that providers of its instances take, as the blocks that say so.
    pub(crate) fn roles(&self) -> &[Node] {
        &self.roles
    }

    /// Every instance, in the order of the configuration.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The modules that were not looked into.
    pub(crate) fn unread(&self) -> &[Unread] {
        &self.unread
    }

    /// The managed instances of a type.
    pub fn of_type<'m>(&'m self, kind: &str) -> impl Iterator<Item = &'m Resource> + use<'m> {
        self.index.of_kind(kind).iter().map(|position| self.handed_out(*position))
    }

    /// The managed instances of several types, in the order of the configuration.
    pub fn of_types<'m>(&'m self, kinds: &[&str]) -> impl Iterator<Item = &'m Resource> + use<'m> {
        let mut positions: Vec<usize> = kinds.iter().flat_map(|kind| self.index.of_kind(kind)).copied().collect();
        positions.sort_unstable();
        positions.into_iter().map(|position| self.handed_out(position))
    }

    /// The managed instances of a type that have this text in an argument, compared as DNS compares names, and those of which that is
    /// not known.
    pub fn saying<'m>(
        &'m self,
        kind: &str,
        argument: &str,
        text: &str,
    ) -> impl Iterator<Item = &'m Resource> + use<'m> {
        let found = self.index.saying((kind, argument), text, || self.texts(kind, argument));
        found.into_iter().map(|position| self.handed_out(position))
    }

    fn texts(&self, kind: &str, argument: &str) -> Texts {
        let mut texts = Texts::default();
        for position in self.index.of_kind(kind) {
            match self.resources[*position].at(argument).text() {
                Known::Is(text) => texts.known.entry(index::folded(&text)).or_default().push(*position),
                Known::Unknown(_) => texts.unknown.push(*position),
                Known::Absent => {}
            }
        }
        texts
    }

    /// The managed instances of a type that AWS knows by this name, id or ARN, in whatever region.
    pub fn known_as<'m>(&'m self, kind: &'m str, name: &'m str) -> impl Iterator<Item = &'m Resource> {
        let named = self.index.named(name).map(|position| self.handed_out(position));
        let is_named = move |resource: &&Resource| resource.identifiers.iter().any(|identifier| identifier == name);
        named.filter(move |resource| !resource.data && resource.kind == kind).filter(is_named)
    }

    #[cfg(test)]
    pub(super) fn handed_out_so_far(&self) -> usize {
        self.index.handed_out.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn handed_out(&self, position: usize) -> &Resource {
        #[cfg(test)]
        self.index.handed_out.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        &self.resources[position]
    }

    /// The managed instances of a type whose argument means this instance.
    pub fn referring<'m>(&'m self, kind: &str, argument: &str, to: &Resource) -> Vec<&'m Resource> {
        let found =
            self.index.referring((kind, argument, &to.kind), &to.address, || self.targets(kind, argument, &to.kind));
        found.iter().map(|position| self.handed_out(*position)).collect()
    }

    /// Which instances of a type mean which ones of another, by address.
    fn targets(&self, kind: &str, argument: &str, to: &str) -> HashMap<String, Vec<usize>> {
        let mut targets: HashMap<String, Vec<usize>> = HashMap::new();
        for position in self.index.of_kind(kind) {
            let resource = &self.resources[*position];
            if let Target::Found(found) = self.resolve(&[to], resource.at(argument), resource) {
                targets.entry(found.address.clone()).or_default().push(*position);
            }
        }
        targets
    }

    /// Why it cannot be told whom one of the instances of a type means, if it cannot.
    pub fn undecided(&self, kind: &str, argument: &str, to: &Resource) -> Option<String> {
        let unknown = self.index.undecided((kind, argument), || {
            let all = self.index.of_kind(kind).iter().copied();
            all.filter(|position| self.resources[*position].at(argument).unknown().is_some()).collect()
        });
        let near = |resource: &&Resource| resource.account == to.account && resource.region == to.region;
        unknown.iter().map(|position| &self.resources[*position]).find(near).map(|resource| {
            let reason = resource.at(argument).unknown().unwrap_or_default();
            format!("{}: {reason}", resource.address)
        })
    }

    /// Who is meant by a value that stands in an argument of `user`.
    pub fn resolve<'m>(&'m self, kinds: &[&str], value: &Node, user: &Resource) -> Target<'m> {
        let text = match value.text() {
            Known::Is(text) => text,
            Known::Absent => return Target::Nothing,
            Known::Unknown(reason) => return Target::Unknown(reason),
        };
        let found = self.found(kinds, &text, user);
        found.map_or(Target::Outside(text), Target::Found)
    }

    /// The instance that a text names where `user` stands. What is managed comes before what only reads the same object, as for one
    /// that is looked at before it is imported.
    fn found<'m>(&'m self, kinds: &[&str], text: &str, user: &Resource) -> Option<&'m Resource> {
        let named = self.index.named(text).map(|position| &self.resources[position]);
        let is_named = |resource: &&Resource| resource.identifiers.iter().any(|identifier| identifier == text);
        let matching = named.filter(|resource| kinds.contains(&resource.kind.as_str())).filter(is_named);
        let mut all: Vec<&Resource> = matching.collect();
        all.sort_by_key(|resource| resource.data);
        if text.starts_with("arn:") {
            return all.first().copied();
        }
        let near = all.iter().copied().find(|r| r.region == user.region && r.account == user.account);
        near.or_else(|| all.first().copied().filter(|r| stand_in::is_unique(&r.kind)))
    }
}

impl Resource {
    /// The value at a path of its arguments.
    pub fn at(&self, path: &str) -> &Node {
        self.values.at(path)
    }

    /// The tags, those of the provider included.
    pub fn tags(&self) -> &Node {
        match self.at("tags_all") {
            Node::Null => self.at("tags"),
            all => all,
        }
    }

    /// The region as a text, where it is known.
    pub fn region_name(&self) -> &str {
        match &self.region {
            Node::Text(text) => text,
            _ => "a region that is not known",
        }
    }

    /// Fills in what names the instance: what AWS said where it exists, and what stands for it otherwise.
    pub(crate) fn name_it(&mut self) {
        let subject = self.subject();
        let arn = self.at("arn").text().get().unwrap_or_else(|| subject.arn());
        let known = ["id", "name", "identifier"].into_iter().filter_map(|name| self.at(name).text().get());
        let mut all: Vec<String> = std::iter::once(arn).chain(known).chain(subject.identifiers()).collect();
        all.dedup();
        self.identifiers = all;
    }

    /// The DNS names that AWS gives it: as they are known, else what stands for them.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let subject = self.subject();
        let host = |attribute| self.at(attribute).text().get().or_else(|| hosts::stand_in(&subject, attribute));
        hosts::attributes_of(&self.kind).filter_map(host).collect()
    }

    /// What stand-ins are made from.
    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject::new([&self.address, &self.kind, self.region_name()], &self.values, &self.account)
    }

    /// The ARN.
    pub fn arn(&self) -> &str {
        self.identifiers.first().map_or("", String::as_str)
    }
}
