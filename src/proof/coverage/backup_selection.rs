//! Which stores a selection of AWS Backup takes.

use super::policy::glob;
use crate::proof::model::{Account, Answer, Model, Node, Resource};

/// Whether a selection takes a store, by the rules of AWS Backup: listed by ARN, or by one of the tags in `selection_tag`; a listed one
/// must meet all conditions as well.
pub(super) fn takes(model: &Model, selection: &Resource, store: &Resource, service: &str) -> Answer {
    let opted = opted_in(model, store, service);
    let listed = listed(selection.at("resources"), store);
    let excluded = listed_by(selection.at("not_resources"), store.arn());
    let conditions = conditions(selection, store);
    let by_list = match listed {
        Listed::ByArn => conditions,
        Listed::ByPattern => and(conditions, opted.clone()),
        Listed::No => Answer::No,
        Listed::Unknown(reason) => and(conditions, Answer::Unknown(reason)),
    };
    let by_tag = and(tagged(selection, store), opted);
    and(or(by_list, by_tag), not(excluded))
}

enum Listed {
    ByArn,
    ByPattern,
    No,
    Unknown(String),
}

fn listed(resources: &Node, store: &Resource) -> Listed {
    let mut unknown = None;
    let mut pattern = false;
    for item in resources.items() {
        match item {
            Node::Text(text) if text == store.arn() => return Listed::ByArn,
            Node::Text(text) if same_but_owner(text, store) => return Listed::ByArn,
            Node::Text(text) if glob(text, store.arn()) || glob(text, &with_owner(text, store)) => pattern = true,
            Node::Unknown(reason) => unknown = Some(reason.clone()),
            _ => {}
        }
    }
    match unknown {
        _ if pattern => Listed::ByPattern,
        Some(reason) => Listed::Unknown(reason),
        None => Listed::No,
    }
}

/// An ARN that is written out carries the real number of an account that the configuration does not tell.
fn same_but_owner(text: &str, store: &Resource) -> bool {
    !text.contains('*') && with_owner(text, store) == *text
}

fn with_owner(text: &str, store: &Resource) -> String {
    let written = text.split(':').nth(4).unwrap_or_default();
    let unknown = !matches!(store.account, Account::Number(_));
    let is_number = written.len() == 12 && written.bytes().all(|byte| byte.is_ascii_digit());
    if unknown && is_number {
        store.arn().replacen(&store.account.digits(), written, 1)
    } else {
        store.arn().to_owned()
    }
}

fn listed_by(patterns: &Node, arn: &str) -> Answer {
    let mut answer = Answer::No;
    for item in patterns.items() {
        match item {
            Node::Text(text) if glob(text, arn) => return Answer::Yes,
            Node::Unknown(reason) => answer = Answer::Unknown(reason.clone()),
            _ => {}
        }
    }
    answer
}

/// Whether one of the tags in `selection_tag` is there.
fn tagged(selection: &Resource, store: &Resource) -> Answer {
    selection.values.blocks("selection_tag").into_iter().fold(Answer::No, |answer, block| {
        let one = match block {
            Node::Unknown(reason) => Answer::Unknown(reason.clone()),
            block => tag_is(store, block.at("key"), block.at("value"), |wanted, found| wanted == found),
        };
        or(answer, one)
    })
}

/// Whether all conditions are met.
fn conditions(selection: &Resource, store: &Resource) -> Answer {
    let mut answer = Answer::Yes;
    for block in selection.values.blocks("condition") {
        if let Node::Unknown(reason) = block {
            answer = and(answer, Answer::Unknown(reason.clone()));
        }
        for (name, negated) in
            [("string_equals", false), ("string_like", false), ("string_not_equals", true), ("string_not_like", true)]
        {
            for test in block.blocks(name) {
                let like = name.ends_with("like");
                let matching = |wanted: &str, found: &str| if like { glob(wanted, found) } else { wanted == found };
                let key = match test.at("key") {
                    Node::Text(key) => Node::Text(key.trim_start_matches("aws:ResourceTag/").to_owned()),
                    other => other.clone(),
                };
                let one = tag_is(store, &key, test.at("value"), matching);
                answer = and(answer, if negated { not(one) } else { one });
            }
        }
    }
    answer
}

fn tag_is(store: &Resource, key: &Node, wanted: &Node, matching: impl Fn(&str, &str) -> bool) -> Answer {
    let (Node::Text(key), Some(wanted)) = (key, wanted.text().get()) else {
        let reason = key.unknown().or(wanted.unknown());
        return reason.map_or(Answer::No, |reason| Answer::Unknown(reason.to_owned()));
    };
    match store.tags() {
        Node::Unknown(reason) => Answer::Unknown(reason.clone()),
        Node::Map(tags) => match tags.get(key) {
            Some(Node::Unknown(reason)) => Answer::Unknown(reason.clone()),
            Some(found) if found.text().get().is_some_and(|found| matching(&wanted, &found)) => Answer::Yes,
            _ => Answer::No,
        },
        _ => Answer::No,
    }
}

/// Whether the region's settings let AWS Backup take stores of this kind that no ARN names.
fn opted_in(model: &Model, store: &Resource, service: &str) -> Answer {
    let settings = model
        .of_type("aws_backup_region_settings")
        .filter(|settings| settings.region == store.region && settings.account == store.account);
    for settings in settings {
        if let Node::Map(preferences) = settings.at("resource_type_opt_in_preference") {
            match preferences.get(service) {
                Some(Node::Unknown(reason)) => return Answer::Unknown(reason.clone()),
                Some(value) if value.flag().get() == Some(false) => return Answer::No,
                _ => {}
            }
        }
    }
    Answer::Yes
}

pub(super) fn and(one: Answer, other: Answer) -> Answer {
    match (one, other) {
        (Answer::No, _) | (_, Answer::No) => Answer::No,
        (Answer::Unknown(reason), _) | (_, Answer::Unknown(reason)) => Answer::Unknown(reason),
        _ => Answer::Yes,
    }
}

pub(super) fn or(one: Answer, other: Answer) -> Answer {
    match (one, other) {
        (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
        (Answer::Unknown(reason), _) | (_, Answer::Unknown(reason)) => Answer::Unknown(reason),
        _ => Answer::No,
    }
}

fn not(answer: Answer) -> Answer {
    match answer {
        Answer::Yes => Answer::No,
        Answer::No => Answer::Yes,
        Answer::Unknown(reason) => Answer::Unknown(reason),
    }
}
