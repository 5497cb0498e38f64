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
    assert_eq!(finished.stdout(), "0 added, 0 changed, 0 moved, 0 destroyed; no data is lost\n");
}

#[test]
fn other_regions_lose_the_data() {
    let [old, new] = ["", "--dr-region us-west-2"].map(|flags| dr_synth(flags).succeed().stdout());
    let finished =
        dr_synth("diff old.tf.json new.tf.json").file("old.tf.json", &old).file("new.tf.json", &new).finish();
    assert_eq!(finished.status(), 1, "{}", finished.stderr());
    let text = finished.stdout();
    assert!(text.contains("! aws_rds_cluster.dr_database may lose the databases in it"), "{text}");
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

    1 added, 0 changed, 0 moved, 1 destroyed; 1 of them loses data or may
    ");
    let moved = r#"{"moved": [{"from": "aws_s3_bucket.receipts", "to": "aws_s3_bucket.copies"}]}"#;
    let run = dr_synth("diff old new").file("old/a.tf.json", BUCKET).file("new/a.tf.json", &renamed);
    insta::assert_snapshot!(run.file("new/moved.tf.json", moved).succeed().stdout(), @r"
    > aws_s3_bucket.receipts -> aws_s3_bucket.copies

    0 added, 0 changed, 1 moved, 0 destroyed; no data is lost
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
    let change = &finished.document()["changes"][0];
    assert_eq!(change["address"], "aws_s3_bucket.receipts");
    assert_eq!(change["action"], "changed");
    assert_eq!(change["arguments"][0]["effect"], "replaces");
    assert_eq!(change["dangers"][0]["certain"], true);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let finished = dr_synth("diff a a").file("a/main.tf.json", BUCKET).file("a/other.tf", "locals {}").succeed();
    insta::assert_snapshot!(finished.stderr(), @"note: a/other.tf: only Terraform JSON is compared");
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
    insta::assert_snapshot!(dr_synth("diff a a").file("a/main.tf", "").refuse(), @r"
    error: there is no configuration here
    --> a
     = why: the folder has *.tf only, and this reads Terraform JSON: *.tf.json
    ");
    dr_synth("diff a").refuse();
    dr_synth("diff a a --format yaml").refuse();
    dr_synth("diff a a").prepare(|folder| fs::create_dir(folder.join("a")).unwrap()).refuse();
}
