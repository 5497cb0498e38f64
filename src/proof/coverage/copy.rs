//! What a copy of a store's data is worth after an event.

use super::{Cell, Scenario, Verdict};
use crate::proof::model::{Account, Node, Resource, Truth};

/// One day.
pub(super) const DAY: u64 = 86_400;

/// Longer than AWS keeps anything.
pub(super) const LONGEST: u64 = 1_000 * 365 * DAY;

/// How long a hostile administrator has.
pub(super) const HOSTILE: u64 = 3 * DAY;

/// How long a damage goes unseen.
const UNSEEN: u64 = DAY;

/// What the application writes to, with all that holds its data.
#[derive(Debug)]
pub(super) struct Store<'m> {
    pub(super) resource: &'m Resource,
    pub(super) copies: Vec<Copy>,
}

/// Something that holds a store's data; the store itself is one.
#[derive(Debug, Clone)]
pub(super) struct Copy {
    /// What it is, as the subject of a sentence.
    pub(super) what: String,
    /// Where it is.
    pub(super) region: Node,
    /// Whose it is.
    pub(super) account: Account,
    /// How far it may lag; none where AWS gives no bound.
    pub(super) lag: Option<u64>,
    /// What it keeps of the past; a mirror keeps nothing.
    pub(super) history: Option<History>,
    /// The key that it is read with.
    pub(super) key: Key,
    /// Whether it is still complete without its store's worst zone.
    pub(super) outlives_zone: bool,
    /// Whether it is still there when the store has been deleted.
    pub(super) outlives_store: bool,
    /// What keeps an administrator from removing it.
    pub(super) lock: Option<String>,
    /// Why it is not known whether something does.
    pub(super) lock_doubt: Option<String>,
    /// What lets the store's account remove it, though it belongs to another.
    pub(super) exposed: Option<String>,
    /// Why it is not known whether something lets it.
    pub(super) exposure_doubt: Option<String>,
    /// Why it is no copy at all: refused by AWS, disabled, only a part, gone too early.
    pub(super) void: Option<String>,
    /// The only scenarios that it counts in; empty for all.
    pub(super) only: Vec<Scenario>,
    /// What is not known about it and decides whether it is there.
    pub(super) doubts: Vec<String>,
}

/// What a copy keeps of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct History {
    /// How long a state is kept; none for as long as the copy.
    pub(super) kept: Option<u64>,
    /// How far apart two states may be.
    pub(super) gap: u64,
    /// How far the newest good state may be from the damage; none where AWS gives no bound.
    pub(super) distance: Option<u64>,
}

/// The key that a copy is read with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    /// None, or one that the service holds where the copy is.
    Service,
    /// One with a region and an owner.
    Held {
        /// What it is called.
        name: String,
        /// Where it is.
        region: Node,
        /// Whose it is.
        account: Account,
        /// Whether its material can be removed at once.
        removable: bool,
    },
    /// Which one is not known.
    Unknown(String),
}

/// What one copy is worth.
enum Worth {
    /// How much may be missing, and why it is there.
    Good(Option<u64>, String),
    /// Why there is nothing, to be read after what the copy is.
    Nothing(String),
    /// What is not known.
    Unclear(String),
}

impl Copy {
    /// The store itself, where nothing else is said: one region, one account, gone when it is deleted.
    pub(super) fn of_store(store: &Resource) -> Self {
        Self {
            what: "the store itself".to_owned(),
            region: store.region.clone(),
            account: store.account.clone(),
            lag: Some(0),
            history: None,
            key: Key::Service,
            outlives_zone: true,
            outlives_store: false,
            lock: None,
            lock_doubt: None,
            exposed: None,
            exposure_doubt: None,
            void: None,
            only: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// A copy elsewhere that stays when the store is deleted.
    pub(super) fn apart(what: impl Into<String>, region: Node, account: Account, lag: Option<u64>) -> Self {
        Self {
            what: what.into(),
            region,
            account,
            lag,
            history: None,
            key: Key::Service,
            outlives_zone: true,
            outlives_store: true,
            lock: None,
            lock_doubt: None,
            exposed: None,
            exposure_doubt: None,
            void: None,
            only: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// The same, for these scenarios only, and only if what is not known is so.
    pub(super) fn if_so(&self, only: &[Scenario], doubt: impl Into<String>) -> Self {
        let mut copy = self.clone();
        copy.only = only.to_vec();
        copy.doubts.push(doubt.into());
        copy
    }

    fn worth(&self, store: &Resource, scenario: Scenario) -> Option<Worth> {
        if !self.only.is_empty() && !self.only.contains(&scenario) {
            return None;
        }
        if let Some(reason) = &self.void {
            return Some(Worth::Nothing(format!("no copy, because {reason}")));
        }
        let worth = match scenario {
            Scenario::Zone if self.outlives_zone => self.good("does not depend on one zone"),
            Scenario::Zone => Worth::Nothing("in one zone".to_owned()),
            Scenario::Region => self.without_region(store),
            Scenario::Account => self.without_account(store),
            Scenario::Deletion if self.outlives_store => self.good("stays when the store is deleted"),
            Scenario::Deletion => Worth::Nothing("goes with the deletion".to_owned()),
            Scenario::Corruption => self.after_damage(),
            Scenario::Credential => self.in_hostile_hands(store),
        };
        Some(match (worth, self.doubts.as_slice()) {
            (Worth::Good(..), [reason, ..]) => Worth::Unclear(format!("it depends on {}: {reason}", self.what)),
            (worth, _) => worth,
        })
    }

    fn good(&self, why: &str) -> Worth {
        Worth::Good(self.lag, format!("{} {why}", self.what))
    }

    fn without_region(&self, store: &Resource) -> Worth {
        match differs(&self.region, &store.region) {
            Truth::No => return Worth::Nothing("in the same region".to_owned()),
            Truth::Unknown(reason) => return Worth::Unclear(format!("where {} is: {reason}", self.what)),
            Truth::Yes => {}
        }
        match &self.key {
            Key::Service => {}
            Key::Unknown(reason) => return Worth::Unclear(format!("the key of {}: {reason}", self.what)),
            Key::Held { name, region, .. } => match differs(region, &store.region) {
                Truth::No => return Worth::Nothing(format!("its key {name} is lost with the region")),
                Truth::Unknown(reason) => {
                    return Worth::Unclear(format!("where the key of {} is: {reason}", self.what));
                }
                Truth::Yes => {}
            },
        }
        self.good(&format!("is in {}", name_of(&self.region)))
    }

    fn without_account(&self, store: &Resource) -> Worth {
        match self.account.differs_from(&store.account) {
            Truth::No => return Worth::Nothing("in the same account".to_owned()),
            Truth::Unknown(reason) => return Worth::Unclear(format!("whose {} is: {reason}", self.what)),
            Truth::Yes => {}
        }
        match &self.key {
            Key::Service => {}
            Key::Unknown(reason) => return Worth::Unclear(format!("the key of {}: {reason}", self.what)),
            Key::Held { name, account, .. } => match account.differs_from(&store.account) {
                Truth::No => return Worth::Nothing(format!("its key {name} is lost with the account")),
                Truth::Unknown(reason) => return Worth::Unclear(format!("whose key {} has: {reason}", self.what)),
                Truth::Yes => {}
            },
        }
        self.good("belongs to another account")
    }

    fn after_damage(&self) -> Worth {
        let Some(History { kept, gap, distance }) = self.history else {
            return Worth::Nothing("has the damage too".to_owned());
        };
        match kept {
            Some(kept) if kept <= UNSEEN + gap => Worth::Nothing(format!(
                "keeps the past for {}, and a damage that is seen after a day needs more than {}",
                span(kept),
                span(UNSEEN + gap)
            )),
            _ => Worth::Good(distance, format!("{} still has the state before the damage", self.what)),
        }
    }

    fn in_hostile_hands(&self, store: &Resource) -> Worth {
        if let Key::Held { name, account, removable: true, .. } = &self.key
            && account.differs_from(&store.account) != Truth::Yes
        {
            return Worth::Nothing(format!("the material of its key {name} can be removed at once"));
        }
        // New ones do not come while the account is in hostile hands.
        let runs_out = match self.history {
            Some(History { kept: Some(kept), gap, .. }) if kept < HOSTILE + gap => Some(span(kept)),
            _ => None,
        };
        match (&self.lock, runs_out) {
            (Some(_), Some(kept)) => {
                return Worth::Nothing(format!("locked, but what is in it runs out within {kept}"));
            }
            (Some(lock), None) => return self.good(&format!("cannot be removed: {lock}")),
            (None, Some(kept)) => return Worth::Nothing(format!("what is in it runs out within {kept}")),
            (None, None) => {}
        }
        match self.account.differs_from(&store.account) {
            Truth::No if self.lock_doubt.is_some() => Worth::Unclear(format!(
                "whether {} is locked: {}",
                self.what,
                self.lock_doubt.as_deref().unwrap_or_default()
            )),
            Truth::No => Worth::Nothing("an administrator of the account can remove it".to_owned()),
            Truth::Unknown(reason) => Worth::Unclear(format!("whose {} is: {reason}", self.what)),
            Truth::Yes => match (&self.exposed, &self.exposure_doubt) {
                (Some(grant), _) => Worth::Nothing(format!("the store's account can remove it: {grant}")),
                (None, Some(reason)) => {
                    Worth::Unclear(format!("whether the store's account can remove {}: {reason}", self.what))
                }
                (None, None) => self.good("belongs to another account, which the credential does not reach"),
            },
        }
    }
}

/// The answer for one store and one scenario: the best copy, else what is unclear, else why there is none.
///
/// `unseen` is a module that was given the store and not looked into: a copy may be in it.
pub(super) fn cell(store: &Store<'_>, scenario: Scenario, unseen: Option<&str>) -> Cell {
    let mut best: Option<(Option<u64>, String)> = None;
    let (mut unclear, mut nothing) = (None, Vec::<(String, Vec<&str>)>::new());
    for copy in &store.copies {
        match copy.worth(store.resource, scenario) {
            Some(Worth::Good(lag, why)) => {
                // A bound is worth more than none, and a small one more than a large one.
                let better = best.as_ref().is_none_or(|(known, _)| match (lag, known) {
                    (Some(lag), Some(known)) => lag < *known,
                    (Some(_), None) => true,
                    _ => false,
                });
                if better {
                    best = Some((lag, why));
                }
            }
            Some(Worth::Unclear(why)) => unclear = unclear.or(Some(why)),
            Some(Worth::Nothing(why)) => match nothing.iter_mut().find(|(known, _)| *known == why) {
                Some((_, copies)) => copies.push(&copy.what),
                None => nothing.push((why, vec![&copy.what])),
            },
            None => {}
        }
    }
    let (verdict, rpo_seconds, because) = match (best, unclear, &store.resource.doubt) {
        (Some(_), _, Some(reason)) => (Verdict::CannotTell, None, format!("whether the store is there: {reason}")),
        (Some((lag, why)), _, None) => (Verdict::Survives, lag, why),
        (None, Some(why), _) => (Verdict::CannotTell, None, why),
        (None, None, _) if unseen.is_some() => {
            (Verdict::CannotTell, None, format!("a copy may be in a module: {}", unseen.unwrap_or_default()))
        }
        (None, None, _) if nothing.is_empty() => (Verdict::Loses, None, "there is no copy".to_owned()),
        (None, None, _) => {
            let reasons: Vec<String> =
                nothing.iter().map(|(why, copies)| format!("{}: {why}", copies.join(", "))).collect();
            (Verdict::Loses, None, reasons.join("; "))
        }
    };
    Cell { store: store.resource.address.clone(), scenario, verdict, rpo_seconds, because }
}

/// So many minutes or days in seconds. What a configuration says beyond a millennium is cut, so that sums of such times stay numbers.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is negative is nothing, what is large is cut"
)]
pub(super) fn bounded(count: f64, unit: u64) -> u64 {
    (count.max(0.0) as u64).saturating_mul(unit).min(LONGEST)
}

/// Whether two regions are different ones.
pub(super) fn differs(one: &Node, other: &Node) -> Truth {
    match (one, other) {
        (Node::Text(one), Node::Text(other)) if one == other => Truth::No,
        (Node::Text(_), Node::Text(_)) => Truth::Yes,
        (Node::Unknown(reason), Node::Unknown(other)) if reason == other => Truth::No,
        (Node::Unknown(reason), _) | (_, Node::Unknown(reason)) => Truth::Unknown(reason.clone()),
        _ => Truth::Unknown("the region is not set".to_owned()),
    }
}

/// The word for a region.
pub(super) fn name_of(region: &Node) -> &str {
    match region {
        Node::Text(name) => name,
        _ => "a region that is not known",
    }
}

/// A time in words.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        s if s >= 2 * DAY && s % DAY == 0 => format!("{} days", s / DAY),
        s if s >= 3_600 && s % 3_600 == 0 => format!("{} hours", s / 3_600),
        s if s >= 60 && s % 60 == 0 => format!("{} minutes", s / 60),
        s => format!("{s} seconds"),
    }
}
