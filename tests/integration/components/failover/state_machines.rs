//! The definitions of the three machines: read by a person, sound, and as careful as they are meant to be.

use std::collections::BTreeSet;

use dr_synth::aws::kms;
use dr_synth::components::failover::machine_names::machine_names;
use dr_synth::components::failover::state_machines::{MachineInputs, state_machines};
use dr_synth::components::log_group::LogGroupInputs;
use dr_synth::components::naming::Naming;
use dr_synth::components::region_scope::{RegionContext, RegionScope};
use dr_synth::settings::{FailoverMode, Region};
use dr_synth::terraform::{Expression, Module, ModulePath, ProviderReference, ResourceBlock, text};
use serde_json::Value;

use super::definition::{assert_sound, evaluate, longest_seconds, states, targets};
use crate::common::golden;

const ACCOUNT: &str = "123456789012";

/// The module of the machines alone, where everything that they build on is known.
fn module(mode: FailoverMode, tracing: bool) -> Module {
    let mut module = Module::new();
    let region = Region::US_EAST_2;
    let context = RegionContext {
        prefix: "dr",
        module: ModulePath::new("dr_region"),
        region,
        provider: ProviderReference::new("aws", Some("dr".into())),
        account_id: text(ACCOUNT),
        naming: Naming::new(region, text("dev"), text(ACCOUNT)),
    };
    let mut problems = Vec::new();
    let mut scope = RegionScope::new(&mut module, &context, &mut problems);
    let [operations_key, table_key] = ["operations", "failover"].map(|name| scope.add(kms::Key::new(name)));
    let function = |name| text(format!("arn:aws:lambda:us-east-2:{ACCOUNT}:function:payments-{name}-use2-dev"));
    let cluster = |region, token| text(format!("arn:aws:rds:{region}:{ACCOUNT}:cluster:payments-{token}-dev"));
    let logs = LogGroupInputs { key_arn: operations_key.arn(), retention_days: 30.into() };
    let names = machine_names(&mut scope);
    let inputs = MachineInputs {
        names: &names,
        guards_function_arn: function("failover-guards"),
        probe_function_arn: function("failover-probe"),
        drill_function_arn: function("failover-drill"),
        state_table_name: text("payments-failover-use2-dev"),
        state_table_arn: text(format!("arn:aws:dynamodb:us-east-2:{ACCOUNT}:table/payments-failover-use2-dev")),
        topic_arn: text(format!("arn:aws:sns:us-east-2:{ACCOUNT}:payments-alerts-use2-dev")),
        global_cluster_identifier: text("payments-global-dev"),
        global_cluster_arn: text(format!("arn:aws:rds::{ACCOUNT}:global-cluster:payments-global-dev")),
        primary_cluster_arn: cluster("us-east-1", "use1"),
        dr_cluster_arn: cluster("us-east-2", "use2"),
        primary_region: Region::US_EAST_1,
        dr_region: Region::US_EAST_2,
        mode,
        approval_minutes: 15,
        cool_down_seconds: 1_800,
        logs: &logs,
        operations_key: &operations_key,
        table_key: &table_key,
        tracing,
    };
    state_machines(&mut scope, &inputs);
    assert_eq!(problems, Vec::new());
    module
}

fn block<'a>(module: &'a Module, type_name: &str, name: &str) -> &'a ResourceBlock {
    let found = module.resources().iter().find(|block| block.type_name() == type_name && block.local_name() == name);
    found.unwrap_or_else(|| panic!("there is no {type_name}.{name}"))
}

fn definition(mode: FailoverMode, machine: &str) -> Value {
    let module = module(mode, true);
    let block = block(&module, "aws_sfn_state_machine", machine);
    evaluate(block.arguments().get("definition").unwrap())
}

/// Every machine in every mode that makes a difference.
fn all() -> Vec<(String, Value)> {
    let failover = FailoverMode::ALL.map(|mode| (format!("failover.{mode}"), definition(mode, "dr_failover_machine")));
    let others = [("failback", "dr_failover_failback_machine"), ("drill", "dr_failover_drill_machine")]
        .map(|(name, machine)| (name.to_owned(), definition(FailoverMode::Automatic, machine)));
    failover.into_iter().chain(others).collect()
}

#[test]
fn the_definitions_are_those_that_were_read() {
    for (name, definition) in all() {
        let text = serde_json::to_string_pretty(&definition).unwrap() + "\n";
        golden(&format!("tests/integration/components/failover/{name}.asl.json"), &text);
    }
}

#[test]
fn every_definition_is_sound() {
    for (name, definition) in all() {
        assert_sound(&definition);
        let names: Vec<_> = states(&definition).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{name}");
    }
}

#[test]
fn no_machine_can_run_out_of_time_before_its_states_do() {
    for (name, definition) in all() {
        let (longest, timeout) = (longest_seconds(&definition), definition["TimeoutSeconds"].as_u64().unwrap());
        assert!(longest <= timeout, "{name}: {longest} of {timeout}");
        assert!(timeout < longest * 3 / 2, "{name}: {timeout} is more than {longest} needs");
    }
}

#[test]
fn nobody_hears_of_a_failure_by_chance() {
    for (machine, definition) in all() {
        for (name, state) in states(&definition) {
            if state["Type"] == "Fail" {
                let before = states(&definition).into_iter().filter(|(_, state)| targets(state).contains(&name));
                for (before, state) in before {
                    assert_eq!(state["Resource"], "arn:aws:states:::sns:publish", "{machine}: {before} -> {name}");
                }
            }
        }
    }
}

#[test]
fn a_notice_that_cannot_be_sent_changes_nothing() {
    for (_, definition) in all() {
        for (name, state) in states(&definition) {
            if state["Resource"] == "arn:aws:states:::sns:publish" {
                assert_eq!(state["Catch"][0]["ErrorEquals"][0], "States.ALL", "{name}");
                assert_eq!(state["Catch"][0]["Next"], state["Next"], "{name}");
            }
        }
    }
}

#[test]
fn every_task_has_a_way_out_of_every_error() {
    for (_, definition) in all() {
        for (name, state) in states(&definition) {
            if state["Type"] == "Task" {
                let last = state["Catch"].as_array().unwrap().last().unwrap();
                assert_eq!(last["ErrorEquals"], serde_json::json!(["States.ALL"]), "{name}");
            }
        }
    }
}

#[test]
fn subjects_and_messages_are_what_sns_takes() {
    let mut seen = 0;
    for (_, definition) in all() {
        for (name, state) in states(&definition) {
            if let Some(subject) = state["Parameters"]["Subject"].as_str() {
                assert!(subject.is_ascii() && subject.len() <= 100, "{name}");
                let message = state["Parameters"]["Message.$"].as_str().unwrap();
                assert_eq!(message.replace("\\{", "").matches("{}").count(), arguments(message), "{name}: {message}");
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "only {seen} messages were looked at");
}

/// How many arguments follow the template of a `States.Format`.
fn arguments(call: &str) -> usize {
    let (_, after) = call.rsplit_once("', ").unwrap();
    after.split(", ").count()
}

#[test]
fn the_mode_decides_who_decides() {
    let after_proceed = |mode| {
        let definition = definition(mode, "dr_failover_machine");
        let choices = definition["States"]["Decide"]["Choices"].as_array().unwrap().clone();
        let proceed = choices.into_iter().find(|choice| choice["And"][1]["StringEquals"] == "proceed").unwrap();
        (proceed["Next"].as_str().unwrap().to_owned(), definition["States"]["NotifyManual"].is_object())
    };
    assert_eq!(after_proceed(FailoverMode::Automatic), ("Claim".to_owned(), false));
    assert_eq!(after_proceed(FailoverMode::Approve), ("AskForApproval".to_owned(), false));
    assert_eq!(after_proceed(FailoverMode::Manual), ("Claim".to_owned(), true));
}

#[test]
fn the_latch_is_set_before_the_writer_changes_and_cleared_after() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    assert_eq!(failover["States"]["SetLatch"]["Next"], "Promote");
    assert_eq!(failover["States"]["Claim"]["Next"], "SetLatch");
    let failback = definition(FailoverMode::Automatic, "dr_failover_failback_machine");
    let clears: Vec<_> = failback["States"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, state)| targets(state).contains(&"ClearLatch"))
        .collect();
    assert_eq!(clears.len(), 1);
    assert_eq!(clears[0].0, "WaitForEndpoint");
}

#[test]
fn a_role_has_no_right_to_everything_but_where_aws_knows_no_resource() {
    let module = module(FailoverMode::Automatic, true);
    for machine in ["dr_failover_machine", "dr_failover_failback_machine", "dr_failover_drill_machine"] {
        let policy = block(&module, "aws_iam_role_policy", machine).arguments().get("policy").unwrap().clone();
        let Expression::Call(call) = policy else { panic!("no document") };
        let text = call.arguments[0].to_string();
        assert_eq!(text.matches(r#""Resource" = "*""#).count(), 2, "{text}");
        assert_eq!(text.matches("Effect").count(), text.matches("Sid").count());
        let action =
            if machine == "dr_failover_machine" { "rds:FailoverGlobalCluster" } else { "rds:SwitchoverGlobalCluster" };
        assert!(text.contains(action) && text.matches("rds:").count() == 1 + 3, "{text}");
    }
}

#[test]
fn nothing_is_traced_where_tracing_is_off() {
    let module = module(FailoverMode::Automatic, false);
    for block in module.resources() {
        let text = Expression::Object(block.arguments().clone()).to_string();
        assert!(!text.contains("xray:"), "{}", block.address());
    }
}
