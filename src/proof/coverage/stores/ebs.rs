//! Volumes of EBS: bound to a zone, saved by snapshots of lifecycle policies and AWS Backup.

use super::super::backup_plans::{Kind, recovery_points, too_short};
use super::super::copy::{Copy, History, Key, Store};
use super::super::keys::{key_of, refusal};
use super::super::schedule::longest_gap;
use super::super::vaults::seconds;
use super::rds::encryption;
use crate::proof::model::{Known, Model, Node, Resource, Target};

const BACKUP: Kind = Kind { service: "EBS", continuous: None, own_encryption: false };

/// A lifecycle policy starts within an hour of its time.
const START: u64 = 3_600;

/// What a copy to another region takes on top: AWS gives no bound, an hour is allowed for.
const COPY_TIME: u64 = 3_600;

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    model.of_type("aws_ebs_volume").map(|volume| Store { resource: volume, copies: copies(model, volume) }).collect()
}

fn copies(model: &Model, volume: &Resource) -> Vec<Copy> {
    let key = encryption(model, volume);
    let mut own = Copy::of_store(volume);
    own.outlives_zone = false;
    own.key = key.clone();
    let mut all = vec![own];
    for policy in model.of_type("aws_dlm_lifecycle_policy") {
        all.extend(snapshots(model, volume, policy, &key));
    }
    all.extend(recovery_points(model, volume, BACKUP, &key));
    all
}

fn snapshots(model: &Model, volume: &Resource, policy: &Resource, key: &Key) -> Vec<Copy> {
    if policy.region != volume.region || policy.account != volume.account {
        return Vec::new();
    }
    let mut doubts: Vec<String> = policy.doubt.iter().cloned().collect();
    let state = policy.at("state").text().assume("ENABLED".into(), "ENABLED".into(), &mut doubts);
    let details = policy.at("policy_details");
    if !targets(model, volume, details, &mut doubts) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for schedule in details.blocks("schedule") {
        let mut of_schedule = scheduled(model, volume, policy, schedule, key);
        for copy in &mut of_schedule {
            copy.doubts.extend(doubts.iter().cloned());
            if state != "ENABLED" {
                copy.void = Some(format!("{} is disabled", policy.address));
            }
        }
        all.extend(of_schedule);
    }
    all
}

/// Whether one of the target tags is on the volume, or on an instance that it is attached to.
fn targets(model: &Model, volume: &Resource, details: &Node, doubts: &mut Vec<String>) -> bool {
    if let Node::Unknown(reason) = details.at("resource_types") {
        doubts.push(reason.clone());
        return true;
    }
    let kinds: Vec<String> = details.at("resource_types").items().iter().filter_map(|kind| kind.text().get()).collect();
    let mut candidates = Vec::new();
    if kinds.iter().any(|kind| kind == "VOLUME") {
        candidates.push(volume);
    }
    if kinds.iter().any(|kind| kind == "INSTANCE") {
        for attachment in model.referring("aws_volume_attachment", "volume_id", volume) {
            if let Target::Found(instance) = model.resolve(&["aws_instance"], attachment.at("instance_id"), attachment)
            {
                candidates.push(instance);
            }
        }
    }
    match details.at("target_tags") {
        Node::Unknown(reason) => {
            doubts.push(reason.clone());
            !candidates.is_empty()
        }
        Node::Map(wanted) => candidates.iter().any(|candidate| match candidate.tags() {
            Node::Unknown(reason) => {
                doubts.push(reason.clone());
                true
            }
            tags => wanted.iter().any(|(key, value)| match (tags, value) {
                (Node::Map(tags), value) => tags.get(key).is_some_and(|found| found.text() == value.text()),
                _ => false,
            }),
        }),
        _ => false,
    }
}

fn scheduled(model: &Model, volume: &Resource, policy: &Resource, schedule: &Node, key: &Key) -> Vec<Copy> {
    let mut doubts = Vec::new();
    let Some(gap) = gap(schedule.at("create_rule"), &mut doubts) else { return Vec::new() };
    let between = gap + START;
    let kept = kept(schedule.at("retain_rule"), gap, &mut doubts);
    let what = format!("the snapshots of {}", policy.address);
    let mut copy = Copy::apart(what, volume.region.clone(), volume.account.clone(), Some(between));
    // A number of snapshots is never less than that number; an age passes, whether or not the next one is there.
    if schedule.at("retain_rule.count").number() == Known::Absent
        || kept == age(schedule.at("retain_rule"), &mut Vec::new())
    {
        copy.void = too_short(kept, between);
    }
    copy.history = Some(History { kept, gap: between, distance: Some(between) });
    copy.key = key.clone();
    copy.doubts.clone_from(&doubts);
    let mut all = vec![copy];
    for rule in schedule.blocks("cross_region_copy_rule") {
        let region = match rule.at("target") {
            Node::Null => rule.at("target_region"),
            target => target,
        };
        let what = format!("the copies of the snapshots of {}", policy.address);
        let mut copy = Copy::apart(what, region.clone(), volume.account.clone(), Some(between + COPY_TIME));
        let mut of_rule = doubts.clone();
        let kept = age(rule.at("retain_rule"), &mut of_rule);
        copy.history = Some(History { kept, gap: between, distance: Some(between) });
        copy.key = key_of(model, rule.at("cmk_arn"), policy);
        copy.void = refusal(&copy.key, &copy.region).or_else(|| too_short(kept, between));
        copy.doubts = of_rule;
        all.push(copy);
    }
    all
}

fn gap(rule: &Node, doubts: &mut Vec<String>) -> Option<u64> {
    match rule.at("cron_expression").text() {
        Known::Is(expression) => return longest_gap(&expression),
        Known::Unknown(reason) => doubts.push(reason),
        Known::Absent => {}
    }
    let hours = rule.at("interval").number().assume(24.0, 24.0, doubts);
    // DLM takes whole hours, one at least.
    (hours >= 1.0).then(|| seconds(hours) / 24)
}

/// How long a snapshot is kept: by age, or as long as so many follow it.
fn kept(rule: &Node, gap: u64, doubts: &mut Vec<String>) -> Option<u64> {
    match rule.at("count").number() {
        Known::Is(count) if count > 0.0 => return Some(seconds(count) / 86_400 * gap),
        Known::Unknown(reason) => doubts.push(reason),
        _ => {}
    }
    age(rule, doubts)
}

/// How old a snapshot gets; none for one that nothing removes, or where that is not known.
fn age(rule: &Node, doubts: &mut Vec<String>) -> Option<u64> {
    let unknown = ["interval", "interval_unit"].into_iter().find_map(|name| rule.at(name).unknown());
    doubts.extend(unknown.map(str::to_owned));
    let interval = rule.at("interval").number().get()?;
    let days = match rule.at("interval_unit").text().get()?.as_str() {
        "DAYS" => 1.0,
        "WEEKS" => 7.0,
        "MONTHS" => 30.0,
        "YEARS" => 365.0,
        _ => return None,
    };
    Some(seconds(interval * days))
}
