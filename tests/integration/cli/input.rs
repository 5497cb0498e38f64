//! `[DIR|FILE|--plan PLAN.json]` with `--var` and `--var-file`: what every command that reads a configuration is given.

use crate::common::{Run, dr_synth};

/// A bucket whose encryption, and with that a finding, depends on a variable; in native syntax, with a module.
const MAIN: &str = r#"
variable "buckets" {
  type    = number
  default = 0
}

provider "aws" {
  region = "us-east-1"
}

module "inner" {
  source  = "./inner"
  buckets = var.buckets
}
"#;

const INNER: &str = r#"
variable "buckets" {
  type = number
}

resource "aws_s3_bucket" "b" {
  count  = var.buckets
  bucket = file("${path.module}/name.txt")
}
"#;

fn project(arguments: &str) -> Run {
    dr_synth(arguments).file("main.tf", MAIN).file("inner/main.tf", INNER).file("inner/name.txt", "of-a-file")
}

/// The data stores of the configuration.
fn stores(run: Run) -> usize {
    let document = run.finish().document();
    let stores: std::collections::BTreeSet<_> =
        document["coverage"].as_array().unwrap().iter().map(|cell| cell["store"].to_string()).collect();
    stores.len()
}

#[test]
fn values_come_by_terraforms_precedence() {
    let check = "check --format json";
    assert_eq!(stores(project(check)), 0);
    assert_eq!(stores(project(check).variable("TF_VAR_buckets", "1")), 1);
    let with_files = |arguments: &str| {
        project(arguments)
            .variable("TF_VAR_buckets", "1")
            .file("terraform.tfvars", "buckets = 2\n")
            .file("a.auto.tfvars.json", r#"{"buckets": 3}"#)
            .file("more.tfvars", "buckets = 4\n")
    };
    assert_eq!(stores(with_files(check)), 3);
    assert_eq!(stores(with_files("check --format json --var-file more.tfvars")), 4);
    assert_eq!(stores(with_files("check --format json --var-file more.tfvars --var buckets=5")), 5);
    assert_eq!(stores(with_files("check --format json . --var buckets=5 --var-file more.tfvars")), 4);
    // One file alone is all there is.
    assert_eq!(stores(with_files("check --format json inner/main.tf --var buckets=6")), 6);
}

#[test]
fn values_that_nobody_takes_are_refused() {
    let said = project("check --var buckets=many").refuse();
    assert!(said.contains("variable `buckets`"), "{said}");
    assert!(project("check --var nope=1").refuse().contains("--var nope=1"));
    assert!(project("check --var-file nowhere.tfvars").refuse().contains("nowhere.tfvars"));
    assert!(project("check").file("terraform.tfvars", "buckets = [").refuse().contains("terraform.tfvars"));
    // `terraform validate` looks at no values.
    let run = project("check --rules language").file("terraform.tfvars", "buckets = [").finish();
    assert_eq!((run.status(), run.stdout()), (0, String::new()));
}

#[test]
fn a_plan_has_its_values_and_a_configuration_is_no_plan() {
    assert!(project("check --plan plan.json --var buckets=1").refuse().contains("--var"));
    assert!(project("check . --plan plan.json").refuse().contains("--plan"));
}

#[test]
fn files_and_workspaces_are_those_of_the_folder() {
    let run = dr_synth("evaluate . terraform.workspace").file(".terraform/environment", "blue\n");
    assert_eq!(run.succeed().stdout(), "\"blue\"\n");
    let run = dr_synth("evaluate . terraform.workspace").file(".terraform/environment", "blue");
    assert_eq!(run.variable("TF_WORKSPACE", "green").succeed().stdout(), "\"green\"\n");
    assert_eq!(project("evaluate . module.inner").succeed().stdout(), "{}\n");
}

#[test]
fn what_was_applied_is_compared_with_this_folder() {
    let run = project("diff old").file("old/main.tf", "").finish();
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let run = project("diff old --var buckets=1").file("old/main.tf", "").finish();
    assert!(run.stdout().contains("+ module.inner.aws_s3_bucket.b[0]"), "{}{}", run.stdout(), run.stderr());
}
