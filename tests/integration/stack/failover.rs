//! The failover: it works and can be planned without the primary, and only where it should does it reach out to it.

use std::collections::{BTreeMap, BTreeSet};

use dr_synth::settings::file::read;
use dr_synth::settings::{FailoverMode, Settings};
use serde_json::Value;

use super::{addresses, document, resources};

/// What AWS wants made after the primary's database: a replica, its instances, the subscription to its events and the
/// choice to back it up. Nobody has to plan these while the primary is gone.
const AFTER_THE_WRITER: [&str; 4] = [
    "aws_rds_cluster.dr_database",
    "aws_rds_cluster_instance.dr_database",
    "aws_db_event_subscription.dr_database",
    "aws_backup_selection.dr_backup_database",
];

/// Every block, local value included, with the text of its body.
fn blocks(document: &Value) -> BTreeMap<String, String> {
    let mut blocks = BTreeMap::new();
    for (section, prefix) in [("resource", ""), ("data", "data."), ("ephemeral", "ephemeral.")] {
        for (type_name, of_type) in document[section].as_object().unwrap() {
            for (name, body) in of_type.as_object().unwrap() {
                blocks.insert(format!("{prefix}{type_name}.{name}"), body.to_string());
            }
        }
    }
    for (name, value) in document["locals"].as_object().unwrap() {
        blocks.insert(format!("local.{name}"), value.to_string());
    }
    blocks
}

/// The addresses that a block's text refers to.
fn references(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .filter_map(|word| {
            let parts: Vec<_> = word.split('.').collect();
            let length = if matches!(parts[0], "data" | "ephemeral") { 3 } else { 2 };
            parts.get(..length).map(|address| address.join("."))
        })
        .collect()
}

/// What Terraform must look at to plan these blocks and nothing else, and by which of them.
fn needed(blocks: &BTreeMap<String, String>, targets: Vec<String>) -> BTreeMap<String, String> {
    let mut needed: BTreeMap<_, _> = targets.iter().map(|target| (target.clone(), "itself".to_owned())).collect();
    let mut open = targets;
    while let Some(address) = open.pop() {
        for reference in references(&blocks[&address]) {
            if blocks.contains_key(&reference) && !needed.contains_key(&reference) {
                needed.insert(reference.clone(), address.clone());
                open.push(reference);
            }
        }
    }
    needed
}

/// Ephemeral values and data sources are asked for at every plan, also at one without a refresh. The writer's cluster takes
/// its password from an ephemeral value, so whoever needs the cluster asks the primary region.
#[test]
fn a_plan_of_the_dr_region_asks_nothing_of_the_primary() {
    let document = document(&Settings::default());
    let blocks = blocks(&document);
    let targets: Vec<_> = blocks
        .keys()
        .filter(|address| address.contains(".dr_") && !AFTER_THE_WRITER.contains(&address.as_str()))
        .cloned()
        .collect();
    assert!(targets.len() > 150, "only {} blocks stand in the DR region", targets.len());
    for (address, because_of) in needed(&blocks, targets) {
        let asks_primary = address.starts_with("ephemeral.")
            || address.starts_with("aws_rds_cluster.primary")
            || address.starts_with("aws_rds_cluster_instance.primary")
            || (address.starts_with("data.") && address.contains(".primary_"));
        assert!(!asks_primary, "{because_of} needs {address}");
    }
}

#[test]
fn what_must_come_after_the_writer_is_only_that() {
    let document = document(&Settings::default());
    let blocks = blocks(&document);
    for address in AFTER_THE_WRITER {
        let needed = needed(&blocks, vec![address.to_owned()]);
        assert!(needed.contains_key("aws_rds_cluster.primary_database"), "{address} is free of the writer");
    }
}

#[test]
fn no_block_of_the_failover_refers_to_a_cluster() {
    let document = document(&Settings::default());
    let mut seen = 0;
    for (address, text) in blocks(&document).into_iter().filter(|(address, _)| address.contains(".dr_failover_")) {
        let clusters = references(&text).into_iter().filter(|reference| reference.starts_with("aws_rds_"));
        assert_eq!(clusters.collect::<Vec<_>>(), Vec::<String>::new(), "{address}");
        seen += 1;
    }
    assert!(seen > 50, "only {seen} blocks belong to the failover");
}

#[test]
fn payment_functions_of_both_regions_name_their_cluster_without_a_reference() {
    let document = document(&Settings::default());
    for (prefix, region, token) in [("primary", "us-east-1", "use1"), ("dr", "us-east-2", "use2")] {
        let function = &document["resource"]["aws_lambda_function"][format!("{prefix}_payments")];
        let environment = function["environment"]["variables"].as_str().unwrap();
        let account = format!("${{data.aws_caller_identity.{prefix}.account_id}}");
        let arn =
            format!("arn:aws:rds:{region}:{account}:cluster:payments-database-{token}-${{var.environment_suffix}}");
        assert!(environment.contains(&format!("\"DATABASE_CLUSTER_ARN\" = \"{arn}\"")), "{environment}");
        let identifier = &document["resource"]["aws_rds_cluster"][format!("{prefix}_database")]["cluster_identifier"];
        assert!(arn.ends_with(identifier.as_str().unwrap()), "{arn} is not the cluster {identifier}");
    }
}

#[test]
fn both_records_of_the_primary_follow_its_endpoint_and_the_latch() {
    let document = document(&Settings::default());
    let checks = &document["resource"]["aws_route53_health_check"];
    let both = &checks["primary_takes_traffic"];
    assert_eq!((&both["type"], &both["child_health_threshold"]), (&"CALCULATED".into(), &2.into()));
    assert_eq!(
        both["child_healthchecks"],
        serde_json::json!([
            "${aws_route53_health_check.primary_endpoint.id}",
            "${aws_route53_health_check.dr_latch.id}"
        ])
    );
    let (endpoint, latch) = (&checks["primary_endpoint"], &checks["dr_latch"]);
    assert_eq!((&latch["resource_path"], &latch["invert_healthcheck"]), (&"/live/latch".into(), &true.into()));
    for argument in ["type", "port", "request_interval", "failure_threshold", "regions", "enable_sni"] {
        assert_eq!(endpoint[argument], latch[argument], "{argument}");
    }
    let records = &document["resource"]["aws_route53_record"];
    for record in ["failover", "active_region"] {
        let primary = &records[format!("primary_{record}")];
        assert_eq!(primary["health_check_id"], "${aws_route53_health_check.primary_takes_traffic.id}", "{record}");
        assert_eq!(primary["failover_routing_policy"]["type"], "PRIMARY");
        let secondary = &records[format!("dr_{record}")];
        assert!(secondary["health_check_id"].is_null(), "{record}");
        assert_eq!(secondary["failover_routing_policy"]["type"], "SECONDARY");
        assert_eq!(primary["name"], secondary["name"]);
    }
    let texts = [&records["primary_active_region"], &records["dr_active_region"]];
    assert_eq!(texts.map(|text| &text["records"][0]), ["us-east-1", "us-east-2"]);
    assert!(texts.iter().all(|text| text["type"] == "TXT" && text["ttl"] == 10));
}

#[test]
fn the_alarm_on_the_endpoint_is_not_on_the_latch() {
    let document = document(&Settings::default());
    let alarm = &document["resource"]["aws_cloudwatch_metric_alarm"]["primary_endpoint_health"];
    assert_eq!(alarm["dimensions"]["HealthCheckId"], "${aws_route53_health_check.primary_endpoint.id}");
}

#[test]
fn only_the_dr_region_answers_for_the_latch_and_its_deployment_holds_the_route() {
    let document = document(&Settings::default());
    let routes: Vec<_> = document["resource"]["aws_api_gateway_resource"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, body)| body["path_part"] == "latch")
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(routes, ["dr_failover_latch"]);
    let deployments = &document["resource"]["aws_api_gateway_deployment"];
    let depends_on = deployments["dr_payments"]["depends_on"].as_array().unwrap();
    for part in ["aws_api_gateway_method.dr_failover_latch", "aws_api_gateway_integration.dr_failover_latch"] {
        assert!(depends_on.contains(&part.into()), "{part} may come after the deployment");
    }
    assert_eq!(document["resource"]["aws_api_gateway_method"]["dr_failover_latch"]["authorization"], "NONE");
}

#[test]
fn a_mode_changes_the_failover_machine_and_nothing_else() {
    let of_mode = |failover_mode| document(&Settings { failover_mode, ..Settings::default() });
    let automatic = of_mode(FailoverMode::Automatic);
    for mode in [FailoverMode::Approve, FailoverMode::Manual] {
        let other = of_mode(mode);
        assert_eq!(addresses(&automatic), addresses(&other));
        let changed: Vec<_> = resources(&automatic)
            .zip(resources(&other))
            .filter(|(one, other)| one != other)
            .map(|((type_name, name, _), _)| format!("{type_name}.{name}"))
            .collect();
        assert_eq!(changed, ["aws_sfn_state_machine.dr_failover_machine"], "{mode}");
    }
}

#[test]
fn functions_of_the_failover_stand_outside_the_network_with_a_log_and_a_role_of_their_own() {
    let document = document(&Settings::default());
    let functions = document["resource"]["aws_lambda_function"].as_object().unwrap();
    let names: Vec<_> = functions.keys().filter(|name| name.starts_with("dr_failover_")).collect();
    assert_eq!(names.len(), 9);
    for name in names {
        let body = &functions[name];
        assert!(body["vpc_config"].is_null(), "{name}");
        assert_eq!(body["role"], format!("${{aws_iam_role.{name}.arn}}"));
        assert_eq!(body["logging_config"]["log_group"], format!("${{aws_cloudwatch_log_group.{name}.name}}"));
        assert!(body["handler"].as_str().unwrap().ends_with(".handle"), "{name}");
    }
}

/// The files that read the environment, beside the module that a function is named after.
const READERS: [(&str, &[&str]); 9] = [
    ("detector", &["detector"]),
    ("latch", &["latch"]),
    ("guards", &["guards", "surroundings"]),
    ("probe", &["probe", "data_api"]),
    ("drill", &["drill", "data_api"]),
    ("readiness", &["readiness"]),
    ("lookout", &["lookout", "surroundings"]),
    ("watcher", &["watcher"]),
    ("lost_payments", &["lost_payments"]),
];

#[test]
fn only_the_machines_write_the_latch() {
    let document = document(&Settings::default());
    let policies = document["resource"]["aws_iam_role_policy"].as_object().unwrap();
    let mut writers = Vec::new();
    for (name, policy) in policies.iter().filter(|(name, _)| name.starts_with("dr_failover_")) {
        let text = policy["policy"].as_str().unwrap();
        for write in ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"] {
            for (at, _) in text.match_indices(write) {
                let statement = text[at..].split("\"Sid\"").next().unwrap();
                let (_, keys) = statement.split_once("dynamodb:LeadingKeys").expect(name);
                if keys.split(']').next().unwrap().contains("\"latch\"") {
                    writers.push((name.as_str(), write));
                }
            }
        }
    }
    let machines = ["dr_failover_drill_machine", "dr_failover_failback_machine", "dr_failover_machine"];
    assert_eq!(writers, machines.map(|machine| (machine, "dynamodb:UpdateItem")));
}

#[test]
fn errors_of_what_decides_wake_somebody() {
    let document = document(&Settings::default());
    let alarms = document["resource"]["aws_cloudwatch_metric_alarm"].as_object().unwrap();
    for function in ["detector", "guards", "latch", "readiness", "watcher"] {
        let alarm = &alarms[&format!("dr_failover_{function}_errors")];
        assert_eq!((&alarm["namespace"], &alarm["metric_name"]), (&"AWS/Lambda".into(), &"Errors".into()));
        assert!(alarm["dimensions"]["FunctionName"].as_str().unwrap().contains(function), "{alarm}");
        assert_eq!(alarm["alarm_actions"].as_array().unwrap().len(), 1);
    }
    let roles = &alarms["dr_failover_roles"];
    assert_eq!((&roles["metric_name"], &roles["treat_missing_data"]), (&"RolesDisagree".into(), &"breaching".into()));
}

#[test]
fn the_second_witness_does_not_follow_the_latch() {
    let document = document(&Settings::default());
    let records = &document["resource"]["aws_route53_record"];
    assert_eq!(
        records["primary_endpoint_region"]["health_check_id"],
        "${aws_route53_health_check.primary_endpoint.id}"
    );
    assert_eq!(
        records["primary_active_region"]["health_check_id"],
        "${aws_route53_health_check.primary_takes_traffic.id}"
    );
    assert!(records["dr_endpoint_region"]["health_check_id"].is_null());
}

#[test]
fn every_number_follows_from_the_objectives() {
    let settings = read("[objectives]\nrto = 600\nrpo = 10\n").unwrap().settle().unwrap();
    let document = document(&settings);
    let variables = |function: &str| {
        document["resource"]["aws_lambda_function"][format!("dr_failover_{function}")]["environment"]["variables"]
            .clone()
    };
    for function in ["detector", "guards", "lookout"] {
        assert_eq!(variables(function)["PATIENCE_SECONDS"], "390", "{function}");
    }
    assert_eq!(variables("guards")["MAXIMUM_LAG_MS"], "10000");
    assert_eq!(variables("readiness")["MAXIMUM_LAG_MS"], "10000");
    assert_eq!(variables("drill")["RECOVERY_OBJECTIVE_SECONDS"], "600");
    let alarms = &document["resource"]["aws_cloudwatch_metric_alarm"];
    assert_eq!(alarms["dr_replication_lag"]["threshold"], 5000);
    assert_eq!(alarms["dr_experiment_limit"]["evaluation_periods"], 10);
}

#[test]
fn a_function_is_told_what_its_code_asks_for() {
    let document = document(&Settings::default());
    for (module, readers) in READERS {
        let function = &document["resource"]["aws_lambda_function"][format!("dr_failover_{module}")];
        assert_eq!(function["handler"], format!("{module}.handle"));
        let told = function["environment"]["variables"].as_object().unwrap();
        let code: String = readers
            .iter()
            .map(|reader| std::fs::read_to_string(format!("functions/failover/{reader}.py")).unwrap())
            .collect();
        let asked: BTreeSet<_> = ["text(\"", "texts(\"", "number(\""]
            .into_iter()
            .flat_map(|call| code.split(call).skip(1).filter_map(|rest| rest.split('"').next()))
            .filter(|name| *name != "AWS_REGION")
            .collect();
        assert!(!asked.is_empty(), "{module} asks for nothing");
        for name in asked {
            assert!(told.contains_key(name), "{module} is not told {name}");
        }
    }
}

#[test]
fn drills_are_off_until_somebody_wants_them() {
    let document = document(&Settings::default());
    let schedules = &document["resource"]["aws_scheduler_schedule"];
    assert_eq!(document["variable"]["drill_enabled"]["default"], false);
    assert_eq!(schedules["dr_failover_drill"]["state"], "${var.drill_enabled ? \"ENABLED\" : \"DISABLED\"}");
    assert_eq!(schedules["dr_failover_drill"]["schedule_expression"], "${var.drill_schedule}");
    for (schedule, rate) in [("detector", "rate(1 minute)"), ("readiness", "rate(30 minutes)")] {
        let body = &schedules[format!("dr_failover_{schedule}")];
        assert_eq!((&body["state"], &body["schedule_expression"]), (&"ENABLED".into(), &rate.into()));
    }
    for (name, body) in schedules.as_object().unwrap() {
        assert_eq!(body["target"]["role_arn"], format!("${{aws_iam_role.{name}_schedule.arn}}"));
        assert!(body["target"]["retry_policy"].is_object(), "{name}");
    }
}

#[test]
fn terraform_does_not_turn_the_kill_switch_back() {
    let document = document(&Settings::default());
    let switch = &document["resource"]["aws_ssm_parameter"]["dr_failover_switch"];
    assert_eq!(switch["value"], "armed");
    assert_eq!(switch["lifecycle"]["ignore_changes"], serde_json::json!(["allowed_pattern", "value"]));
}

#[test]
fn what_the_failover_knows_is_kept_like_the_sessions() {
    let document = document(&Settings { prevent_destroy: true, ..Settings::default() });
    let tables = &document["resource"]["aws_dynamodb_table"];
    let (state, sessions) = (&tables["dr_failover_state"], &tables["primary_sessions"]);
    for argument in ["billing_mode", "deletion_protection_enabled", "point_in_time_recovery"] {
        assert_eq!(state[argument], sessions[argument], "{argument}");
    }
    assert_eq!(state["lifecycle"]["prevent_destroy"], true);
    assert!(state["stream_enabled"].is_null() && state["replica"].is_null(), "it is of one region alone");
    assert!(state["server_side_encryption"]["kms_key_arn"].as_str().unwrap().contains("aws_kms_key.dr_"));
}

#[test]
fn every_experiment_ends_when_payments_do() {
    let document = document(&Settings::default());
    let templates = document["resource"]["aws_fis_experiment_template"].as_object().unwrap();
    assert_eq!(templates.len(), 8);
    for (name, body) in templates {
        let prefix = name.split('_').next().unwrap();
        let stop = body["stop_condition"][0]["value"].as_str().unwrap();
        assert!(stop.starts_with(&format!("${{aws_cloudwatch_metric_alarm.{prefix}_")), "{name}: {stop}");
        assert_eq!(body["target"][0]["resource_arns"].as_array().map(Vec::is_empty), Some(false), "{name}");
        assert!(
            body["target"][0]["resource_tag"].is_null(),
            "{name} finds its targets by name, not by what they look like"
        );
    }
}

#[test]
fn an_alarm_tells_of_every_end_that_a_machine_cannot_tell_of() {
    let document = document(&Settings::default());
    let alarms = &document["resource"]["aws_cloudwatch_metric_alarm"];
    for name in ["failover_executions", "failover_failback_executions", "failover_drill_executions"] {
        let text = alarms[format!("dr_{name}")].to_string();
        for metric in ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] {
            assert!(text.contains(metric), "{name} is deaf to {metric}");
        }
    }
    for name in ["failover_detector", "failover_readiness"] {
        assert_eq!(alarms[format!("dr_{name}")]["treat_missing_data"], "breaching", "{name}");
    }
}
