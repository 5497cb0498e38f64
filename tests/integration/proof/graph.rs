//! Pictures of configurations: what is a box, what an arrow, and what a picture never is.

use dr_synth::proof::graph::{Arrow, Graph, Kind, MOST_BOXES, Meaning, graph};
use dr_synth::proof::model;
use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::terraform::evaluation::Inputs;
use dr_synth::terraform::{Configuration, parse};
use serde_json::{Value, json};

fn of_text(text: &str, detail: bool) -> Graph {
    let module = parse::document(text).expect("a configuration");
    graph(&model::from_configuration(&Configuration::from(module), &Inputs::default()), detail)
}

fn of(resources: &Value, detail: bool) -> Graph {
    let providers = json!([{"region": "us-east-1"}, {"alias": "other", "region": "us-west-2"}]);
    let mut configuration = json!({"provider": {"aws": providers}});
    if resources.as_object().is_some_and(|blocks| !blocks.is_empty()) {
        configuration["resource"] = resources.clone();
    }
    of_text(&configuration.to_string(), detail)
}

fn of_default(detail: bool) -> Graph {
    of_text(&stack::build(&Settings::default()).document().expect("a document").to_string(), detail)
}

/// Whether an arrow leads from a box with one address to a box with another.
fn leads(graph: &Graph, from: &str, to: &str, meaning: Meaning) -> bool {
    let holds = |position: usize, address: &str| graph.boxes[position].addresses.iter().any(|own| own == address);
    graph.arrows.iter().any(|arrow| arrow.meaning == meaning && holds(arrow.from, from) && holds(arrow.to, to))
}

#[test]
fn the_default_document_can_be_taken_in_at_a_glance() {
    let graph = of_default(false);
    assert!(graph.boxes.len() <= MOST_BOXES, "{}", graph.boxes.len());
    assert_eq!(graph.regions(), ["us-east-1", "us-east-2"]);
    for (from, to, meaning) in [
        ("aws_route53_record.primary_failover", "aws_api_gateway_rest_api.primary_payments", Meaning::Sends),
        ("aws_route53_record.dr_failover", "aws_api_gateway_rest_api.dr_payments", Meaning::FailsOver),
        ("aws_rds_cluster.primary_database", "aws_rds_cluster.dr_database", Meaning::Replicates),
        ("aws_s3_bucket.primary_receipts", "aws_s3_bucket.dr_receipts", Meaning::Replicates),
        ("aws_dynamodb_table.primary_sessions", "aws_dynamodb_table_replica.dr_sessions", Meaning::Replicates),
        ("aws_sfn_state_machine.dr_failover_machine", "aws_rds_cluster.dr_database", Meaning::FailsOver),
        ("aws_api_gateway_rest_api.primary_payments", "aws_lambda_function.primary_payments", Meaning::Calls),
    ] {
        assert!(leads(&graph, from, to, meaning), "{from} {meaning:?} {to}");
    }
}

#[test]
fn detail_has_a_box_for_each_and_every_object_stands_in_one() {
    let (few, all) = (of_default(false), of_default(true));
    assert!(
        all.boxes.len() > MOST_BOXES && all.boxes.iter().all(|one| one.addresses.len() == 1 || one.kind == Kind::Name)
    );
    let addresses = |graph: &Graph| {
        let mut all: Vec<String> = graph.boxes.iter().flat_map(|one| one.addresses.clone()).collect();
        all.sort();
        all
    };
    assert_eq!(addresses(&few), addresses(&all));
}

#[test]
fn an_inline_uri_and_an_environment_are_calls() {
    let function = |name: &str, environment: Value| json!({"function_name": name, "role": "r", "environment": {"variables": environment}});
    let graph = of(
        &json!({
            "aws_lambda_function": {
                "f": function("f", json!({"QUEUE": "${aws_sqs_queue.q.arn}", "BUCKET": "${aws_s3_bucket.b.bucket}"})),
                "g": function("g", json!({"OTHER": "none"})),
            },
            "aws_sqs_queue": {"q": {"name": "q"}},
            "aws_s3_bucket": {"b": {"bucket": "b"}},
            "aws_sns_topic": {"t": {"name": "t"}},
            "aws_sns_topic_subscription": {"s": {"topic_arn": "${aws_sns_topic.t.arn}", "protocol": "sqs", "endpoint": "${aws_sqs_queue.q.arn}"}},
        }),
        true,
    );
    assert!(leads(&graph, "aws_lambda_function.f", "aws_sqs_queue.q", Meaning::Calls));
    assert!(leads(&graph, "aws_lambda_function.f", "aws_s3_bucket.b", Meaning::Calls));
    assert!(leads(&graph, "aws_sns_topic.t", "aws_sqs_queue.q", Meaning::Calls));
    assert_eq!(graph.arrows.len(), 3);
}

#[test]
fn many_objects_are_few_boxes_and_no_arrow_leads_nowhere() {
    let buckets: serde_json::Map<String, Value> = (0..200)
        .map(|n| {
            (
                format!("b{n}"),
                json!({"bucket": format!("b-{n}"), "provider": if n % 2 == 0 { "aws" } else { "aws.other" }}),
            )
        })
        .collect();
    let graph = of(&json!({"aws_s3_bucket": buckets}), false);
    assert_eq!(graph.boxes.len(), 2);
    assert_eq!(graph.boxes.iter().map(|one| one.addresses.len()).sum::<usize>(), 200);
    let whole = of_default(true);
    assert!(whole.arrows.iter().all(|Arrow { from, to, .. }| from != to && whole.boxes.len() > *from.max(to)));
}

#[test]
fn no_name_breaks_out_of_its_label() {
    let graph = of(&json!({"aws_sqs_queue": {"q": {"name": "a\"]]<script>&\\\n`b"}}}), true);
    for text in [graph.to_mermaid(), graph.to_dot(), graph.to_svg().expect("a picture")] {
        assert!(!text.contains("<script>") && !text.contains("\"]]") && text.contains("script"), "{text}");
    }
}

#[test]
fn nothing_is_an_empty_picture_and_too_much_is_none() {
    assert!(of(&json!({}), true).to_svg().expect("a picture").ends_with("</svg>\n"));
    let queues: serde_json::Map<String, Value> =
        (0..400).map(|n| (format!("q{n}"), json!({"name": format!("q{n}")}))).collect();
    let graph = of(&json!({"aws_sqs_queue": queues}), true);
    assert!(graph.to_svg().is_err_and(|reason| reason.contains("400 boxes")));
    assert!(graph.to_dot().contains("b399"));
}

#[test]
fn the_same_picture_twice() {
    assert_eq!(of_default(true).to_svg(), of_default(true).to_svg());
}

#[test]
fn copies_of_every_kind_have_an_arrow_and_what_is_disabled_has_none() {
    let rule = |status: &str, to: &str| json!({"status": status, "destination": {"bucket": format!("${{aws_s3_bucket.{to}.arn}}")}});
    let graph = of(
        &json!({
            "aws_docdb_global_cluster": {"g": {"global_cluster_identifier": "g"}},
            "aws_docdb_cluster": {
                "a": {"global_cluster_identifier": "${aws_docdb_global_cluster.g.id}", "master_username": "u"},
                "b": {"provider": "aws.other", "global_cluster_identifier": "${aws_docdb_global_cluster.g.id}"}
            },
            "aws_efs_file_system": {"a": {}, "b": {"provider": "aws.other"}},
            "aws_efs_replication_configuration": {"r": {
                "source_file_system_id": "${aws_efs_file_system.a.id}",
                "destination": {"file_system_id": "${aws_efs_file_system.b.id}"}
            }},
            "aws_sqs_queue": {
                "q": {"name": "q", "redrive_policy": "${jsonencode({deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3})}"},
                "dead": {"name": "dead"}
            },
            "aws_s3_bucket": {"s": {"bucket": "s"}, "on": {"provider": "aws.other", "bucket": "on"}, "off": {"provider": "aws.other", "bucket": "off"}},
            "aws_s3_bucket_replication_configuration": {"r": {
                "bucket": "${aws_s3_bucket.s.id}", "rule": [rule("Enabled", "on"), rule("Disabled", "off")]
            }}
        }),
        true,
    );
    for (from, to, meaning) in [
        ("aws_docdb_cluster.a", "aws_docdb_cluster.b", Meaning::Replicates),
        ("aws_efs_file_system.a", "aws_efs_file_system.b", Meaning::Replicates),
        ("aws_sqs_queue.q", "aws_sqs_queue.dead", Meaning::Calls),
        ("aws_s3_bucket.s", "aws_s3_bucket.on", Meaning::Replicates),
    ] {
        assert!(leads(&graph, from, to, meaning), "{from} {meaning:?} {to}: {:?}", graph.arrows);
    }
    assert!(!leads(&graph, "aws_s3_bucket.s", "aws_s3_bucket.off", Meaning::Replicates));
}
