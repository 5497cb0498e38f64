//! The definitions of the three machines: read by a person, sound, and as careful as they are meant to be.

use std::collections::BTreeSet;

use dr_synth::aws::kms;
use dr_synth::components::failover::machine_names::machine_names;
use dr_synth::components::failover::state_machines::{MachineInputs, Search, state_machines};
use dr_synth::components::log_group::LogGroupInputs;
use dr_synth::components::naming::Naming;
use dr_synth::components::region_scope::{RegionContext, RegionScope};
use dr_synth::components::topic_use::TopicKey;
use dr_synth::settings::{FailoverMode, Objectives, Region};
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
        naming: Naming::new(dr_synth::settings::ServiceName::default(), region, text("dev"), text(ACCOUNT)),
        runbook_url: dr_synth::terraform::Value::null(),
        permissions_boundary: None,
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
        lookout_function_arn: function("failover-lookout"),
        probe_function_arn: function("failover-probe"),
        drill_function_arn: function("failover-drill"),
        loss_unknown: None,
        search: Some(Search {
            arn: function("failover-lost-payments"),
            name: text("payments-failover-lost-payments-use2-dev"),
        }),
        state_table_name: text("payments-failover-use2-dev"),
        state_table_arn: text(format!("arn:aws:dynamodb:us-east-2:{ACCOUNT}:table/payments-failover-use2-dev")),
        session_table_name: text("payments-sessions-dev"),
        runbook_url: dr_synth::terraform::Value::null(),
        topic_key: TopicKey::Own(&operations_key),
        topic_arn: text(format!("arn:aws:sns:us-east-2:{ACCOUNT}:payments-alerts-use2-dev")),
        global_cluster_identifier: text("payments-global-dev"),
        global_cluster_arn: text(format!("arn:aws:rds::{ACCOUNT}:global-cluster:payments-global-dev")),
        primary_cluster_arn: cluster("us-east-1", "use1"),
        dr_cluster_arn: cluster("us-east-2", "use2"),
        primary_region: Region::US_EAST_1,
        dr_region: Region::US_EAST_2,
        somebody_is_told: Some(&true.into()),
        mode,
        approval_minutes: 15,
        objectives: Objectives::DEFAULT,
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
    assert_eq!(after_proceed(FailoverMode::Automatic), ("Lock".to_owned(), false));
    assert_eq!(after_proceed(FailoverMode::Approve), ("AskForApproval".to_owned(), false));
    assert_eq!(after_proceed(FailoverMode::Manual), ("Lock".to_owned(), true));
}

#[test]
fn the_latch_is_set_before_the_writer_changes_and_cleared_after() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    assert_eq!(failover["States"]["Lock"]["Next"], "SetLatch");
    assert_eq!(failover["States"]["SetLatch"]["Next"], "BeginEpoch");
    assert_eq!(failover["States"]["BeginEpoch"]["Next"], "IsItDone");
    assert_eq!(failover["States"]["IsItDone"]["Default"], "Promote");
    let promoting = ["Promote", "PromoteAgain", "PromoteLast"];
    for (name, state) in states(&failover).into_iter().filter(|(name, _)| !promoting.contains(name)) {
        let comes_before = ["Guards", "Decide", "Lock", "AskForApproval"].contains(&name);
        assert!(!comes_before || !targets(state).iter().any(|target| promoting.contains(target)), "{name}");
    }
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

/// The writes of the item that lock and latch stand in.
fn writes_of_latch(definition: &Value) -> Vec<(&str, &Value)> {
    let writes = states(definition).into_iter().filter(|(_, state)| {
        let resource = state["Resource"].as_str().unwrap_or_default();
        let item = &state["Parameters"]["Item"]["id"]["S"];
        resource.starts_with("arn:aws:states:::dynamodb:")
            && item != "failover"
            && state["Parameters"]["Key"]["session_id"].is_null()
    });
    writes.map(|(name, state)| (name, &state["Parameters"])).collect()
}

#[test]
fn nobody_writes_the_latch_without_the_lock_or_another_ones_latch() {
    for (machine, definition) in all() {
        let writes = writes_of_latch(&definition);
        assert!(writes.len() > 3, "{machine}");
        for (name, parameters) in writes {
            assert_eq!(parameters["Key"]["id"]["S"], "latch", "{machine}: {name}");
            let (change, condition) =
                (parameters["UpdateExpression"].as_str().unwrap(), parameters["ConditionExpression"].as_str().unwrap());
            let execution = &parameters["ExpressionAttributeValues"][":execution"]["S.$"];
            assert_eq!(*execution, "$$.Execution.Id", "{machine}: {name}");
            let active = &parameters["ExpressionAttributeValues"][":active"]["BOOL"];
            let needed = match change {
                _ if change.contains("#locked_until = :locked_until") => "attribute_not_exists(#locked_by)",
                _ if change.contains("#active") && *active == false => "#by = :execution",
                _ if change.contains("SET #dns_ahead") => "#by = :execution AND #active = :active",
                _ => "#locked_by = :execution",
            };
            assert!(condition.contains(needed), "{machine}: {name}: {change} if {condition}");
        }
    }
}

#[test]
fn the_lock_is_given_back_on_every_way() {
    for (machine, definition) in all() {
        let states = definition["States"].as_object().unwrap();
        // A drill gives it back where its branch of switching ends.
        let ends = |name: &str| name.starts_with("Release") || name == "Run";
        let mut open: Vec<&str> = vec![states["Lock"]["Next"].as_str().unwrap()];
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            let state = &states[name];
            assert!(!targets(state).is_empty() || ends(name), "{machine} ends in {name} with the lock");
            if seen.insert(name) && !ends(name) {
                open.extend(targets(state));
            }
        }
    }
    let drill = definition(FailoverMode::Automatic, "dr_failover_drill_machine");
    for (name, state) in states(&drill).into_iter().filter(|(name, _)| name.starts_with("Finish")) {
        let before = states(&drill).into_iter().filter(|(_, state)| targets(state).contains(&name));
        for (before, _) in before {
            assert!(before.starts_with("Release") || before == "NotifyBrokenOff", "{before} -> {name} {state}");
        }
    }
}

/// Seconds that the first retrier for an error waits in all.
fn seconds_of_retries(state: &Value, error: &str) -> u64 {
    let retriers = state["Retry"].as_array().unwrap();
    let names = |retry: &&Value| retry["ErrorEquals"].as_array().unwrap().iter().any(|name| name == error);
    let retry = retriers.iter().find(names).unwrap();
    let number = |field| retry[field].as_u64().unwrap_or(u64::MAX);
    let growth = number("BackoffRate");
    let intervals = std::iter::successors(Some(number("IntervalSeconds")), |interval| {
        Some((interval * growth).min(number("MaxDelaySeconds")))
    });
    intervals.take(usize::try_from(number("MaxAttempts")).unwrap()).sum()
}

#[test]
fn a_promotion_is_asked_for_as_long_as_the_control_plane_is_in_trouble() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    for name in ["Promote", "PromoteAgain", "PromoteLast"] {
        let state = &failover["States"][name];
        assert!(seconds_of_retries(state, "Rds.RdsException") >= 180, "{name}");
        assert_eq!(state["Retry"][0]["MaxDelaySeconds"], 20, "{name}");
    }
}

#[test]
fn a_database_that_refuses_in_its_state_is_looked_at_and_asked_again() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    let states = &failover["States"];
    for (promote, look, decide, again) in [
        ("Promote", "WaitForRoles", "WhoWrites", "PromoteAgain"),
        ("PromoteAgain", "WaitForRolesAgain", "WhoWritesAgain", "PromoteLast"),
        ("PromoteLast", "WaitForRolesLast", "WhoWritesLast", "ClearLatch"),
    ] {
        let refused = &states[promote]["Catch"][0];
        assert_eq!(refused["ErrorEquals"][0], "Rds.InvalidGlobalClusterStateException");
        assert_eq!((&refused["Next"], &states[promote]["Next"]), (&look.into(), &look.into()));
        assert_eq!(states[look]["Parameters"]["check"], "roles");
        assert_eq!(states[look]["Next"], decide);
        assert_eq!(states[decide]["Choices"][0]["And"][1]["StringEquals"], "us-east-2");
        assert_eq!(
            (&states[decide]["Choices"][0]["Next"], &states[decide]["Default"]),
            (&"WriteProbe".into(), &again.into())
        );
    }
    // What else goes wrong settles first, and leaves no latch in a region that cannot write.
    assert_eq!(states["Promote"]["Catch"][1]["Next"], "Settle");
    assert_eq!(states["WhoWritesAfterError"]["Default"], "ClearLatch");
}

/// Found by the search of a drill whose lock an operator takes: the drill may have asked for the way back a moment before.
#[test]
fn a_failover_that_takes_the_lock_looks_at_the_writer_once_the_others_request_is_answered() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    let states = &failover["States"];
    let way = in_order(states, "LetOthersEnd");
    assert_eq!(way[..2], ["LetOthersEnd", "LookAfterOthers"]);
    let drill = definition(FailoverMode::Automatic, "dr_failover_drill_machine");
    let request = &drill["States"]["Run"]["Branches"][1]["States"]["SwitchBack"];
    assert_eq!(states["LetOthersEnd"]["Seconds"], request["TimeoutSeconds"], "as long as an answer may take");
    let decided = states["WhoWritesAfterOthers"]["Choices"].as_array().unwrap();
    assert_eq!((&decided[0]["Next"], &decided[1]["Next"]), (&"WriteProbeAfterOthers".into(), &"ItIsUndone".into()));
    assert_eq!(decided[1]["And"][0]["Variable"], "$.accept_data_loss");
    assert_eq!(states["WhoWritesAfterOthers"]["Default"], "ClearLatch");
    assert_eq!(
        (&states["ItIsUndone"]["Next"], &states["WasItDone"]["Choices"][0]["Next"]),
        (&"PromoteAfterOthers".into(), &"NotifyDone".into())
    );
    // Before each request of a planned move the lock is looked at.
    let failback = definition(FailoverMode::Automatic, "dr_failover_failback_machine");
    for (keep, request) in [("KeepLock", "SwitchOver"), ("KeepLockAgain", "SwitchOverAgain")] {
        assert_eq!(failback["States"][keep]["Next"], request);
    }
}

#[test]
fn a_failover_by_hand_is_made_up_for() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    let states = &failover["States"];
    let decided = states["Decide"]["Choices"].as_array().unwrap();
    let done = decided.iter().find(|choice| choice["And"][1]["StringEquals"] == "already_done").unwrap();
    assert_eq!(done["Next"], "Lock");
    assert_eq!(states["IsItDone"]["Choices"][0]["Next"], "LookAgain");
    assert_eq!(states["WhoWritesNow"]["Choices"][0]["Next"], "WriteProbe");
    assert_eq!(states["WasTheLockTaken"]["Choices"][0]["Next"], "ConfirmEpoch");
    assert_eq!(states["WasItDone"]["Choices"][1]["Next"], "NotifyAlreadyDone");
    assert_eq!(states["NotifyAlreadyDone"]["Next"], "AlreadyDone");
    // Who comes second is told too.
    assert_eq!(states["Lock"]["Catch"][0]["Next"], "NotifyAlreadyClaimed");
    assert_eq!(states["NotifyAlreadyClaimed"]["Next"], "AlreadyClaimed");
}

#[test]
fn guards_are_asked_again_after_any_error() {
    for (machine, definition) in all() {
        for (name, state) in states(&definition).into_iter().filter(|(name, _)| name.starts_with("Guards")) {
            let retry = &state["Retry"][0];
            assert_eq!(retry["ErrorEquals"][0], "States.ALL", "{machine}: {name}");
            assert!(retry["MaxAttempts"].as_u64() >= Some(3), "{machine}: {name}");
        }
    }
}

#[test]
fn a_drill_whose_primary_is_lost_breaks_off_and_names_the_command_that_works() {
    let drill = definition(FailoverMode::Automatic, "dr_failover_drill_machine");
    let waits = states(&drill).into_iter().filter(|(_, state)| !state["Parameters"]["execution.$"].is_null());
    let mut seen = 0;
    for (name, state) in waits {
        assert_eq!(state["Retry"][0]["ErrorEquals"], serde_json::json!(["PrimaryLost", "LockLost"]), "{name}");
        assert_eq!(state["Retry"][0]["MaxAttempts"], 0, "{name}");
        assert_eq!(state["Catch"][0]["Next"], "LookAtRoles", "{name}");
        seen += 1;
    }
    assert_eq!(seen, 6);
    let state = |name: &str| states(&drill).into_iter().find(|(found, _)| *found == name).unwrap().1.clone();
    assert_eq!(state("ReleaseBrokenOff")["Next"], "NotifyBrokenOff");
    let message = state("NotifyBrokenOff")["Parameters"]["Message.$"].as_str().unwrap().to_owned();
    assert!(message.contains("accept_data_loss") && message.contains("payments-failover-use2-dev"), "{message}");
}

#[test]
fn a_failback_whose_primary_is_lost_breaks_off_too() {
    let failback = definition(FailoverMode::Automatic, "dr_failover_failback_machine");
    let looks = states(&failback).into_iter().filter(|(_, state)| {
        state["Resource"].as_str().is_some_and(|it| it.contains("lookout")) && state["Parameters"]["check"] != "settled"
    });
    let looks: Vec<_> = looks.collect();
    assert_eq!(looks.len(), 6);
    for (name, state) in looks {
        assert!(!state["Parameters"]["execution.$"].is_null(), "{name} goes on waiting");
        assert_eq!(state["Catch"][0]["ErrorEquals"], serde_json::json!(["PrimaryLost", "LockLost"]), "{name}");
        // Once the latch is cleared there is nothing to take back.
        let next = if name == "WaitForDns" { "ReleaseFailed" } else { "WithdrawBrokenOff" };
        assert_eq!(state["Catch"][0]["Next"], next, "{name}");
    }
    let of = |name: &str| failback["States"][name].clone();
    assert_eq!(of("LookAtRoles")["Retry"][1]["MaxAttempts"], 1, "{}", of("LookAtRoles"));
    assert_eq!(of("WhoWritesBrokenOff")["Default"], "ClearLatchAfterError");
}

/// Between the promotion and the end of the way back only the DR region acknowledges payments.
#[test]
fn the_epoch_names_the_dr_region_before_the_writer_changes_and_is_opened_after() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    let begin = &failover["States"]["BeginEpoch"];
    let values = &begin["Parameters"]["ExpressionAttributeValues"];
    assert_eq!(values[":region"]["S"], "us-east-2");
    let ends = |state: &serde_json::Value, with: &str| {
        let change = state["Parameters"]["UpdateExpression"].as_str().unwrap();
        assert!(change.ends_with(with), "{change}");
    };
    ends(begin, "writer_region = :region REMOVE announced_region, announced_at");
    assert_eq!(begin["Catch"][0]["Next"], "IsItDone", "a promotion does not wait for it");
    let failback = definition(FailoverMode::Automatic, "dr_failover_failback_machine");
    let open = &failback["States"]["OpenEpoch"];
    ends(open, "REMOVE writer_region, announced_region, announced_at");
    assert_eq!(failback["States"]["WaitForWriter"]["Next"], "KeepLockBack");
    assert_eq!(
        failback["States"]["KeepLockBack"]["Next"], "OpenEpoch",
        "whoever took the lock began an epoch of its own"
    );
    let drill = definition(FailoverMode::Automatic, "dr_failover_drill_machine");
    assert!(!drill.to_string().contains("writer_region ="), "planned moves fence the old writer by themselves");
}

/// From one state to the next where nothing fails.
fn in_order<'d>(states: &'d serde_json::Value, from: &'d str) -> Vec<&'d str> {
    let mut order = vec![from];
    while let Some(next) = states[*order.last().unwrap()]["Next"].as_str() {
        order.push(next);
    }
    order
}

/// Resolvers keep an answer for a minute: whoever moves the writer first lets callers wait for all of it.
#[test]
fn dns_goes_ahead_of_the_writer_in_planned_moves() {
    let failback = definition(FailoverMode::Automatic, "dr_failover_failback_machine");
    assert_eq!(failback["States"]["IsItBack"]["Default"], "Announce");
    let ahead = ["Announce", "WaitForAnnouncement", "SendDnsAhead"];
    assert_eq!(
        in_order(&failback["States"], "Announce")[..8],
        [&ahead[..], &["WaitForDnsAhead", "Lead", "KeepLock", "SwitchOver", "WaitForRoles"]].concat()
    );
    let drill = definition(FailoverMode::Automatic, "dr_failover_drill_machine");
    let switch = &drill["States"]["Run"]["Branches"][1]["States"];
    assert_eq!(
        in_order(switch, "SetLatch")[..5],
        ["SetLatch", "WaitForDnsThere", "LeadThere", "SwitchOver", "WaitForWriterThere"]
    );
    assert_eq!(
        in_order(switch, "Announce")[..7],
        [&ahead[..], &["WaitForDnsBack", "LeadBack", "KeepLock", "SwitchBack"]].concat()
    );
    for lead in [&failback["States"]["Lead"], &switch["LeadThere"], &switch["LeadBack"]] {
        assert_eq!(lead["Seconds"], 5);
    }
}

/// The Python of the health and the latch function and this cannot see each other.
#[test]
fn an_announcement_is_what_health_and_latch_read() {
    let read = |path: &str| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let failback = definition(FailoverMode::Automatic, "dr_failover_failback_machine");
    let announce = &failback["States"]["Announce"]["Parameters"];
    assert_eq!(announce["UpdateExpression"], "SET announced_region = :region, announced_at = :since");
    assert_eq!(announce["ExpressionAttributeValues"][":region"]["S"], "us-east-1");
    let epoch = read("functions/payments/epoch.py");
    assert!(epoch.contains(r#".get("announced_region""#) && epoch.contains(r#".get("announced_at""#));
    assert_eq!(failback["States"]["SendDnsAhead"]["Parameters"]["ExpressionAttributeNames"]["#dns_ahead"], "dns_ahead");
    assert!(read("functions/failover/state_table.py").contains(r#".get("dns_ahead") is not True"#));
}

/// The name is the payment function's; its Python and this cannot see each other.
#[test]
fn the_epoch_is_the_item_that_payments_read() {
    let failover = definition(FailoverMode::Automatic, "dr_failover_machine");
    let item = &failover["States"]["BeginEpoch"]["Parameters"]["Key"]["session_id"]["S"];
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/functions/payments/epoch.py")).unwrap();
    assert!(source.contains(&format!("EPOCH_ID = {item}")), "{item}");
    assert!(source.contains(".get(\"writer_region\""));
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
