//! The report of the default stack, and of something hostile.

use super::{Dossier, html};
use crate::proof::cost::{self, Budget, Usage};
use crate::proof::graph::graph;
use crate::proof::model::{Model, from_configuration, from_plan};
use crate::proof::objectives::{GivenTargets, objectives};
use crate::proof::runbook::runbook;
use crate::proof::{self, Group, Subject};
use crate::settings::Settings;
use crate::stack;
use crate::terraform::evaluation::Inputs;
use crate::terraform::{Configuration, Reading};

/// The report of a model.
fn of(model: &Model, subject: &str) -> String {
    let reading = Reading::default();
    let findings = proof::check(&Subject::new(&reading, model), &[Group::Aws, Group::Dr, Group::Security]);
    let bill = cost::bill(model, &Usage::default());
    let graph = graph(model, false);
    let dossier = Dossier {
        subject,
        model,
        findings: &findings,
        objectives: &objectives(model, GivenTargets::default()),
        graph: &graph,
        picture: &graph.to_svg(),
        bill: &bill,
        budget: &Budget::of(model),
        alternatives: &cost::alternatives(model),
        runbook: &runbook(model),
        days: &[],
        unread: &[],
    };
    html(&dossier).unwrap()
}

#[test]
fn the_default_stack_has_every_section() {
    let document = stack::build(&Settings::default()).document().unwrap();
    let configuration = Configuration::from(document.module().clone());
    let page = of(&from_configuration(&configuration, &Inputs::default()), "payments");
    for id in [
        "summary",
        "picture",
        "timeline",
        "matrix",
        "recovery-points",
        "cost",
        "findings",
        "posture",
        "controls",
        "runbook",
    ] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
        assert!(page.contains(&format!("href=\"#{id}\"")), "nothing leads to {id}");
    }
    assert!(page.starts_with("<!-- Written by dr-synth"));
    assert!(crate::files::is_ours(page.as_bytes()));
    for word in ["src=", "<script", "<link", "@import", "url(h", "url('", "url(\""] {
        assert!(!page.contains(word), "{word}: the page is not self-contained");
    }
    assert!(!page.contains("000000000000"), "a stand-in for the account shows");
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(ids.len(), unique.len(), "an id stands twice: {ids:?}");
}

#[test]
fn what_comes_from_a_configuration_is_escaped() {
    let nasty = "<script>alert(1)</script>\" onload='x'";
    let plan = serde_json::json!({
        "planned_values": {"root_module": {"resources": [{
            "address": format!("aws_dynamodb_table.{nasty}"), "mode": "managed", "type": "aws_dynamodb_table", "name": nasty,
            "values": {"name": nasty, "billing_mode": nasty},
        }, {
            "address": format!("aws_budgets_budget.{nasty}"), "mode": "managed", "type": "aws_budgets_budget", "name": nasty,
            "values": {"budget_type": "COST", "time_unit": "MONTHLY", "limit_unit": "USD", "limit_amount": "10"},
        }]}},
        "configuration": {"provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": nasty}}}}},
    });
    let page = of(&from_plan(&plan.to_string()).unwrap(), nasty);
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("onload='"), "{page}");
    assert!(page.contains("&lt;script&gt;"));
}
