//! Which stores a selection of AWS Backup takes.

use super::policy::glob;
use crate::proof::model::{Account, Known, Model, Node, Resource, Truth};

/// The kinds that AWS Backup leaves alone without opting in, also where an ARN names them.
const EVEN_BY_ARN: [&str; 3] = ["Aurora", "DocumentDB", "Neptune"];

/// Whether a selection takes a store, by the rules of AWS Backup: listed by ARN, or by one of the tags in `selection_tag`; a listed one
/// must meet all conditions as well.
pub(super) fn takes(model: &Model, selection: &Resource, store: &Resource, service: &str) -> Truth {
    let opted = opted_in(model, store, service);
    let listed = listed(selection.at("resources"), store);
    let excluded = listed_by(selection.at("not_resources"), store.arn());
    let conditions = conditions(selection, store);
    let by_list = match listed {
        Listed::ByArn if EVEN_BY_ARN.contains(&service) => and(conditions, opted.clone()),
        Listed::ByArn => conditions,
        Listed::ByPattern => and(conditions, opted.clone()),
        Listed::No => Truth::No,
        Listed::Unknown(reason) => and(conditions, Truth::Unknown(reason)),
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

fn listed_by(patterns: &Node, arn: &str) -> Truth {
    let mut answer = Truth::No;
    for item in patterns.items() {
        match item {
            Node::Text(text) if glob(text, arn) => return Truth::Yes,
            Node::Unknown(reason) => answer = Truth::Unknown(reason.clone()),
            _ => {}
        }
    }
    answer
}

/// Whether one of the tags in `selection_tag` is there.
fn tagged(selection: &Resource, store: &Resource) -> Truth {
    selection.values.blocks("selection_tag").into_iter().fold(Truth::No, |answer, block| {
        let one = match block {
            Node::Unknown(reason) => Truth::Unknown(reason.clone()),
            block => tag_is(store, block.at("key"), block.at("value"), |wanted, found| wanted == found),
        };
        or(answer, one)
    })
}

/// Whether all conditions are met.
fn conditions(selection: &Resource, store: &Resource) -> Truth {
    let mut answer = Truth::Yes;
    for block in selection.values.blocks("condition") {
        if let Node::Unknown(reason) = block {
            answer = and(answer, Truth::Unknown(reason.clone()));
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

fn tag_is(store: &Resource, key: &Node, wanted: &Node, matching: impl Fn(&str, &str) -> bool) -> Truth {
    let tags = match store.tags() {
        Node::Unknown(reason) => return Truth::Unknown(reason.clone()),
        Node::Map(tags) if !tags.is_empty() => tags,
        _ => return Truth::No,
    };
    let found = match key {
        Node::Text(key) => tags.get(key).unwrap_or(&Node::Null),
        other => return other.unknown().map_or(Truth::No, |reason| Truth::Unknown(reason.to_owned())),
    };
    // Without the key no value is the wanted one, whichever that is.
    match (found.text(), wanted.text()) {
        (Known::Is(found), Known::Is(wanted)) if matching(&wanted, &found) => Truth::Yes,
        (Known::Unknown(reason), _) | (Known::Is(_), Known::Unknown(reason)) => Truth::Unknown(reason),
        _ => Truth::No,
    }
}

/// Whether the region's settings let AWS Backup take stores of this kind that no ARN names.
fn opted_in(model: &Model, store: &Resource, service: &str) -> Truth {
    let settings = model
        .of_type("aws_backup_region_settings")
        .filter(|settings| settings.region == store.region && settings.account == store.account);
    for settings in settings {
        if let Node::Map(preferences) = settings.at("resource_type_opt_in_preference") {
            match preferences.get(service) {
                Some(Node::Unknown(reason)) => return Truth::Unknown(reason.clone()),
                Some(value) if value.flag().get() == Some(false) => return Truth::No,
                _ => {}
            }
        }
    }
    Truth::Yes
}

pub(super) fn and(one: Truth, other: Truth) -> Truth {
    match (one, other) {
        (Truth::No, _) | (_, Truth::No) => Truth::No,
        (Truth::Unknown(reason), _) | (_, Truth::Unknown(reason)) => Truth::Unknown(reason),
        _ => Truth::Yes,
    }
}

pub(super) fn or(one: Truth, other: Truth) -> Truth {
    match (one, other) {
        (Truth::Yes, _) | (_, Truth::Yes) => Truth::Yes,
        (Truth::Unknown(reason), _) | (_, Truth::Unknown(reason)) => Truth::Unknown(reason),
        _ => Truth::No,
    }
}

pub(super) fn not(answer: Truth) -> Truth {
    match answer {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown(reason) => Truth::Unknown(reason),
    }
}
