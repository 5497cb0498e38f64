//! `dr-synth settings`: where a document comes from.

use crate::common::dr_synth;

#[test]
fn settings_make_the_document_that_they_come_from() {
    let flags = "--environment-suffix blue --disable waf --enable config --backend s3:state/x.tfstate@us-west-2";
    let document = dr_synth(flags).succeed().stdout();
    let settings = dr_synth("settings blue.tf.json").file("blue.tf.json", &document).succeed();
    assert_eq!(settings.stderr(), "");
    assert_eq!(dr_synth("").settings(&settings.stdout()).succeed().stdout(), document);
}

#[test]
fn the_document_of_the_folder_is_the_default() {
    let document = dr_synth("").succeed().stdout();
    insta::assert_snapshot!(dr_synth("settings").file("main.tf.json", &document).succeed().stdout(), @r#"
    service_name = "payments"
    environment_suffix = "dev"
    layout = "single"
    dialect = "terraform"
    provider = "5"

    [regions]
    primary = "us-east-1"
    dr = "us-east-2"

    [network]
    availability_zones = 2
    primary_cidr = "10.0.0.0/16"
    dr_cidr = "10.1.0.0/16"
    existing = false
    # endpoints = "own"

    [existing]
    permissions_boundary = false
    keys = false
    topics = false
    web_acl = false
    log_archive = false

    [database]
    existing = false

    [workload]
    kind = "lambda"
    package = "zip"

    [api]
    authorization = "NONE"

    [failover]
    mode = "automatic"
    approval_minutes = 15

    [objectives]
    rto = 300
    rpo = 60

    [protection]
    prevent_destroy = false

    [features]
    # peering = true
    waf = true
    dnssec = true
    xray = true
    xray_encryption = false
    # flow_logs = true
    access_logs = true
    database_insights = true
    dashboard = true
    experiments = true
    backup = true
    budget = true
    config = false
    stacksets = false
    "#);
}

#[test]
fn what_is_no_document_of_dr_synth() {
    insta::assert_snapshot!(dr_synth("settings").refuse(), @r"
    error: cannot read the document: No such file or directory (os error 2)
    --> ./main.tf.json
     = fix: name a document of dr-synth, or the folder of its main.tf.json or main.tofu.json
    ");
    insta::assert_snapshot!(dr_synth("settings a.json").file("a.json", "{}").refuse(), @r#"
    error: dr-synth did not write this document
    --> a.json
     = why: its comment "//" does not say so
     = fix: name a document of dr-synth, or the folder of its main.tf.json or main.tofu.json
    "#);
    insta::assert_snapshot!(dr_synth("settings a.json").file("a.json", "nonsense").refuse(), @r"
    error: not a document of dr-synth: expected ident at line 1 column 2
    --> a.json
     = fix: name a document of dr-synth, or the folder of its main.tf.json or main.tofu.json
    ");
    let old = "{\"//\": \"Written by dr-synth 0.1.0, settings ce91638aef0b\"}";
    insta::assert_snapshot!(dr_synth("settings a.json").file("a.json", old).refuse(), @r"
    error: the settings of the document are not known
    --> a.json
     = why: its comment has a digest only, as documents of earlier versions had
     = fix: write the document again with this version, from the settings that you know
    ");
}

#[test]
fn an_edited_comment_is_told() {
    let document = dr_synth("--environment-suffix blue").succeed().stdout().replacen("\\\"blue", "\\\"green", 1);
    let settings = dr_synth("settings a.json").file("a.json", &document).succeed();
    assert!(settings.stderr().contains("the comment was edited"), "{}", settings.stderr());
}

#[test]
fn settings_of_an_existing_network_are_read_back_without_what_belongs_to_its_owner() {
    for flags in ["--existing-network", "--existing-network --enable peering"] {
        let document = dr_synth(flags).succeed().stdout();
        let settings = dr_synth("settings").file("main.tf.json", &document).succeed().stdout();
        assert!(settings.contains("existing = true\n# endpoints = \"existing\"\n"), "{settings}");
        let peering = if flags.contains("peering") { "\npeering = true\n" } else { "\n# peering = false\n" };
        assert!(settings.contains(peering), "{settings}");
        assert_eq!(dr_synth("").settings(&settings).succeed().stdout(), document);
    }
}
