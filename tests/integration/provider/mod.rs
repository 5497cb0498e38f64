//! Configurations for versions of the AWS provider: each is held to the types of the version that it asks for.

use serde_json::{Value, json};

use crate::common::dr_synth;

/// A configuration with what provider 6 has: the `region` of objects, new types, arguments and attributes.
const SIX: &str = include_str!("six.tf");

/// A document that requires these versions of the provider.
fn document(version: &str, blocks: &Value) -> String {
    let mut document = json!({
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}},
        "provider": {"aws": {"region": "us-east-1"}},
    });
    let Value::Object(blocks) = blocks else { panic!("{blocks}") };
    document.as_object_mut().unwrap().extend(blocks.clone());
    document.to_string()
}

/// The rules that a document breaks, with the fields.
fn refused(document: &str) -> Vec<String> {
    let run = dr_synth("check --rules language --format json").file("main.tf.json", document).finish();
    let findings = run.document()["findings"].as_array().unwrap().clone();
    findings.iter().map(|finding| format!("{} {}", finding["rule"].as_str().unwrap(), finding["message"])).collect()
}

#[test]
fn what_provider_6_takes_is_not_refused() {
    let run = dr_synth("check --rules language").file("main.tf", SIX).finish();
    assert_eq!((run.status(), run.stdout()), (0, String::new()));
}

#[test]
fn each_thing_is_right_with_one_version_and_wrong_with_the_other() {
    let only_six = [
        json!({"resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16", "region": "us-west-2"}}}}),
        json!({"resource": {"aws_s3_bucket": {"a": {"bucket": "orders-of-a", "region": "us-west-2"}}}}),
        json!({"data": {"aws_vpc": {"a": {"default": true, "region": "us-west-2"}}}}),
        json!({"data": {"aws_region": {"a": {}}}, "output": {"a": {"value": "${data.aws_region.a.region}"}}}),
        json!({"resource": {"aws_route53_zone": {"a": {"name": "example.com", "enable_accelerated_recovery": true}}}}),
        json!({"resource": {"aws_batch_compute_environment": {"a": {"name": "a", "type": "UNMANAGED"}}}}),
        json!({"resource": {"aws_s3_bucket": {"a": {}}}, "output": {"a": {"value": "${aws_s3_bucket.a.bucket_region}"}}}),
        json!({"ephemeral": {"aws_ecr_authorization_token": {"a": {}}}}),
        json!({"output": {"a": {"value": "${provider::aws::user_agent(\"a\", \"1\", \"b\")}"}}}),
    ];
    let only_five = [
        json!({"resource": {"aws_simpledb_domain": {"a": {"name": "a"}}}}),
        json!({"resource": {"aws_batch_compute_environment": {"a": {"compute_environment_name": "a", "type": "UNMANAGED"}}}}),
        json!({"data": {"aws_redshift_service_account": {"a": {}}}}),
    ];
    for (all, right, wrong) in [(only_six.as_slice(), "~> 6.0", "~> 5.100"), (&only_five, "~> 5.100", "~> 6.0")] {
        for blocks in all {
            assert_eq!(refused(&document(right, blocks)), [""; 0], "{right}: {blocks}");
            assert_ne!(refused(&document(wrong, blocks)), [""; 0], "{wrong}: {blocks}");
            // A configuration that admits both is right if it is right with one.
            assert_eq!(refused(&document(">= 5.0", blocks)), [""; 0], "{blocks}");
        }
    }
}

#[test]
fn what_is_wrong_with_both_is_told_once() {
    let blocks = json!({"resource": {"aws_vpc": {"a": {"cidr_blok": "10.0.0.0/16"}}}});
    for version in ["~> 5.0", "~> 6.0", ">= 5.0"] {
        assert_eq!(refused(&document(version, &blocks)).len(), 1, "{version}");
    }
}

#[test]
fn the_stack_for_version_6_is_right_and_only_with_it() {
    for layout in ["", "--layout modules"] {
        let written = dr_synth(&format!("--provider 6 {layout} --out stack")).succeed();
        let run = dr_synth("check --rules language").argument(written.path().join("stack")).finish();
        assert_eq!((run.status(), run.stdout()), (0, String::new()), "{layout}");
    }
    let document = dr_synth("--provider 6").succeed().stdout();
    assert_eq!(refused(&document), [""; 0]);
    let document = document.replace(">= 6.66.0, < 7.0.0", "~> 5.100");
    assert_eq!(refused(&document).len(), 1, "only accelerated recovery needs version 6");
}

#[test]
fn a_lock_file_decides() {
    let blocks = json!({"resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16", "region": "us-west-2"}}}});
    let status = |locked: &str| {
        let lock = format!("provider \"registry.terraform.io/hashicorp/aws\" {{\n  version = \"{locked}\"\n}}\n");
        let run = dr_synth("check --rules language").file("main.tf.json", &document(">= 5.0", &blocks));
        run.file(".terraform.lock.hcl", &lock).finish().status()
    };
    assert_eq!((status("6.2.0"), status("5.99.1")), (0, 1));
}

#[test]
fn the_constraints_of_all_modules_hold_together() {
    let called = document("~> 5.0", &json!({}));
    let root = json!({"module": {"inner": {"source": "./inner"}},
        "resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16", "region": "us-west-2"}}}});
    let run = dr_synth("check --rules language").file("main.tf.json", &document(">= 5.0", &root));
    assert_eq!(run.file("inner/main.tf.json", &called).finish().status(), 1);
}

#[test]
fn an_object_is_in_the_region_that_it_names() {
    let run = dr_synth("graph --format json --detail").file("main.tf", SIX).succeed();
    let document = run.document();
    let boxes = document["boxes"].as_array().unwrap();
    let regions: Vec<_> = boxes.iter().filter(|it| it.to_string().contains("orders")).map(|it| &it["region"]).collect();
    assert!(!regions.is_empty() && regions.iter().all(|it| *it != "us-east-1"), "{document:#}");
    let arn = dr_synth("evaluate . aws_vpc.west.region").file("main.tf", SIX).succeed().stdout();
    assert_eq!(arn.trim(), "\"us-west-2\"");
}

#[test]
fn a_copy_is_elsewhere_where_its_region_says_so() {
    let table = |replica: &str| {
        let blocks = json!({"resource": {"aws_dynamodb_table": {"a": {
            "name": "a", "hash_key": "id", "region": "us-west-2", "attribute": [{"name": "id", "type": "S"}],
            "replica": [{"region_name": replica}],
        }}}});
        let run = dr_synth("check --format json").file("main.tf.json", &document("~> 6.0", &blocks)).finish();
        let cells = run.document()["coverage"].as_array().unwrap().clone();
        cells.iter().find(|cell| cell["scenario"] == "region").unwrap()["verdict"].clone()
    };
    assert_eq!((table("us-west-2"), table("us-east-1")), (json!("loses"), json!("survives")));
}

/// What becomes of a table by a change of its own region and its provider's.
fn moved(old: (Option<&str>, &str), new: (Option<&str>, &str)) -> Value {
    let side = |(own, of_provider): (Option<&str>, &str)| {
        json!({
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 6.0"}}},
            "provider": {"aws": {"region": of_provider}},
            "resource": {"aws_dynamodb_table": {"a": {
                "name": "a", "hash_key": "id", "region": own, "attribute": [{"name": "id", "type": "S"}],
            }}},
        })
    };
    let run = dr_synth("diff old new --format json").file("old/main.tf.json", &side(old).to_string());
    run.file("new/main.tf.json", &side(new).to_string()).finish().document()
}

#[test]
fn an_object_that_changes_its_region_is_made_again() {
    for (old, new) in [
        ((None, "us-east-1"), (Some("us-west-2"), "us-east-1")),
        ((Some("us-west-2"), "us-east-1"), (None, "us-east-1")),
        ((Some("us-west-2"), "us-east-1"), (Some("eu-west-1"), "us-east-1")),
    ] {
        let document = moved(old, new);
        assert_eq!(document["verdict"], "lost", "{document:#}");
        let argument = &document["changes"][0]["arguments"][0];
        assert_eq!((&argument["path"], &argument["effect"]), (&json!("region"), &json!("replaces")), "{document:#}");
    }
}

#[test]
fn an_object_that_names_the_region_in_which_it_is_does_not_change() {
    for (old, new) in [
        ((None, "us-east-1"), (Some("us-east-1"), "us-east-1")),
        ((Some("us-west-2"), "us-east-1"), (None, "us-west-2")),
        ((Some("us-west-2"), "us-east-1"), (Some("us-west-2"), "eu-west-1")),
    ] {
        let changes = moved(old, new)["changes"].clone();
        let of_table = changes.as_array().unwrap().iter().find(|it| it["address"] == "aws_dynamodb_table.a");
        assert_eq!(of_table, None, "{old:?} {new:?}");
    }
}
