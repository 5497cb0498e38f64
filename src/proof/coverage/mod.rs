//! Which data stores are there after what: a verdict for every store and scenario.
//!
//! ```text
//! Model ─> stores/: what holds data, and its copies ─> copy: what each copy is worth after each event ─> cells
//! ```
//!
//! A copy says where it is, whose it is, under which key, how far it lags, what it keeps of the past and who can remove it. The
//! scenarios are decided in one place (`copy.rs`) from that, so a new store is a list of copies and nothing else.

mod backup_plans;
mod backup_selection;
mod copy;
mod keys;
mod policy;
mod roles;
pub(in crate::proof) mod schedule;
mod stores;
mod vaults;

use super::model::Model;
pub(in crate::proof) use backup_plans::copies_elsewhere;
pub(in crate::proof) use stores::is_primary;

/// What happens to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scenario {
    /// One Availability Zone is destroyed, the worst for the store.
    Zone,
    /// The store's region is destroyed.
    Region,
    /// The store's account is closed for good.
    Account,
    /// An operator deletes the store with the options that keep least.
    Deletion,
    /// The application damages data, and it is seen after a day.
    Corruption,
    /// An administrator's credential of the account is in hostile hands for three days.
    Credential,
}

/// What is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// A complete copy that can be read.
    Survives,
    /// None, or not always, or not all of it.
    Loses,
    /// The configuration does not say what decides it.
    CannotTell,
}

/// The answer for one store and one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The address of the store.
    pub store: String,
    /// What happens.
    pub scenario: Scenario,
    /// What is left.
    pub verdict: Verdict,
    /// The writes of how many last seconds may be missing; none where AWS gives no bound.
    pub rpo_seconds: Option<u64>,
    /// Why.
    pub because: String,
}

impl Scenario {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::Zone, Self::Region, Self::Account, Self::Deletion, Self::Corruption, Self::Credential];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Region => "region",
            Self::Account => "account",
            Self::Deletion => "deletion",
            Self::Corruption => "corruption",
            Self::Credential => "credential",
        }
    }
}

impl Verdict {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Survives => "survives",
            Self::Loses => "loses",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// The cells of every data store of a model, store by store in the order of the addresses.
pub fn coverage(model: &Model) -> Vec<Cell> {
    let mut all = stores::all(model);
    all.sort_by(|one, other| one.resource.address.cmp(&other.resource.address));
    let cells = |store: &copy::Store<'_>| {
        let unseen =
            model.unread().iter().find(|module| module.is_given(store.resource)).map(|module| module.reason.as_str());
        Scenario::ALL.map(|scenario| copy::cell(store, scenario, unseen))
    };
    all.iter().flat_map(cells).collect()
}
