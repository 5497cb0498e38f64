//! An argument where a nested block belongs, a block where an argument belongs, and every other form that a member of a resource of
//! the AWS provider could be given in: in native syntax and in JSON, for plain arguments, nested blocks, attributes that are written
//! as blocks, and blocks of the language.
//!
//! `members.tsv` was judged by Terraform 1.11.4 with provider 5.100.0: a name, `valid` or `invalid`, and the text as a JSON string.
//! `DR_SYNTH_PROVIDER_MIRROR=DIR cargo test --test integration terraform_says_what -- --ignored` asks them again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dr_synth::proof::model::Model;
use dr_synth::proof::{Group, Subject, check};
use dr_synth::terraform::read;
use serde_json::Value;

use super::{asked, with_stack};

/// What is beside each text.
const PROVIDER: &str = r#"
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}
"#;

/// What is judged otherwise, each with the reason.
const OTHERWISE: [(&str, &str); 4] = [
    ("aws_route53_record-json-alias-empty-list", "providers differ in whether an empty list counts as given"),
    (
        "aws_s3_bucket-json-connection-list-of-true",
        "a connection that nothing uses is read, and Terraform does not look into it",
    ),
    (
        "aws_security_group-native-egress-empty-block",
        "only the provider knows which members of an attribute are required",
    ),
    (
        "aws_security_group-native-ingress-empty-block",
        "only the provider knows which members of an attribute are required",
    ),
];

/// The name, whether Terraform takes it, the file's name and its text.
type Case = (String, bool, &'static str, String);

fn cases() -> Vec<Case> {
    let case = |line: &str| {
        let [name, verdict, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let file = if name.contains("-json-") { "main.tf.json" } else { "main.tf" };
        (name.to_owned(), verdict == "valid", file, serde_json::from_str(text).unwrap())
    };
    include_str!("members.tsv").lines().map(case).collect()
}

#[test]
fn every_form_of_a_member_is_judged_as_terraform_judges_it() {
    with_stack(|| {
        let cases = cases();
        let accepted = cases.iter().filter(|(_, is_valid, ..)| *is_valid).count();
        assert!(cases.len() > 700 && accepted > 200, "{accepted} of {}", cases.len());
        let wrong = |(name, is_valid, file, text): &Case| {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("provider.tf"), PROVIDER).unwrap();
            fs::write(folder.path().join(file), text).unwrap();
            let reading = read::read(folder.path()).unwrap();
            let findings = check(&Subject::new(&reading, &Model::default()), &[Group::Language]);
            let said: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
            let is_otherwise = OTHERWISE.iter().any(|(known, _)| known == name);
            ((said.is_empty() != *is_valid) != is_otherwise).then(|| format!("{name} (valid: {is_valid}): {said:?}"))
        };
        let wrong: Vec<_> = cases.iter().filter_map(wrong).collect();
        assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    });
}

/// All in one folder, each with names of its own; what is refused is taken out until the rest is accepted.
#[test]
#[ignore = "needs the provider: DR_SYNTH_PROVIDER_MIRROR names a folder with it"]
fn terraform_says_what_the_table_of_members_says() {
    let mirror = std::env::var("DR_SYNTH_PROVIDER_MIRROR").expect("DR_SYNTH_PROVIDER_MIRROR");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("provider.tf"), PROVIDER).unwrap();
    let init = asked(folder.path(), &["init", "-input=false", &format!("-plugin-dir={mirror}")]);
    assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
    let cases = cases();
    for (number, (_, _, file, text)) in cases.iter().enumerate() {
        let name = format!("c{number}");
        let text =
            text.replace("\"a\" {\n", &format!("\"{name}\" {{\n")).replace("{\"a\": {", &format!("{{\"{name}\": {{"));
        let text = text.replace("va\"", &format!("v{name}\"")).replace("var.va", &format!("var.v{name}"));
        fs::write(folder.path().join(file.replace("main", &name)), text).unwrap();
    }
    let mut refused = BTreeSet::new();
    loop {
        let files = refused_files(folder.path());
        if files.is_empty() {
            break;
        }
        for file in files {
            fs::remove_file(folder.path().join(&file)).unwrap();
            refused.insert(file[1..].split('.').next().unwrap().parse::<usize>().unwrap());
        }
    }
    let wrong: Vec<_> = cases.iter().enumerate().filter(|(number, case)| refused.contains(number) == case.1).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The files that an error is in.
fn refused_files(folder: &Path) -> BTreeSet<String> {
    let said: Value = serde_json::from_slice(&asked(folder, &["validate", "-json"]).stdout).unwrap();
    let errors = said["diagnostics"].as_array().unwrap().iter().filter(|one| one["severity"] == "error");
    errors.map(|error| error["range"]["filename"].as_str().unwrap_or_else(|| panic!("{error}")).to_owned()).collect()
}
