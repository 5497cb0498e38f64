//! Pictures of configurations: what is a box, what an arrow, and what a picture never is.

use dr_synth::proof::graph::{Arrow, Graph, Kind, MOST_BOXES, Meaning, graph};
use dr_synth::proof::model;
use dr_synth::settings::{Settings, WorkloadKind};
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
        all.boxes.len() > MOST_BOXES && all.boxes.iter().all(|one| one.addresses.len() <= 1 || one.kind == Kind::Name)
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

/// The arrows as `FROM MEANING TO`, by the addresses in the boxes; names that customers ask for, and what has no address, by themselves.
fn arrows(graph: &Graph) -> Vec<String> {
    let name = |position: usize| {
        let one = &graph.boxes[position];
        let address = one.addresses.first().filter(|_| one.kind != Kind::Name);
        address.unwrap_or(&one.name).clone()
    };
    let all = graph.arrows.iter();
    all.map(|arrow| format!("{} {} {}", name(arrow.from), arrow.meaning.id(), name(arrow.to))).collect()
}

#[test]
fn a_name_leads_to_what_its_alias_or_cname_says() {
    let record = |name: &str, to: &Value| json!({"zone_id": "Z1", "name": name, "type": "A", "alias": to});
    let alias = |name: &str| json!({"name": name, "zone_id": "Z2", "evaluate_target_health": true});
    let graph = of(
        &json!({
            "aws_lb": {"web": {"name": "web"}},
            "aws_cloudfront_distribution": {"cdn": {
                "comment": "cdn", "origin": [{"origin_id": "files", "domain_name": "${aws_s3_bucket.files.bucket_regional_domain_name}"}]
            }},
            "aws_s3_bucket": {"files": {"bucket": "files"}, "site": {"bucket": "site.example.com"}},
            "aws_s3_bucket_website_configuration": {"site": {"bucket": "${aws_s3_bucket.site.id}"}},
            "aws_api_gateway_rest_api": {"api": {"name": "api"}},
            "aws_api_gateway_domain_name": {"api": {"domain_name": "api.example.com"}},
            "aws_api_gateway_base_path_mapping": {"api": {
                "api_id": "${aws_api_gateway_rest_api.api.id}", "domain_name": "${aws_api_gateway_domain_name.api.domain_name}"
            }},
            "aws_apigatewayv2_api": {"http": {"name": "http"}},
            "aws_apigatewayv2_domain_name": {"http": {"domain_name": "http.example.com", "domain_name_configuration": [{"endpoint_type": "REGIONAL"}]}},
            "aws_apigatewayv2_api_mapping": {"http": {
                "api_id": "${aws_apigatewayv2_api.http.id}", "domain_name": "${aws_apigatewayv2_domain_name.http.id}", "stage": "live"
            }},
            "aws_globalaccelerator_accelerator": {"ga": {"name": "ga"}},
            "aws_route53_record": {
                "web": record("web.example.com", &alias("dualstack.${aws_lb.web.dns_name}")),
                "cdn": record("cdn.example.com", &alias("${aws_cloudfront_distribution.cdn.domain_name}")),
                "site": record("site.example.com", &alias("${aws_s3_bucket_website_configuration.site.website_domain}")),
                "api": record("api.example.com", &alias("${aws_api_gateway_domain_name.api.regional_domain_name}")),
                "http": record("http.example.com", &alias("${aws_apigatewayv2_domain_name.http.domain_name_configuration[0].target_domain_name}")),
                "ga": {"zone_id": "Z1", "name": "ga.example.com", "type": "CNAME", "ttl": 60, "records": ["${aws_globalaccelerator_accelerator.ga.dns_name}"]},
                "mail": {"zone_id": "Z1", "name": "mail.example.com", "type": "CNAME", "ttl": 60, "records": ["mail.example.net"]}
            }
        }),
        true,
    );
    let arrows = arrows(&graph);
    for (record, to) in [
        ("web", "aws_lb.web"),
        ("cdn", "aws_cloudfront_distribution.cdn"),
        ("site", "aws_s3_bucket.site"),
        ("api", "aws_api_gateway_rest_api.api"),
        ("http", "aws_apigatewayv2_api.http"),
        ("ga", "aws_globalaccelerator_accelerator.ga"),
    ] {
        assert!(arrows.contains(&format!("{record}.example.com sends {to}")), "{record}: {arrows:#?}");
    }
    assert!(arrows.contains(&"aws_cloudfront_distribution.cdn calls aws_s3_bucket.files".to_owned()), "{arrows:#?}");
    assert!(!graph.boxes.iter().any(|one| one.name.contains("mail")), "a name that leads nowhere here");
}

#[test]
fn routing_says_who_is_sent_where() {
    let record = |routing: &str, policy: &Value, to: &str, set: &str| {
        json!({
            "zone_id": "Z1", "name": "pay.example.com", "type": "CNAME", "ttl": 60, "set_identifier": set, "records": [to], routing: policy
        })
    };
    let graph = of(
        &json!({
            "aws_lb": {"a": {"name": "a"}, "b": {"name": "b", "provider": "aws.other"}},
            "aws_route53_record": {
                "a": record("weighted_routing_policy", &json!({"weight": 100}), "${aws_lb.a.dns_name}", "a"),
                "b": record("weighted_routing_policy", &json!({"weight": 0}), "${aws_lb.b.dns_name}", "b")
            }
        }),
        true,
    );
    assert_eq!(arrows(&graph), ["pay.example.com sends aws_lb.a", "pay.example.com fails_over aws_lb.b"]);
    assert_eq!(graph.boxes[0].what, "Route 53, weighted");
    let failover = |role: &str, to: &str| record("failover_routing_policy", &json!({"type": role}), to, role);
    let graph = of(
        &json!({"aws_route53_record": {"a": failover("PRIMARY", "one.example.net"), "b": failover("SECONDARY", "two.example.net.")}}),
        true,
    );
    assert_eq!(arrows(&graph), ["pay.example.com sends one.example.net", "pay.example.com fails_over two.example.net"]);
}

#[test]
fn what_stands_for_a_name_that_is_not_known_is_never_shown() {
    let record = |role: &str, to: &str| {
        json!({
            "zone_id": "Z1", "name": "pay.example.com", "type": "A", "set_identifier": role, "failover_routing_policy": {"type": role},
            "alias": {"name": to, "zone_id": "Z2", "evaluate_target_health": true}
        })
    };
    let document = json!({
        "provider": {"aws": {"region": "us-east-1"}},
        "data": {"aws_lb": {"a": {"name": "a"}}},
        "resource": {
            "aws_lb": {"b": {"name": "b"}},
            "aws_route53_record": {
                "a": record("PRIMARY", "${data.aws_lb.a.dns_name}"),
                "b": record("SECONDARY", "${lower(aws_lb.b.dns_name)}")
            }
        }
    });
    let graph = of_text(&document.to_string(), true);
    assert_eq!(arrows(&graph), ["pay.example.com fails_over aws_lb.b"]);
    assert_eq!(graph.boxes.len(), 2, "{:?}", graph.boxes);
}

#[test]
fn a_service_that_runs_elsewhere_has_its_two_hosts_in_the_picture() {
    let settings = Settings { workload: WorkloadKind::None, ..Settings::default() };
    let graph = of_text(&stack::build(&settings).document().expect("a document").to_string(), false);
    let found = arrows(&graph);
    for arrow in [
        "api-dev.payments.example.com sends primary.payments.example.com",
        "api-dev.payments.example.com fails_over dr.payments.example.com",
    ] {
        assert!(found.iter().any(|one| one == arrow), "{found:#?}");
    }
    assert!(
        !found.iter().any(|one| one.contains("example.com fails_over aws_api")),
        "the latch takes no payments: {found:#?}"
    );
}

#[test]
fn copies_that_have_no_block_of_their_own_and_global_stores_are_drawn() {
    let other = |values: Value| {
        let mut values = values;
        values["provider"] = json!("aws.other");
        values
    };
    let graph = of(
        &json!({
            "aws_elasticache_replication_group": {
                "a": {"replication_group_id": "a", "description": "a"},
                "b": other(json!({"replication_group_id": "b", "description": "b", "global_replication_group_id": "${aws_elasticache_global_replication_group.g.global_replication_group_id}"}))
            },
            "aws_elasticache_global_replication_group": {"g": {
                "global_replication_group_id_suffix": "g", "primary_replication_group_id": "${aws_elasticache_replication_group.a.id}"
            }},
            "aws_memorydb_multi_region_cluster": {"m": {"multi_region_cluster_name_suffix": "m", "node_type": "db.r7g.large"}},
            "aws_memorydb_cluster": {
                "a": {"name": "ma", "multi_region_cluster_name": "${aws_memorydb_multi_region_cluster.m.multi_region_cluster_name}"},
                "b": other(json!({"name": "mb", "multi_region_cluster_name": "${aws_memorydb_multi_region_cluster.m.multi_region_cluster_name}"}))
            },
            "aws_dynamodb_table": {
                "t": {"name": "t", "replica": [{"region_name": "us-west-2"}]},
                "old": {"name": "old"}, "old_b": other(json!({"name": "old"}))
            },
            "aws_dynamodb_global_table": {"old": {"name": "old", "replica": [{"region_name": "us-east-1"}, {"region_name": "us-west-2"}]}},
            "aws_secretsmanager_secret": {
                "s": {"name": "s", "replica": [{"region": "eu-west-1"}]}, "t": {"name": "with-the-function", "replica": [{"region": "us-west-2"}]}
            },
            "aws_efs_file_system": {"f": {"creation_token": "f"}},
            "aws_efs_replication_configuration": {"f": {"source_file_system_id": "${aws_efs_file_system.f.id}", "destination": {"region": "us-west-2"}}},
            "aws_s3_bucket": {
                "in": {"bucket": "in", "replication_configuration": {"role": "r", "rules": [{"status": "Enabled", "destination": {"bucket": "${aws_s3_bucket.out.arn}"}}]}},
                "out": other(json!({"bucket": "out"}))
            },
            "aws_lambda_function": {"far": other(json!({
                "function_name": "far", "role": "r",
                "environment": {"variables": {"SECRET": "${replace(aws_secretsmanager_secret.t.arn, \"us-east-1\", \"us-west-2\")}"}}
            }))},
            "aws_neptune_global_cluster": {"n": {"global_cluster_identifier": "n"}},
            "aws_neptune_cluster": {
                "a": other(json!({"cluster_identifier": "na", "global_cluster_identifier": "${aws_neptune_global_cluster.n.id}", "depends_on": ["aws_neptune_cluster.z"]})),
                "z": {"cluster_identifier": "nz", "global_cluster_identifier": "${aws_neptune_global_cluster.n.id}"}
            }
        }),
        true,
    );
    let found = arrows(&graph);
    for arrow in [
        "aws_elasticache_replication_group.a replicates aws_elasticache_replication_group.b",
        "aws_memorydb_cluster.a replicates aws_memorydb_cluster.b",
        "aws_memorydb_cluster.b replicates aws_memorydb_cluster.a",
        "aws_dynamodb_table.t replicates t",
        "t replicates aws_dynamodb_table.t",
        "aws_dynamodb_table.old replicates aws_dynamodb_table.old_b",
        "aws_dynamodb_table.old_b replicates aws_dynamodb_table.old",
        "aws_secretsmanager_secret.s replicates s",
        "aws_lambda_function.far calls with-the-function",
        "aws_s3_bucket.in replicates aws_s3_bucket.out",
        "aws_neptune_cluster.z replicates aws_neptune_cluster.a",
    ] {
        assert!(found.iter().any(|one| one == arrow), "{arrow}: {found:#?}");
    }
    assert!(found.iter().any(|one| one.starts_with("aws_efs_file_system.f replicates ")), "{found:#?}");
    assert!(graph.regions().contains(&"eu-west-1"), "a replica is in its own region");
}
