//! What single objects are charged for, and what is named as missing.

use serde_json::json;

use super::{Basis, Bill, Budget, Usage, alternatives, bill, compare};
use crate::proof::model::{Model, from_plan};

/// The model of a plan of these resources in us-east-1.
fn model(resources: &[(&str, serde_json::Value)]) -> Model {
    let planned: Vec<_> = resources
        .iter()
        .map(|(address, values)| {
            let (kind, name) = address.split_once('.').unwrap();
            json!({"address": address, "mode": "managed", "type": kind, "name": name, "values": values})
        })
        .collect();
    let configured: Vec<_> =
        resources.iter().map(|(address, _)| json!({"address": address, "provider_config_key": "aws"})).collect();
    let plan = json!({
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}},
            "root_module": {"resources": configured},
        },
    });
    from_plan(&plan.to_string()).unwrap()
}

fn of(resources: &[(&str, serde_json::Value)], usage: &str) -> Bill {
    bill(&model(resources), &Usage::parse(usage).unwrap())
}

/// The cents of an item, and where its quantity comes from.
fn item(bill: &Bill, item: &str) -> Option<(i64, Basis)> {
    bill.lines.iter().find(|line| line.price.item == item).map(|line| (line.cents, line.basis()))
}

fn gaps(bill: &Bill) -> String {
    let lines: Vec<_> = bill.gaps.iter().map(|gap| format!("{}: {}\n", gap.what, gap.addresses.join(" "))).collect();
    lines.concat()
}

#[test]
fn an_instance_is_charged_by_its_class_and_the_storage_of_its_cluster() {
    let cluster =
        |storage: &str| json!({"cluster_identifier": "c", "engine": "aurora-postgresql", "storage_type": storage});
    let instance = json!({"cluster_identifier": "c", "engine": "aurora-postgresql", "instance_class": "db.r6g.large"});
    for (storage, name, cents) in
        [("", "instances db.r6g.large", 18_980), ("aurora-iopt1", "instances db.r6g.large, I/O-Optimized", 24_674)]
    {
        let bill = of(&[("aws_rds_cluster.c", cluster(storage)), ("aws_rds_cluster_instance.i", instance.clone())], "");
        assert_eq!(item(&bill, name), Some((cents, Basis::Configuration)), "{bill:?}");
    }
}

#[test]
fn what_has_no_price_is_named_and_never_free() {
    let bill = of(
        &[
            ("aws_rds_cluster_instance.i", json!({"engine": "aurora-postgresql", "instance_class": "db.x9.large"})),
            ("aws_instance.web", json!({"instance_type": "t3.micro"})),
            ("aws_iam_role.r", json!({})),
            ("aws_s3_bucket.b", json!({})),
        ],
        "",
    );
    let text = gaps(&bill);
    assert!(text.contains("db.x9.large: aws_rds_cluster_instance.i"), "{text}");
    assert!(text.contains("aws_instance has no price here: aws_instance.web"), "{text}");
    assert!(text.contains("no usage says `storage_gb` of aws_s3_bucket"), "{text}");
    assert!(!text.contains("aws_iam_role"), "{text}");
    assert_eq!(bill.cents(), 0);
}

#[test]
fn a_region_without_prices_is_named() {
    let bill = of(&[("aws_kms_key.k", json!({"region": "eu-west-1"}))], "");
    assert!(gaps(&bill).contains("KMS: keys in eu-west-1: aws_kms_key.k"), "{}", gaps(&bill));
}

#[test]
fn usage_is_counted_where_the_file_says_so() {
    let usage = "[[usage]]\ntype = \"aws_lambda_function\"\naddress = \"aws_lambda_function.f\"\nrequests = 1_000_000\nseconds = 2\n";
    let function = json!({"function_name": "f", "memory_size": 512, "architectures": ["arm64"]});
    let bill = of(&[("aws_lambda_function.f", function)], usage);
    assert_eq!(item(&bill, "requests"), Some((20, Basis::Usage)));
    assert_eq!(item(&bill, "time of functions, arm64"), Some((1_333, Basis::Usage)));
}

#[test]
fn a_health_check_is_charged_with_its_options() {
    let check = |fqdn: &str| json!({"type": "HTTPS", "request_interval": 10, "fqdn": fqdn, "failure_threshold": 3});
    let inside = of(&[("aws_route53_health_check.c", check("x.execute-api.us-east-1.amazonaws.com"))], "");
    assert_eq!(inside.cents(), 250);
    let outside = of(&[("aws_route53_health_check.c", check("example.com"))], "");
    assert_eq!(outside.cents(), 475);
    assert_eq!(inside.lines[0].region, "global");
}

#[test]
fn an_alarm_is_charged_by_its_metrics() {
    let query = json!([{"id": "a", "metric": [{"period": 60}]}, {"id": "b", "metric": [{"period": 60}]}, {"id": "c", "metric": []}]);
    let bill = of(
        &[
            ("aws_cloudwatch_metric_alarm.one", json!({"period": 60})),
            ("aws_cloudwatch_metric_alarm.two", json!({"metric_query": query})),
            ("aws_cloudwatch_metric_alarm.fast", json!({"period": 10})),
        ],
        "",
    );
    assert_eq!(item(&bill, "metrics of alarms"), Some((30, Basis::Configuration)));
    assert_eq!(item(&bill, "metrics of alarms below a minute"), Some((30, Basis::Configuration)));
}

#[test]
fn a_budget_is_the_lowest_monthly_one_in_usd() {
    let budget = |amount: &str, unit: &str, time: &str| json!({"budget_type": "COST", "time_unit": time, "limit_unit": unit, "limit_amount": amount});
    let model = model(&[
        ("aws_budgets_budget.a", budget("5000", "USD", "MONTHLY")),
        ("aws_budgets_budget.b", budget("700.5", "USD", "MONTHLY")),
        ("aws_budgets_budget.c", budget("1", "EUR", "MONTHLY")),
        ("aws_budgets_budget.d", budget("1", "USD", "QUARTERLY")),
    ]);
    assert_eq!(Budget::of(&model), Budget::Limit { cents: 70_050, address: "aws_budgets_budget.b".to_owned() });
    assert_eq!(Budget::of(&Model::default()), Budget::None);
}

#[test]
fn a_budget_that_cannot_be_compared_with_a_month_in_usd_is_named() {
    let budget = |amount: serde_json::Value, unit: &str, time: &str| json!({"budget_type": "COST", "time_unit": time, "limit_unit": unit, "limit_amount": amount});
    for (values, reason) in [
        (budget(json!("100"), "EUR", "MONTHLY"), "EUR"),
        (budget(json!("100"), "USD", "ANNUALLY"), "ANNUALLY"),
        (budget(json!(null), "USD", "MONTHLY"), "limit_amount"),
    ] {
        match Budget::of(&model(&[("aws_budgets_budget.b", values)])) {
            Budget::Unknown(found) => {
                assert!(found.contains("aws_budgets_budget.b") && found.contains(reason), "{found}");
            }
            other => unreachable!("{other:?}"),
        }
    }
    let usage = json!({"budget_type": "USAGE", "time_unit": "MONTHLY", "limit_unit": "GB", "limit_amount": "100"});
    assert_eq!(Budget::of(&model(&[("aws_budgets_budget.b", usage)])), Budget::None);
}

#[test]
fn a_replica_is_charged_where_it_is() {
    let secret = json!({"name": "s", "replica": [{"region": "us-east-2"}, {"region": "eu-west-1"}]});
    let bill = of(&[("aws_secretsmanager_secret.s", secret)], "");
    let regions: Vec<_> = bill
        .lines
        .iter()
        .filter(|line| line.price.item == "secrets and replicas")
        .map(|line| (line.region.as_str(), line.cents))
        .collect();
    assert_eq!(regions, [("us-east-1", 40), ("us-east-2", 40)]);
    assert!(
        gaps(&bill).contains("Secrets Manager: secrets and replicas in eu-west-1: aws_secretsmanager_secret.s"),
        "{}",
        gaps(&bill)
    );
}

#[test]
fn alternatives_say_what_they_save() {
    let cluster = json!({"cluster_identifier": "c", "engine": "aurora-postgresql"});
    let instance = json!({"cluster_identifier": "c", "engine": "aurora-postgresql", "instance_class": "db.r5.large"});
    let model = model(&[
        ("aws_rds_cluster.c", cluster),
        ("aws_rds_cluster_instance.i", instance.clone()),
        ("aws_rds_cluster_instance.j", instance),
    ]);
    let found: Vec<_> = alternatives(&model).into_iter().map(|it| (it.saves_cents, it.addresses.len())).collect();
    assert_eq!(found, [(21_170, 1), (4_380, 2)]);
}

#[test]
fn two_bills_differ_by_what_one_has_more() {
    let one = of(&[("aws_kms_key.a", json!({}))], "");
    let other = of(&[("aws_kms_key.a", json!({})), ("aws_kms_key.b", json!({}))], "");
    let differences = compare(&one, &other);
    assert_eq!(differences.len(), 2, "{differences:?}");
    assert_eq!(differences[0].cents, [100, 200]);
    assert!(compare(&one, &one).is_empty());
}

#[test]
fn what_was_taken_for_free_or_for_something_else_is_named() {
    let bus = json!({"event_bus_name": "orders"});
    let stack = |kind: &str| json!({"template_body": json!({"Resources": {"a": {"Type": kind}}}).to_string()});
    let table = json!({"name": "t", "billing_mode": "PAY_PER_REQUEST", "table_class": "STANDARD_INFREQUENT_ACCESS"});
    let bill = of(
        &[
            ("aws_cloudwatch_event_rule.own", bus),
            ("aws_cloudwatch_event_rule.default", json!({})),
            ("aws_cloudformation_stack.made", stack("AWS::EC2::Instance")),
            ("aws_cloudformation_stack.experiment", stack("AWS::FIS::ExperimentTemplate")),
            ("aws_dynamodb_table.t", table),
        ],
        "",
    );
    assert_eq!(bill.lines.len(), 0, "{bill:?}");
    let text = gaps(&bill);
    for gap in [
        "on a bus of one's own: aws_cloudwatch_event_rule.own\n",
        "of a stack makes is not read: aws_cloudformation_stack.made\n",
        "of the class STANDARD_INFREQUENT_ACCESS: aws_dynamodb_table.t\n",
    ] {
        assert!(text.contains(gap), "{text}");
    }
}

#[test]
fn what_answers_dns_is_priced_or_named() {
    let record = |values: serde_json::Value| {
        let mut all = json!({"zone_id": "Z1", "name": "a.example.com", "type": "A"});
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        all
    };
    let alias =
        |name: &str| record(json!({"alias": [{"name": name, "zone_id": "Z2", "evaluate_target_health": false}]}));
    let records = [
        ("aws_route53_record.plain", record(json!({"ttl": 60, "records": ["192.0.2.1"]}))),
        (
            "aws_route53_record.near",
            record(json!({"ttl": 60, "latency_routing_policy": [{"region": "us-east-1"}], "records": ["192.0.2.1"]})),
        ),
        ("aws_route53_record.balanced", alias("dualstack.web-1.us-east-1.elb.amazonaws.com")),
        ("aws_route53_record.cdn", alias("d1.cloudfront.net")),
        ("aws_route53_record.other", alias("b.example.com")),
    ];
    let bill_of = of(&records, "");
    let text = gaps(&bill_of);
    assert!(text.contains("no usage says `queries` of aws_route53_record: aws_route53_record.plain aws_route53_record.near aws_route53_record.other\n"), "{text}");
    assert!(!text.contains("balanced") && !text.contains("cdn"), "{text}");
    let usage = "[[usage]]\ntype = \"aws_route53_record\"\nqueries = 2_000_000\n";
    let priced = of(&records, usage);
    // Three are asked and charged: two at 0.40 and one at 0.60 for a million.
    assert_eq!(item(&priced, "queries"), Some((160, Basis::Usage)), "{:?}", priced.lines);
    assert_eq!(item(&priced, "queries with latency routing"), Some((120, Basis::Usage)), "{:?}", priced.lines);
}

#[test]
fn what_else_is_charged_by_route_53_is_named() {
    let bill = of(
        &[
            ("aws_route53_query_log.q", json!({"zone_id": "Z1"})),
            ("aws_route53_traffic_policy_instance.t", json!({"name": "a"})),
            ("aws_route53_resolver_endpoint.r", json!({"direction": "INBOUND"})),
            ("aws_route53recoverycontrolconfig_cluster.c", json!({"name": "c"})),
            ("aws_route53_health_check.calculated", json!({"type": "CALCULATED", "child_health_threshold": 1})),
            ("aws_route53_health_check.off", json!({"type": "HTTPS", "fqdn": "example.com", "disabled": true})),
        ],
        "",
    );
    let text = gaps(&bill);
    for address in [
        "aws_route53_traffic_policy_instance.t",
        "aws_route53_resolver_endpoint.r",
        "aws_route53recoverycontrolconfig_cluster.c",
    ] {
        assert!(text.contains(address), "{address}: {text}");
    }
    // A disabled check is charged like any other.
    assert_eq!(bill.cents(), 50 + 75 + 200, "{:?}", bill.lines);
}

#[test]
fn transfer_between_regions_without_a_price_is_named() {
    let connection = |region: &str| json!({"vpc_id": "v", "peer_vpc_id": "w", "peer_region": region});
    let usage = "[[usage]]\ntype = \"aws_vpc_peering_connection\"\ntransfer_gb = 10\n";
    let near = of(&[("aws_vpc_peering_connection.p", connection("us-east-1"))], usage);
    assert!(near.lines.is_empty() && near.gaps.is_empty(), "{near:?}");
    let priced = of(&[("aws_vpc_peering_connection.p", connection("us-east-2"))], usage);
    assert_eq!(priced.cents(), 10, "{:?}", priced.lines);
    let far = of(&[("aws_vpc_peering_connection.p", connection("eu-west-1"))], usage);
    assert!(far.lines.is_empty(), "0.01 USD is the price between us-east-1 and us-east-2 only: {:?}", far.lines);
    assert!(gaps(&far).contains("eu-west-1: aws_vpc_peering_connection.p"), "{}", gaps(&far));
}
