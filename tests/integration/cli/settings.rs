//! Choices by flags and environment.

use dr_synth::settings::Feature;

use crate::common::dr_synth;

#[test]
fn unknown_region() {
    insta::assert_snapshot!(dr_synth("--primary-region us-esat-1").refuse(), @r"
    error: unknown region `us-esat-1`
    --> --primary-region
     = nearest: `us-east-1`, `us-west-1`, `us-east-2`
    ");
    insta::assert_snapshot!(dr_synth("--dr-region mars").refuse(), @r"
    error: unknown region `mars`
    --> --dr-region
     = fix: choose one of af-south-1, ap-east-1, ap-northeast-1, ap-northeast-2, ap-northeast-3,
            ap-south-1, ap-south-2, ap-southeast-1, ap-southeast-2, ap-southeast-3, ap-southeast-4,
            ap-southeast-5, ap-southeast-7, ca-central-1, ca-west-1, eu-central-1, eu-central-2,
            eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3, il-central-1,
            me-central-1, me-south-1, mx-central-1, sa-east-1, us-east-1, us-east-2, us-west-1,
            us-west-2
    ");
}

#[test]
fn another_partition() {
    insta::assert_snapshot!(dr_synth("--primary-region us-gov-west-1").refuse(), @r"
    error: region `us-gov-west-1` is in AWS GovCloud (US), which is not supported yet
    --> --primary-region
     = why: other partitions have other ARNs and endpoints; the stack is written for the partition
            `aws`
     = fix: choose a commercial region
    ");
}

#[test]
fn same_region_twice() {
    insta::assert_snapshot!(dr_synth("--primary-region eu-west-1 --dr-region eu-west-1").refuse(), @r"
    error: primary region eu-west-1 and DR region eu-west-1 are the same
    --> --dr-region
    ::: --primary-region
     = why: a standby in the same region is lost together with the primary
     = fix: choose two different regions
    ");
    insta::assert_snapshot!(dr_synth("--primary-region us-east-2").refuse(), @r"
    error: primary region us-east-2 and DR region us-east-2 (the default) are the same
    --> --primary-region
     = why: a standby in the same region is lost together with the primary
     = fix: choose two different regions
    ");
}

#[test]
fn illegal_suffix() {
    insta::assert_snapshot!(dr_synth("--environment-suffix Prod_EU").refuse(), @r"
    error: environment suffix `Prod_EU` contains `P`
    --> --environment-suffix
     = why: names of S3 buckets end in it, and those take only lower-case letters, digits and hyphens
     = fix: use lower-case letters, digits and single hyphens, a letter first, at most 12 characters
     = nearest: `prod-eu`
    ");
    insta::assert_snapshot!(dr_synth("").variable("ENVIRONMENT_SUFFIX", "a--b").refuse(), @r"
    error: environment suffix `a--b` contains two hyphens in a row
    --> environment variable ENVIRONMENT_SUFFIX
     = why: names of Aurora clusters may not contain them
     = fix: use lower-case letters, digits and single hyphens, a letter first, at most 12 characters
     = nearest: `a-b`
    ");
    insta::assert_snapshot!(dr_synth("--environment-suffix").argument("").refuse(), @r"
    error: environment suffix `` is empty
    --> --environment-suffix
     = why: it distinguishes two stacks in one account
     = fix: use lower-case letters, digits and single hyphens, a letter first, at most 12 characters
    ");
}

#[test]
fn illegal_service_name() {
    insta::assert_snapshot!(dr_synth("--service-name Card_Gateway").refuse(), @r"
    error: service name `Card_Gateway` contains `C`
    --> --service-name
     = why: names of S3 buckets begin with it, and those take only lower-case letters, digits and
            hyphens
     = fix: use lower-case letters, digits and single hyphens, a letter first, 3 to 14 characters
     = nearest: `card-gateway`
    ");
    insta::assert_snapshot!(dr_synth("").variable("DR_SYNTH_SERVICE_NAME", "ssm-proxy").refuse(), @r"
    error: service name `ssm-proxy` begins with `ssm`
    --> environment variable DR_SYNTH_SERVICE_NAME
     = why: Systems Manager refuses parameters whose names begin with `ssm`
     = fix: begin with something other than `ssm`
    ");
    insta::assert_snapshot!(dr_synth("").settings("service_name = \"an-inventory-of-all\"").refuse(), @r#"
    error: service name `an-inventory-of-all` has 19 characters
     --> dr-synth.toml:1:16
      |
    1 | service_name = "an-inventory-of-all"
      |                ^^^^^^^^^^^^^^^^^^^^^
      |
      = why: names in AWS have limits (32 characters for an X-Ray sampling rule), and the service is
             part of them
      = fix: use lower-case letters, digits and single hyphens, a letter first, 3 to 14 characters
      = nearest: `an-inventory-o`
    "#);
}

#[test]
fn terminal_control_in_a_value_is_shown_and_not_obeyed() {
    let stderr = dr_synth("--environment-suffix").argument("a\u{1b}[2Jb\nc").refuse();
    assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
    assert!(stderr.contains(r"\u{1b}"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text() {
    use std::os::unix::ffi::OsStrExt;
    let stderr = dr_synth("").variable("ENVIRONMENT_SUFFIX", std::ffi::OsStr::from_bytes(b"a\xff")).refuse();
    assert!(stderr.contains("environment variable ENVIRONMENT_SUFFIX"), "{stderr}");
}

#[test]
fn a_variable_that_is_not_used_is_not_checked() {
    dr_synth("--environment-suffix qa").variable("ENVIRONMENT_SUFFIX", "Not Legal").succeed();
}

#[test]
fn availability_zones() {
    insta::assert_snapshot!(dr_synth("--availability-zones 4").refuse(), @r"
    error: 4 availability zones are not between 2 and 3
    --> --availability-zones
     = why: Aurora needs subnets in two zones, and each zone costs its own endpoints: more than three
            buy nothing
     = fix: choose 2 or 3
    ");
    insta::assert_snapshot!(dr_synth("--availability-zones -1").refuse(), @r"
    error: -1 availability zones are not between 2 and 3
    --> --availability-zones
     = why: Aurora needs subnets in two zones, and each zone costs its own endpoints: more than three
            buy nothing
     = fix: choose 2 or 3
    ");
    insta::assert_snapshot!(dr_synth("--availability-zones two").refuse(), @r"
    error: `two` is not a number of availability zones
    --> --availability-zones
     = fix: choose 2 or 3
    ");
    insta::assert_snapshot!(dr_synth("--availability-zones 3 --primary-region us-west-1").refuse(), @r"
    error: us-west-1 has only 2 availability zones, not 3
    --> --availability-zones
    ::: --primary-region
     = why: AWS shows some zones of this region to old accounts only
     = fix: choose 2 availability zones or another region
    ");
}

#[test]
fn api_authorization() {
    insta::assert_snapshot!(dr_synth("--api-authorization iam").refuse(), @r"
    error: unknown API authorization `iam`
    --> --api-authorization
     = fix: choose NONE, AWS_IAM or API_KEY
    ");
    insta::assert_snapshot!(dr_synth("--api-authorization aws-iam").refuse(), @r"
    error: unknown API authorization `aws-iam`
    --> --api-authorization
     = fix: choose NONE, AWS_IAM or API_KEY
     = nearest: `AWS_IAM`
    ");
    for way in ["NONE", "AWS_IAM", "API_KEY"] {
        dr_synth(&format!("--api-authorization {way}")).succeed();
    }
}

#[test]
fn layout() {
    insta::assert_snapshot!(dr_synth("--layout module --out .").refuse(), @r"
    error: unknown layout `module`
    --> --layout
     = fix: choose single or modules
     = nearest: `modules`
    ");
    assert_eq!(dr_synth("--layout single").succeed().stdout(), dr_synth("").succeed().stdout());
    insta::assert_snapshot!(dr_synth("--layout modules").refuse(), @r"
    error: the layout `modules` is several documents, and stdout takes one
    --> --layout
     = fix: name a folder with --out, or choose the layout `single`
    ");
    insta::assert_snapshot!(dr_synth("").settings("layout = 'modules'").refuse(), @r"
    error: the layout `modules` is several documents, and stdout takes one
     --> dr-synth.toml:1:10
      |
    1 | layout = 'modules'
      |          ^^^^^^^^^
      |
      = fix: name a folder with --out, or choose the layout `single`
    ");
    dr_synth("--layout single").settings("layout = 'modules'").succeed();
}

#[test]
fn failover_mode() {
    insta::assert_snapshot!(dr_synth("--failover-mode aprove").refuse(), @r"
    error: unknown failover mode `aprove`
    --> --failover-mode
     = fix: choose automatic, approve or manual
     = nearest: `approve`
    ");
    for mode in ["automatic", "approve", "manual"] {
        dr_synth(&format!("--failover-mode {mode}")).succeed();
    }
}

#[test]
fn the_mode_of_the_flag_wins_over_the_files() {
    let file = "[failover]\nmode = \"manual\"\n";
    let document = |arguments: &str| dr_synth(arguments).settings(file).succeed().stdout();
    assert_eq!(document("--failover-mode approve"), dr_synth("--failover-mode approve").succeed().stdout());
    assert_eq!(document(""), dr_synth("--failover-mode manual").succeed().stdout());
    assert_ne!(document(""), dr_synth("").succeed().stdout());
}

#[test]
fn features() {
    let all = Feature::ALL.map(Feature::name).join(", ");
    insta::assert_snapshot!(dr_synth("--enable x-ray").refuse().replace(&all, "(every feature)"), @r"
    error: unknown feature `x-ray`
    --> --enable
     = fix: choose from peering, waf, dnssec, xray, xray_encryption, flow_logs, access_logs,
            database_insights, dashboard, experiments, backup, budget, config, stacksets
     = nearest: `xray`
    ");
    insta::assert_snapshot!(dr_synth("--enable xray,dashboard --disable flow-logs --disable dashboard").refuse(), @r"
    error: feature `dashboard` is enabled and disabled at once
    --> --enable
    ::: --disable
     = fix: give one of the two flags only
    ");
    dr_synth("--enable xray --enable xray --disable flow-logs,dashboard").succeed();
}

#[test]
fn backends() {
    insta::assert_snapshot!(dr_synth("--backend gcs").refuse(), @r"
    error: `gcs` is not a complete gcs backend
    --> --backend
     = fix: write gcs:BUCKET[/PREFIX]
    ");
    insta::assert_snapshot!(dr_synth("--backend azure:rg/acme/tfstate/k").refuse(), @r"
    error: unknown backend `azure`
    --> --backend
     = fix: choose from local, s3, cloud, http, azurerm, gcs, none
     = nearest: `azurerm`
    ");
    insta::assert_snapshot!(dr_synth("--backend s3:payments-state/terraform.tfstate@us-east-1").refuse(), @r"
    error: the state bucket is in the primary region us-east-1 (the default)
    --> --backend
     = why: while that region is down nothing could be planned or applied, just when it matters most
     = fix: keep the state in the DR region or in a third region
    ");
    insta::assert_snapshot!(dr_synth("--backend s3:Payments_State/terraform.tfstate@us-west-2").refuse(), @r"
    error: `Payments_State` is not the name of an S3 bucket
    --> --backend
     = why: bucket names have 3 to 63 lower-case letters, digits, hyphens and single dots, and start
            and end with a letter or digit
     = fix: give one that has this form
    ");
}

#[test]
fn a_backend_reaches_the_document() {
    let document = dr_synth("--backend s3:payments-state/a/b.tfstate@us-west-2").succeed().document();
    assert_eq!(
        document["terraform"]["backend"]["s3"],
        serde_json::json!({
            "bucket": "payments-state", "encrypt": true, "key": "a/b.tfstate", "region": "us-west-2", "use_lockfile": true
        })
    );
    let document = dr_synth("--backend local:state/payments.tfstate").succeed().document();
    assert_eq!(document["terraform"]["backend"]["local"], serde_json::json!({ "path": "state/payments.tfstate" }));
    for flags in ["", "--backend none"] {
        let document = dr_synth(flags).succeed().document();
        assert_eq!(document["terraform"].get("backend"), None);
    }
}

#[test]
fn a_flag_takes_the_backend_of_the_file_away() {
    let settings = "[backend]\nkind = \"local\"\npath = \"x.tfstate\"\n";
    assert_eq!(dr_synth("--backend none").settings(settings).succeed().stdout(), dr_synth("").succeed().stdout());
}

#[test]
fn a_workspace_is_a_cloud_block() {
    let document = dr_synth("--backend cloud:acme/payments").succeed().document();
    let block = serde_json::json!({ "organization": "acme", "workspaces": { "name": "payments" } });
    assert_eq!(document["terraform"]["cloud"], block);
    assert_eq!(document["terraform"].get("backend"), None);
}

#[test]
fn only_the_root_of_the_modules_says_where_the_state_is() {
    let written = dr_synth("--backend cloud:acme/payments --layout modules --out .").succeed();
    let block = |path: &str| {
        let document: serde_json::Value = serde_json::from_str(&written.read(path)).unwrap();
        document["terraform"].get("cloud").is_some()
    };
    assert!(block("main.tf.json") && !block("modules/global/main.tf.json"));
}

#[test]
fn a_state_on_a_server_is_locked_where_it_is() {
    let document = dr_synth("--backend http:https://state.example.com/p").succeed().document();
    let address = "https://state.example.com/p";
    let block = serde_json::json!({ "address": address, "lock_address": address, "unlock_address": address });
    assert_eq!(document["terraform"]["backend"]["http"], block);
}

#[test]
fn all_errors_at_once() {
    let stderr = dr_synth("--primary-region mars --environment-suffix A --availability-zones 9")
        .settings("[regions]\nregion = 'us-east-1'\n")
        .refuse();
    assert_eq!(stderr.matches("error: ").count(), 4, "{stderr}");
}

#[test]
fn a_list_of_features_may_have_spaces() {
    let spaced = dr_synth("--disable").argument("waf, flow_logs ").succeed().stdout();
    assert_eq!(spaced, dr_synth("--disable waf,flow_logs").succeed().stdout());
}

#[test]
fn a_number_of_any_length_is_shown_as_it_was_written() {
    insta::assert_snapshot!(dr_synth("--availability-zones 99999999999999999999").refuse(), @r"
    error: 99999999999999999999 is out of range
    --> --availability-zones
     = why: Aurora needs subnets in two zones, and each zone costs its own endpoints: more than three
            buy nothing
     = fix: choose 2 or 3
    ");
    insta::assert_snapshot!(dr_synth("").settings("[network]\navailability_zones = 99999999999999999999").refuse(), @r"
    error: 99999999999999999999 is out of range
     --> dr-synth.toml:2:22
      |
    2 | availability_zones = 99999999999999999999
      |                      ^^^^^^^^^^^^^^^^^^^^
      |
      = why: Aurora needs subnets in two zones, and each zone costs its own endpoints: more than three
             buy nothing
      = fix: choose 2 or 3
    ");
}

#[test]
fn a_section_of_another_name() {
    for (section, meant) in [
        ("region", "regions"),
        ("feature", "features"),
        ("objective", "objectives"),
        ("primary", "`primary` is a key of the section `[regions]`"),
    ] {
        let stderr = dr_synth("").settings(&format!("[{section}]\n")).refuse();
        assert!(stderr.contains(&format!("unknown section `{section}`")) && stderr.contains(meant), "{stderr}");
        assert!(!stderr.contains("backend"), "{stderr}");
    }
}

#[test]
fn an_empty_name_is_called_empty() {
    for flag in ["--enable", "--layout", "--failover-mode"] {
        let stderr = dr_synth(flag).argument("").refuse();
        assert!(stderr.contains("is empty") && !stderr.contains("``"), "{flag}: {stderr}");
    }
}

#[cfg(unix)]
#[test]
fn a_settings_file_that_is_a_link_to_nothing() {
    let run =
        dr_synth("").prepare(|folder| std::os::unix::fs::symlink("nowhere", folder.join("dr-synth.toml")).unwrap());
    insta::assert_snapshot!(run.finish().stderr(), @r"
    error: the settings file is a link to nothing
    --> dr-synth.toml
     = fix: remove the link, or make what it leads to
    ");
}

#[test]
fn a_settings_file_beside_the_output_is_told() {
    let finished = dr_synth("--out infra").file("infra/dr-synth.toml", "environment_suffix = 'blue'").succeed();
    assert!(finished.stderr().contains("note: infra/dr-synth.toml was not read"), "{}", finished.stderr());
    let finished = dr_synth("--out infra --config infra/dr-synth.toml").file("infra/dr-synth.toml", "").succeed();
    assert!(!finished.stderr().contains("was not read"), "{}", finished.stderr());
    let finished = dr_synth("--out .").settings("").succeed();
    assert!(!finished.stderr().contains("was not read"), "{}", finished.stderr());
}
