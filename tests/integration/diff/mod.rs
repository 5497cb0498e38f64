//! Pairs of configurations, held against what Terraform plans from the one to the other.
//!
//! `pairs.json` has them: what Terraform 1.11 plans (asked by `cargo test --package dr-synth-e2e --test plans`, which
//! writes it anew with `UPDATE_PLANS=1`), and the answer that is due.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::common::dr_synth;

fn pairs() -> Vec<Value> {
    serde_json::from_str(include_str!("pairs.json")).unwrap()
}

/// What `dr-synth diff` says of a pair, as JSON, and its exit status.
fn compared(pair: &Value) -> (Value, i32) {
    let mut run = dr_synth("diff old new --format json");
    for side in ["old", "new"] {
        run = run.file(&format!("{side}/main.tf.json"), &pair[side].to_string());
        if let Some(inner) = pair.get("inner") {
            run = run.file(&format!("{side}/inner/main.tf.json"), &inner.to_string());
        }
    }
    let finished = run.finish();
    (finished.document(), finished.status())
}

/// A change in the plan's words.
fn planned(change: &Value) -> Option<&'static str> {
    let has =
        |effect: &str| change["arguments"].as_array().unwrap().iter().any(|argument| argument["effect"] == effect);
    Some(match change["action"].as_str().unwrap() {
        "added" => "create",
        "destroyed" => "delete",
        "forgotten" => "forget",
        _ if has("replaces") => "replace",
        "moved" if !has("updates") && !has("unknown") => "move",
        _ if has("updates") || has("unknown") => "update",
        _ => return None,
    })
}

#[test]
fn every_pair_is_answered_as_terraform_plans_it() {
    let pairs = pairs();
    assert!(pairs.len() >= 145, "{}", pairs.len());
    let mut wrong = Vec::new();
    for pair in &pairs {
        let (document, status) = compared(pair);
        let verdict = document["verdict"].as_str().unwrap();
        let due = match pair["answer"].as_str().unwrap() {
            "none" => "no_loss_known",
            "may" => "may_be_lost",
            _ => "lost",
        };
        let told: BTreeMap<_, _> = document["changes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| !change["address"].as_str().unwrap().starts_with("var."))
            .filter_map(|change| Some((change["address"].as_str().unwrap().to_owned(), planned(change)?)))
            .collect();
        let plan: &Map<String, Value> = pair["plan"].as_object().unwrap();
        let plan: BTreeMap<_, _> =
            plan.iter().map(|(address, action)| (address.clone(), action.as_str().unwrap())).collect();
        if verdict != due || status != i32::from(due != "no_loss_known") || told != plan {
            wrong.push(format!("{}: {verdict}, due {due}; told {told:?}, planned {plan:?}", pair["name"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
}
