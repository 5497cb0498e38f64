//! The recovery points that AWS Backup makes of a store, and their copies.

use super::backup_selection::takes;
use super::copy::{Copy, DAY, History, Key, bounded, differs, span};
use super::keys::is_shared;
use super::schedule::longest_gap;
use super::vaults::{Vault, seconds, vault};
use crate::proof::model::{Known, Model, Node, Resource, Target, Truth};
use crate::proof::refusal::backup_plans::of_plan;

/// Minutes that a job may wait for its start where a rule does not say: the provider's default.
const START_WINDOW: f64 = 60.0;

/// What a copy to another vault takes on top: AWS gives no bound, an hour is allowed for.
const COPY_TIME: u64 = 3_600;

/// How AWS Backup treats a kind of store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// The name in AWS Backup's settings.
    pub(super) service: &'static str,
    /// How close a continuous backup comes to any moment, where the kind has such backups.
    pub(super) continuous: Option<u64>,
    /// Whether recovery points are encrypted with the vault's key, and not with the store's.
    pub(super) own_encryption: bool,
}

/// A rule of a plan that takes a store.
struct Rule<'m> {
    plan: &'m Resource,
    values: &'m Node,
    doubts: Vec<String>,
}

/// Every recovery point, in the plan's own vault and where it is copied to. `key` is the store's.
pub(super) fn recovery_points(model: &Model, store: &Resource, kind: Kind, key: &Key) -> Vec<Copy> {
    rules(model, store, kind).iter().flat_map(|rule| points(model, store, kind, key, rule)).collect()
}

/// How far the newest copies of a plan in other regions are behind at worst, and in which vault they are; none where it makes none.
///
/// # Errors
/// Why that is not known.
pub(in crate::proof) fn copies_elsewhere(model: &Model, plan: &Resource) -> Result<Option<(u64, String)>, String> {
    let (mut newest, mut doubts): (Option<(u64, String)>, Vec<String>) = (None, plan.doubt.iter().cloned().collect());
    if of_plan(plan, &mut doubts).is_some() {
        return Ok(None);
    }
    for rule in plan.values.blocks("rule") {
        let gap = gap(rule, &mut doubts);
        for action in rule.blocks("copy_action") {
            let vault = vault(model, action.at("destination_vault_arn"), plan, plan);
            match (differs(&vault.region, &plan.region), gap, vault.void) {
                (Truth::Unknown(reason), _, None) => doubts.push(reason),
                (Truth::Yes, Some(gap), None) => {
                    let copy = (gap + COPY_TIME, vault.name);
                    newest = Some(newest.map_or(copy.clone(), |newest| newest.min(copy)));
                }
                _ => {}
            }
        }
    }
    match doubts.into_iter().next() {
        Some(doubt) => Err(doubt),
        None => Ok(newest),
    }
}

/// The longest time between two recovery points of a rule, the wait for their start included; none for a schedule that is none.
fn gap(rule: &Node, doubts: &mut Vec<String>) -> Option<u64> {
    let gap = match rule.at("schedule").text() {
        Known::Is(expression) => longest_gap(&expression),
        // AWS runs a rule without a schedule once a day.
        Known::Absent => Some(DAY),
        Known::Unknown(reason) => {
            doubts.push(reason);
            Some(DAY)
        }
    };
    let window = rule.at("start_window").number().assume(START_WINDOW, START_WINDOW, doubts);
    gap.map(|gap| gap + bounded(window, 60))
}

fn rules<'m>(model: &'m Model, store: &Resource, kind: Kind) -> Vec<Rule<'m>> {
    let mut all = Vec::new();
    for selection in model.of_type("aws_backup_selection") {
        let mut doubts: Vec<String> = selection.doubt.iter().cloned().collect();
        match takes(model, selection, store, kind.service) {
            Truth::No => continue,
            Truth::Yes => {}
            Truth::Unknown(reason) => doubts.push(reason),
        }
        let plan = match model.resolve(&["aws_backup_plan"], selection.at("plan_id"), selection) {
            Target::Found(plan) => Some(plan),
            Target::Unknown(reason) => {
                doubts.push(reason);
                model.of_type("aws_backup_plan").find(|plan| plan.region == selection.region)
            }
            _ => None,
        };
        let Some(plan) = plan else { continue };
        // A plan reaches what is in its own region and account.
        if differs(&plan.region, &store.region) != Truth::No || plan.account.differs_from(&store.account) == Truth::Yes
        {
            continue;
        }
        doubts.extend(plan.doubt.iter().cloned());
        for values in plan.values.blocks("rule") {
            all.push(Rule { plan, values, doubts: doubts.clone() });
        }
    }
    all
}

fn points(model: &Model, store: &Resource, kind: Kind, key: &Key, rule: &Rule<'_>) -> Vec<Copy> {
    let mut doubts = rule.doubts.clone();
    if let Node::Unknown(reason) = rule.values {
        doubts.push(reason.clone());
    }
    let own = vault(model, rule.values.at("target_vault_name"), rule.plan, store);
    let Some(gap) = gap(rule.values, &mut doubts) else { return Vec::new() };
    let refused_plan = of_plan(rule.plan, &mut doubts);
    // How long a point is kept decides about the point, and about its copies only where the vault's lock refuses it.
    let mut unknown = Vec::new();
    let kept = kept(rule.values.at("lifecycle"), &mut unknown);
    if !unknown.is_empty() && (own.least.is_some() || own.longest.is_some()) {
        doubts.append(&mut unknown.clone());
    }
    let bounds = if unknown.is_empty() { out_of_bounds(kept, &own) } else { None };
    let refused = refused_plan.or(own.void.clone()).or(bounds);
    let mut all = Vec::new();
    let mut point = point(&own, gap, kept, format!("the recovery points of {} in {}", rule.plan.address, own.name));
    point.void = refused.clone().or_else(|| too_short(kept, gap));
    point.key = if kind.own_encryption { own.key.clone() } else { key.clone() };
    point.doubts.extend(doubts.iter().chain(&unknown).cloned());
    if let (Some(lag), Known::Is(true)) = (kind.continuous, rule.values.at("enable_continuous_backup").flag()) {
        let mut continuous = point.clone();
        continuous.what = format!("the continuous backup of {} in {}", rule.plan.address, own.name);
        continuous.lag = Some(lag);
        continuous.history = Some(History { kept, gap: 0, distance: Some(lag) });
        continuous.void.clone_from(&refused);
        all.push(continuous);
    }
    all.push(point);
    for action in rule.values.blocks("copy_action") {
        let mut copy = copied(model, store, rule, action, gap);
        copy.doubts.extend(doubts.iter().cloned());
        if let Some(reason) = &refused {
            copy.void = Some(format!("what it copies is not made: {reason}"));
        } else if let Some(reason) = crossing(model, store, kind, key, &mut copy) {
            copy.void = Some(reason);
        }
        all.push(copy);
    }
    all
}

fn copied(model: &Model, store: &Resource, rule: &Rule<'_>, action: &Node, gap: u64) -> Copy {
    let mut doubts = Vec::new();
    let target = vault(model, action.at("destination_vault_arn"), rule.plan, store);
    // A copy without a lifecycle of its own has the rule's.
    let lifecycle = if action.at("lifecycle").is_set() { action.at("lifecycle") } else { rule.values.at("lifecycle") };
    let kept = kept(lifecycle, &mut doubts);
    let bounds = if doubts.is_empty() { out_of_bounds(kept, &target) } else { None };
    let mut copy = point(&target, gap, kept, format!("the copies of {} in {}", rule.plan.address, target.name));
    copy.lag = Some(gap + COPY_TIME);
    copy.void = target.void.clone().or(bounds).or_else(|| too_short(kept, gap));
    copy.key = target.key.clone();
    copy.doubts.extend(doubts);
    copy
}

/// What lets another account copy a snapshot under a key.
const SHARING: [&str; 2] = ["kms:Decrypt", "kms:CreateGrant"];

/// Why a snapshot cannot be copied into another account: its key stays behind.
fn crossing(model: &Model, store: &Resource, kind: Kind, key: &Key, copy: &mut Copy) -> Option<String> {
    if kind.own_encryption || copy.account.differs_from(&store.account) != Truth::Yes {
        return None;
    }
    // FSx encrypts every file system.
    let encrypted = kind.service == "FSx"
        || ["storage_encrypted", "encrypted"].iter().any(|name| store.at(name).flag().get() == Some(true));
    if *key == Key::Service {
        return encrypted
            .then(|| "snapshots under a key that AWS manages cannot be copied into another account".to_owned());
    }
    match is_shared(model, store.at("kms_key_id"), store, &copy.account, &SHARING) {
        Truth::Yes => None,
        Truth::No => Some("the policy of the store's key does not let the other account use it".to_owned()),
        Truth::Unknown(reason) => {
            copy.doubts.push(reason);
            None
        }
    }
}

fn point(vault: &Vault, gap: u64, kept: Option<u64>, what: String) -> Copy {
    let mut copy = Copy::apart(what, vault.region.clone(), vault.account.clone(), Some(gap));
    copy.history = Some(History { kept, gap, distance: Some(gap) });
    copy.lock.clone_from(&vault.lock);
    copy.lock_doubt.clone_from(&vault.lock_doubt);
    copy.exposed.clone_from(&vault.exposed);
    copy.exposure_doubt.clone_from(&vault.exposure_doubt);
    copy.doubts.clone_from(&vault.doubts);
    copy
}

/// How long a recovery point lives; none for ever.
fn kept(lifecycle: &Node, doubts: &mut Vec<String>) -> Option<u64> {
    match lifecycle.at("delete_after").number() {
        Known::Is(days) if days > 0.0 => Some(seconds(days)),
        Known::Unknown(reason) => {
            doubts.push(reason);
            None
        }
        _ => None,
    }
}

/// Why there are times without any recovery point.
pub(super) fn too_short(kept: Option<u64>, gap: u64) -> Option<String> {
    kept.filter(|kept| *kept < gap)
        .map(|kept| format!("each is deleted after {}, and the next may come {} later", span(kept), span(gap)))
}

/// Why a locked vault refuses a recovery point.
fn out_of_bounds(kept: Option<u64>, vault: &Vault) -> Option<String> {
    match (kept, vault.least, vault.longest) {
        (Some(kept), Some(least), _) if kept < least => {
            Some(format!("the lock of {} wants at least {}, the rule keeps {}", vault.name, span(least), span(kept)))
        }
        (Some(kept), _, Some(longest)) if kept > longest => {
            Some(format!("the lock of {} allows at most {}, the rule keeps {}", vault.name, span(longest), span(kept)))
        }
        (None, _, Some(longest)) => {
            Some(format!("the lock of {} allows at most {}, the rule keeps for ever", vault.name, span(longest)))
        }
        _ => None,
    }
}
