//! Choices in the settings file, and which place wins.

use crate::common::dr_synth;

#[test]
fn unknown_keys() {
    insta::assert_snapshot!(dr_synth("").settings("[regoins]\nprimary = \"us-east-1\"\n").refuse(), @r"
    error: unknown section `regoins`
     --> dr-synth.toml:1:2
      |
    1 | [regoins]
      |  ^^^^^^^
      |
      = nearest: `regions`
    ");
    insta::assert_snapshot!(
        dr_synth("").settings("# mine\n[network]\navailabilty_zones = 3\nprimary = \"us-east-1\"\n").refuse(),
        @r#"
    error: unknown key `availabilty_zones` in section `network`
     --> dr-synth.toml:3:1
      |
    3 | availabilty_zones = 3
      | ^^^^^^^^^^^^^^^^^
      |
      = nearest: `availability_zones`

    error: unknown key `primary` in section `network`
     --> dr-synth.toml:4:1
      |
    4 | primary = "us-east-1"
      | ^^^^^^^
      |
      = fix: move `primary` to the section `[regions]`
    "#
    );
}

#[test]
fn values_of_a_wrong_type() {
    insta::assert_snapshot!(dr_synth("").settings("[features]\nxray = \"yes\"\n").refuse(), @r#"
    error: expected true or false, found a value of type string
     --> dr-synth.toml:2:8
      |
    2 | xray = "yes"
      |        ^^^^^
    "#);
    insta::assert_snapshot!(dr_synth("").settings("regions = \"us-east-1\"\n").refuse(), @r#"
    error: expected a table, found a value of type string
     --> dr-synth.toml:1:11
      |
    1 | regions = "us-east-1"
      |           ^^^^^^^^^^^
      |
      = fix: write `[regions]` on a line of its own, and below it keys such as `primary = ...`
    "#);
}

#[test]
fn not_toml() {
    insta::assert_snapshot!(dr_synth("").settings("[regions\nprimary = 1\n").refuse(), @r"
    error: not TOML: unclosed table, expected `]`
     --> dr-synth.toml:1:9
      |
    1 | [regions
      |         ^
    ");
    insta::assert_snapshot!(dr_synth("").settings("[api]\nauthorization = \"NO").refuse(), @r#"
    error: not TOML: invalid basic string, expected `"`
     --> dr-synth.toml:2:20
      |
    2 | authorization = "NO
      |                    ^
    "#);
}

#[test]
fn not_text() {
    let stderr = dr_synth("").prepare(|folder| std::fs::write(folder.join("dr-synth.toml"), b"\xff").unwrap()).refuse();
    insta::assert_snapshot!(stderr, @r"
    error: cannot read the settings file: stream did not contain valid UTF-8
    --> dr-synth.toml
    ");
}

#[test]
fn overlapping_ranges() {
    let both = "[network]\nprimary_cidr = \"10.4.0.0/16\"\ndr_cidr = \"10.4.16.0/20\"\n";
    insta::assert_snapshot!(dr_synth("").settings(both).refuse(), @r#"
    error: the primary region's range 10.4.0.0/16 and the DR region's range 10.4.16.0/20 overlap
     --> dr-synth.toml:3:11
      |
    2 | primary_cidr = "10.4.0.0/16"
      |                -------------
    3 | dr_cidr = "10.4.16.0/20"
      |           ^^^^^^^^^^^^^^
      |
      = why: the two networks could never be connected, not even for a migration or a repair
      = fix: choose ranges without a common address, such as 10.0.0.0/16 and 10.1.0.0/16
    "#);
    let one = "[network]\nprimary_cidr = \"10.1.0.0/17\"\n";
    insta::assert_snapshot!(dr_synth("").settings(one).refuse(), @r#"
    error: the primary region's range 10.1.0.0/17 and the DR region's range 10.1.0.0/16 (the default)
           overlap
     --> dr-synth.toml:2:16
      |
    2 | primary_cidr = "10.1.0.0/17"
      |                ^^^^^^^^^^^^^
      |
      = why: the two networks could never be connected, not even for a migration or a repair
      = fix: choose ranges without a common address, such as 10.0.0.0/16 and 10.1.0.0/16
    "#);
}

#[test]
fn ranges_that_no_vpc_can_have() {
    insta::assert_snapshot!(dr_synth("").settings("network.dr_cidr = \"8.8.0.0/16\"\n").refuse(), @r#"
    error: `8.8.0.0/16` is not a private range
     --> dr-synth.toml:1:19
      |
    1 | network.dr_cidr = "8.8.0.0/16"
      |                   ^^^^^^^^^^^^
      |
      = why: addresses outside of RFC 1918 belong to others: inside the VPC they would be out of reach
      = fix: choose a range inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16
    "#);
    insta::assert_snapshot!(dr_synth("").settings("network.dr_cidr = \"10.9.8.0/16\"\n").refuse(), @r#"
    error: `10.9.8.0/16` is not the first address of its range
     --> dr-synth.toml:1:19
      |
    1 | network.dr_cidr = "10.9.8.0/16"
      |                   ^^^^^^^^^^^^^
      |
      = why: AWS knows a range by its first address only, and the provider refuses any other
      = nearest: `10.9.0.0/16`
    "#);
    insta::assert_snapshot!(dr_synth("").settings("network.dr_cidr = \"10.9.0.0/24\"\n").refuse(), @r#"
    error: the prefix of `10.9.0.0/24` is not between /16 and /20
     --> dr-synth.toml:1:19
      |
    1 | network.dr_cidr = "10.9.0.0/24"
      |                   ^^^^^^^^^^^^^
      |
      = why: the subnets of every zone, with the functions and endpoints in them, do not fit into less
             than a /20
      = fix: choose a /16: addresses in a VPC cost nothing
    "#);
}

#[test]
fn same_region_twice() {
    let settings = "[regions]\nprimary = \"eu-west-1\"\ndr = \"eu-west-1\"\n";
    insta::assert_snapshot!(dr_synth("").settings(settings).refuse(), @r#"
    error: primary region eu-west-1 and DR region eu-west-1 are the same
     --> dr-synth.toml:3:6
      |
    2 | primary = "eu-west-1"
      |           -----------
    3 | dr = "eu-west-1"
      |      ^^^^^^^^^^^
      |
      = why: a standby in the same region is lost together with the primary
      = fix: choose two different regions
    "#);
    let settings = "[regions]\nprimary = \"eu-west-1\"\n";
    insta::assert_snapshot!(dr_synth("--dr-region eu-west-1").settings(settings).refuse(), @r#"
    error: primary region eu-west-1 and DR region eu-west-1 are the same
     --> --dr-region
      |
     ::: dr-synth.toml:2:11
      |
    2 | primary = "eu-west-1"
      |           -----------
      |
      = why: a standby in the same region is lost together with the primary
      = fix: choose two different regions
    "#);
}

#[test]
fn state_in_the_primary_region() {
    let settings = "[backend]\nkind = \"s3\"\nbucket = \"payments-state\"\nkey = \"state\"\nregion = \"us-east-1\"\n";
    insta::assert_snapshot!(dr_synth("").settings(settings).refuse(), @r#"
    error: the state bucket is in the primary region us-east-1 (the default)
     --> dr-synth.toml:5:10
      |
    5 | region = "us-east-1"
      |          ^^^^^^^^^^^
      |
      = why: while that region is down nothing could be planned or applied, just when it matters most
      = fix: keep the state in the DR region or in a third region
    "#);
    let dr = settings.replace("us-east-1", "us-east-2");
    let document = dr_synth("").settings(&dr).succeed().document();
    assert_eq!(document["terraform"]["backend"]["s3"]["use_lockfile"], true);
}

#[test]
fn a_named_file_must_be_there() {
    insta::assert_snapshot!(dr_synth("--config elsewhere.toml").refuse(), @r"
    error: cannot read the settings file: No such file or directory (os error 2)
    --> elsewhere.toml
    ");
    let stderr = dr_synth("--config .").refuse();
    assert!(stderr.contains("cannot read the settings file"), "{stderr}");
}

#[test]
fn a_named_file_is_read_instead() {
    let run = dr_synth("--config other/shape.toml").settings("nonsense = 1\n");
    run.file("other/shape.toml", "environment_suffix = \"qa\"\n").succeed();
}

const EXAMPLE: &str = "out/terraform.tfvars.example";

fn suffix(run: crate::common::Run) -> String {
    let example = run.argument("--out").argument("out").succeed().read(EXAMPLE);
    let line = example.lines().find(|line| line.starts_with("#environment_suffix")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn the_service_is_called_by_flag_over_variable_over_file() {
    let file = "service_name = \"file\"\n";
    let database = |run: crate::common::Run| {
        let document = run.succeed().stdout();
        let (before, _) = document.split_once("-global-use1-").unwrap();
        before.rsplit(['"', ':']).next().unwrap().to_owned()
    };
    assert_eq!(database(dr_synth("")), "payments");
    assert_eq!(database(dr_synth("").settings(file)), "file");
    assert_eq!(database(dr_synth("").settings(file).variable("DR_SYNTH_SERVICE_NAME", "")), "file");
    assert_eq!(database(dr_synth("").settings(file).variable("DR_SYNTH_SERVICE_NAME", "env")), "env");
    let all = dr_synth("synth --service-name flag").settings(file).variable("DR_SYNTH_SERVICE_NAME", "Not Legal");
    assert_eq!(database(all), "flag");
}

#[test]
fn flag_wins_over_variable_over_file_over_default() {
    let file = "environment_suffix = \"file\"\n";
    assert_eq!(suffix(dr_synth("")), "dev");
    assert_eq!(suffix(dr_synth("").settings(file)), "file");
    assert_eq!(suffix(dr_synth("").settings(file).variable("ENVIRONMENT_SUFFIX", "")), "file");
    assert_eq!(suffix(dr_synth("").settings(file).variable("ENVIRONMENT_SUFFIX", "env")), "env");
    let all = dr_synth("synth --environment-suffix flag").settings(file).variable("ENVIRONMENT_SUFFIX", "env");
    assert_eq!(suffix(all), "flag");
}

#[test]
fn a_range_for_a_network_that_exists() {
    let settings = "[network]\nexisting = true\ndr_cidr = \"10.9.0.0/16\"\n";
    insta::assert_snapshot!(dr_synth("").settings(settings).refuse(), @r#"
    error: `dr_cidr` is chosen for a network that exists
     --> dr-synth.toml:3:11
      |
    2 | existing = true
      |            ----
    3 | dr_cidr = "10.9.0.0/16"
      |           ^^^^^^^^^^^^^
      |
      = why: the address range of an existing network is its own, and is read from AWS
      = fix: remove `dr_cidr`, or set `existing` to false
    "#);
}

#[test]
fn endpoints_that_exist_in_a_network_that_does_not() {
    insta::assert_snapshot!(dr_synth("").settings("network.endpoints = \"existing\"\n").refuse(), @r#"
    error: the endpoints exist, and the networks do not
     --> dr-synth.toml:1:21
      |
    1 | network.endpoints = "existing"
      |                     ^^^^^^^^^^
      |
      = why: a network that the stack makes has no endpoints until the stack makes them
      = fix: set `existing = true` under `[network]`, or choose `endpoints = "own"`
    "#);
    insta::assert_snapshot!(dr_synth("").settings("network.endpoints = \"exsting\"\n").refuse(), @r#"
    error: unknown owner of endpoints `exsting`
     --> dr-synth.toml:1:21
      |
    1 | network.endpoints = "exsting"
      |                     ^^^^^^^^^
      |
      = fix: choose own or existing
      = nearest: `existing`
    "#);
    dr_synth("--existing-network").settings("network.endpoints = \"own\"\n").succeed();
}
