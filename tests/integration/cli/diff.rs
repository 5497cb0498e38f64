//! What one configuration does to another.

use std::fs;

use crate::common::dr_synth;

const BUCKET: &str = r#"{"resource": {"aws_s3_bucket": {"receipts": {"bucket": "a"}}}}"#;

#[test]
fn the_same_document_is_no_change() {
    let document = dr_synth("").succeed().stdout();
    let finished = dr_synth("diff old.tf.json new.tf.json")
        .file("old.tf.json", &document)
        .file("new.tf.json", &document)
        .succeed();
    assert_eq!(finished.stdout(), "0 added, 0 changed, 0 moved, 0 destroyed; nothing that is known of is lost\n");
}

#[test]
fn other_regions_lose_the_data() {
    let [old, new] = ["", "--dr-region us-west-2"].map(|flags| dr_synth(flags).succeed().stdout());
    let finished =
        dr_synth("diff old.tf.json new.tf.json").file("old.tf.json", &old).file("new.tf.json", &new).finish();
    assert_eq!(finished.status(), 1, "{}", finished.stderr());
    let text = finished.stdout();
    assert!(text.contains("! aws_rds_cluster.dr_database loses the databases in it"), "{text}");
    assert!(text.contains("loses the copy of the secret in us-east-2: `replica` no longer names it"), "{text}");
    assert!(!text.contains("! aws_rds_cluster.primary_database"), "{text}");
}

#[test]
fn a_renamed_object_is_destroyed_and_a_moved_one_is_not() {
    let renamed = BUCKET.replace("receipts", "copies");
    let finished = dr_synth("diff old new").file("old/a.tf.json", BUCKET).file("new/a.tf.json", &renamed).finish();
    assert_eq!(finished.status(), 1);
    insta::assert_snapshot!(finished.stdout(), @r"
    + aws_s3_bucket.copies
    - aws_s3_bucket.receipts

    ! aws_s3_bucket.receipts loses the objects in it: it is no longer in the configuration, and no `moved` block says where it went

    1 added, 0 changed, 0 moved, 1 destroyed; 1 loses data
    ");
    let moved = r#"{"moved": [{"from": "aws_s3_bucket.receipts", "to": "aws_s3_bucket.copies"}]}"#;
    let run = dr_synth("diff old new").file("old/a.tf.json", BUCKET).file("new/a.tf.json", &renamed);
    insta::assert_snapshot!(run.file("new/moved.tf.json", moved).succeed().stdout(), @r"
    > aws_s3_bucket.receipts -> aws_s3_bucket.copies

    0 added, 0 changed, 1 moved, 0 destroyed; nothing that is known of is lost
    ");
}

#[test]
fn programs_read_json() {
    let renamed = BUCKET.replace("\"a\"", "\"b\"");
    let finished = dr_synth("diff old.tf.json new.tf.json --format json")
        .file("old.tf.json", BUCKET)
        .file("new.tf.json", &renamed)
        .finish();
    assert_eq!(finished.status(), 1);
    let document = finished.document();
    assert_eq!((&document["version"], &document["verdict"]), (&1.into(), &"lost".into()));
    let change = &document["changes"][0];
    assert_eq!(change["address"], "aws_s3_bucket.receipts");
    assert_eq!(change["action"], "changed");
    assert_eq!(change["arguments"][0]["effect"], "replaces");
    assert_eq!(change["dangers"][0]["certain"], true);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let finished = dr_synth("diff a a").file("a/main.tf.json", BUCKET).file("a/other.tofu.json", "{}").succeed();
    insta::assert_snapshot!(finished.stdout(), @r"
    ? a/other.tofu.json: OpenTofu reads it, Terraform does not, and neither does this

    0 added, 0 changed, 0 moved, 0 destroyed; nothing that is known of is lost
    ");
}

#[test]
fn guards_that_go_down_are_a_class_of_their_own() {
    let text = |retention: u32, protection: bool, lifecycle: &str| {
        format!(
            r#"{{"resource": {{"aws_rds_cluster": {{"c": {{"engine": "aurora-postgresql", "deletion_protection": {protection},
            "backup_retention_period": {retention}{lifecycle}}}}}}}}}"#
        )
    };
    let finished = dr_synth("diff old.tf.json new.tf.json --format json")
        .file("old.tf.json", &text(35, true, r#", "lifecycle": {"prevent_destroy": true}"#))
        .file("new.tf.json", &text(1, false, ""))
        .succeed();
    let document = finished.document();
    assert_eq!(document["verdict"], "no_loss_known");
    let guards = document["changes"][0]["guards"].as_array().unwrap();
    let paths: Vec<_> = guards.iter().map(|guard| guard["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["backup_retention_period", "deletion_protection", "lifecycle.prevent_destroy"]);
}

#[test]
fn variables_take_the_values_that_are_given() {
    let text = r#"{"variable": {"n": {"type": "number", "default": 2}},
        "resource": {"aws_sqs_queue": {"q": {"count": "${var.n}", "name": "q-${count.index}"}}}}"#;
    let run = |arguments: &str, values: &str| {
        let run = dr_synth(arguments).file("old/a.tf.json", text).file("new/a.tf.json", &text.replace("2}", "1}"));
        run.file("new/terraform.tfvars.json", values).finish()
    };
    assert_eq!(run("diff old new", "{}").status(), 1, "the default shrinks");
    assert_eq!(run("diff old new --var n=2", "{}").status(), 0);
    assert_eq!(run("diff old new", r#"{"n": 3}"#).status(), 0);
    assert_eq!(run("diff old new --var m=2", "{}").status(), 2);
}

#[test]
fn bad_input_is_named() {
    insta::assert_snapshot!(dr_synth("diff a.tf.json b.tf.json").refuse(), @r"
    error: cannot read the configuration: No such file or directory (os error 2)
    --> a.tf.json
    ");
    let broken = r#"{"resource": {"aws_vpc": {"a": {"cidr_block": "${var."}}}}"#;
    insta::assert_snapshot!(dr_synth("diff a a").file("a/main.tf.json", broken).refuse(), @r"
    error: an attribute's name is missing, but the text ends here; expected a name
             ${var.
                   ^
    --> a/main.tf.json
    ::: aws_vpc.a: cidr_block
    ");
    insta::assert_snapshot!(dr_synth("diff a a").file("a/main.txt", "").refuse(), @r"
    error: there is no configuration here
    --> a
     = why: the folder has neither *.tf nor *.tf.json
     = fix: name the folder of a root module, or a file
    ");
    dr_synth("diff a").refuse();
    dr_synth("diff a a --format yaml").refuse();
    dr_synth("diff a a").prepare(|folder| fs::create_dir(folder.join("a")).unwrap()).refuse();
}
