//! `dr-synth adopt`: the document of import blocks, and what it does with every type that the stack has.

use std::fmt::Write as _;

use dr_synth::adopt::table;
use serde_json::Value;

use crate::common::dr_synth;

const EVERYTHING: &str = "--enable config,stacksets,xray_encryption";

/// An address of every block of a document, with an instance where it has several.
fn addresses(document: &Value, prefix: &str) -> Vec<String> {
    let mut addresses = Vec::new();
    for (type_name, blocks) in document["resource"].as_object().into_iter().flatten() {
        for (name, block) in blocks.as_object().unwrap() {
            let instance = match (block.get("count"), block.get("for_each")) {
                (Some(_), _) => "[0]",
                (_, Some(_)) => "[\"a@example.com\"]",
                _ => "",
            };
            addresses.push(format!("{prefix}{type_name}.{name}{instance}"));
        }
    }
    addresses
}

/// The log of an apply that found every object there.
fn everything_exists(addresses: &[String]) -> String {
    let mut log = String::new();
    for address in addresses {
        let _ = writeln!(log, "{address}: Creating...");
    }
    for address in addresses {
        let _ = write!(
            log,
            "\nError: creating it: EntityAlreadyExists: it is there\n\n  with {address},\n  on main.tf.json\n"
        );
    }
    log
}

#[test]
fn every_type_of_the_stack_is_in_the_table() {
    let document = dr_synth(EVERYTHING).succeed().document();
    let types: Vec<_> = document["resource"].as_object().unwrap().keys().collect();
    let missing: Vec<_> = types.iter().filter(|name| table::way(name).is_none()).collect();
    assert!(types.len() > 80 && missing.is_empty(), "{missing:?}");
}

#[test]
fn the_imports_of_everything_pass_the_check() {
    let text = dr_synth(EVERYTHING).succeed().stdout();
    let log = everything_exists(&addresses(&serde_json::from_str(&text).unwrap(), ""));
    let adopted = dr_synth("adopt apply.log").file("apply.log", &log).file("main.tf.json", &text).finish();
    // Backup selections, and what can be created twice, which exists here, too.
    assert_eq!(adopted.status(), 1, "{}", adopted.stderr());
    let imports = adopted.document()["import"].as_array().unwrap().len();
    assert!(imports > 280, "{imports}");
    let checked =
        dr_synth("check . --rules language").file("main.tf.json", &text).file("adopt.tf.json", &adopted.stdout());
    let checked = checked.finish();
    assert_eq!(checked.status(), 0, "{}{}", checked.stdout(), checked.stderr());
}

#[test]
fn objects_of_modules_are_imported_by_what_the_root_knows() {
    let written = dr_synth(&format!("--layout modules --out . {EVERYTHING}")).succeed();
    let mut run = dr_synth("adopt apply.log");
    let mut all = Vec::new();
    for module in ["primary_region", "dr_region", "global"] {
        let path = format!("modules/{module}/main.tf.json");
        let text = written.read(&path);
        all.extend(addresses(&serde_json::from_str(&text).unwrap(), &format!("module.{module}.")));
        run = run.file(&path, &text);
    }
    let root = written.read("main.tf.json");
    let adopted = run.file("main.tf.json", &root).file("apply.log", &everything_exists(&all)).finish();
    let imports = adopted.document()["import"].as_array().unwrap().len();
    assert!(imports > 255, "{imports}: {}", adopted.stderr());
    let mut checked = dr_synth("check . --rules language").file("main.tf.json", &root);
    for module in ["primary_region", "dr_region", "global"] {
        let path = format!("modules/{module}/main.tf.json");
        checked = checked.file(&path, &written.read(&path));
    }
    let checked = checked.file("adopt.tf.json", &adopted.stdout()).finish();
    assert_eq!(checked.status(), 0, "{}{}", checked.stdout(), checked.stderr());
}

const DOCUMENT: &str = r#"{"resource": {"aws_iam_role": {"r": {"name": "x", "assume_role_policy": "{}"}}}}"#;
const LOG: &str = "aws_iam_role.r: Creating...\n\nError: creating: EntityAlreadyExists: x\n\n  with aws_iam_role.r,\n";

#[test]
fn the_file_is_marked_and_an_edited_one_is_kept() {
    let run = || dr_synth("adopt apply.log -o adopt.tf.json").file("main.tf.json", DOCUMENT).file("apply.log", LOG);
    let first = run().succeed();
    insta::assert_snapshot!(first.stderr(), @r"
    wrote adopt.tf.json
    aws_iam_role.r: exists, and is imported
    0 objects are complete, 1 are open
    ");
    let text = first.read("adopt.tf.json");
    assert!(text.contains("\"to\": \"aws_iam_role.r\"") && text.contains("Written by dr-synth"), "{text}");
    run().file("adopt.tf.json", &text).succeed();
    let edited = run().file("adopt.tf.json", &text.replace("\"x\"", "\"y\"")).refuse();
    assert!(edited.contains("edited after dr-synth wrote it"), "{edited}");
    let foreign = run().file("adopt.tf.json", "{}").refuse();
    assert!(foreign.contains("dr-synth did not write"), "{foreign}");
}

#[test]
fn bad_input() {
    let stderr = dr_synth("adopt apply.log").file("main.tf.json", DOCUMENT).refuse();
    assert!(stderr.contains("cannot read the log"), "{stderr}");
    insta::assert_snapshot!(dr_synth("adopt main.tf.json").file("main.tf.json", DOCUMENT).refuse(), @r"
    error: the file is not what `terraform apply` prints
    --> main.tf.json
     = fix: name a file with what `terraform apply` has printed, as text or with -json
    ");
    let stderr = dr_synth("adopt apply.log elsewhere").file("apply.log", LOG).refuse();
    assert!(stderr.contains("cannot read the configuration"), "{stderr}");
    let bytes = dr_synth("adopt apply.log").file("main.tf.json", DOCUMENT).prepare(|folder| {
        std::fs::write(folder.join("apply.log"), [LOG.as_bytes(), b"\xff\x1b[", "│ Error: \u{1b}".as_bytes()].concat())
            .unwrap();
    });
    bytes.succeed();
}

/// Terraform that is killed while it writes a local state leaves an empty one, and takes that for no state.
#[test]
fn what_a_local_state_has_lost_is_imported() {
    const CONFIGURATION: &str =
        r#"{"resource": {"aws_iam_role": {"r": {"name": "writer", "assume_role_policy": "{}"}}}}"#;
    const LOG: &str = "aws_iam_role.r: Creating...\naws_iam_role.r: Creation complete after 1s [id=writer]\n";
    const KNOWN: &str =
        r#"{"version": 4, "resources": [{"mode": "managed", "type": "aws_iam_role", "name": "r", "instances": [{}]}]}"#;
    let adopt =
        |configuration: &str| dr_synth("adopt apply.log").file("apply.log", LOG).file("main.tf.json", configuration);
    let lost = adopt(CONFIGURATION).file("terraform.tfstate", "").succeed();
    assert_eq!(lost.document()["import"][0]["to"], "aws_iam_role.r");
    for run in [adopt(CONFIGURATION), adopt(CONFIGURATION).file("terraform.tfstate", KNOWN)] {
        let run = run.succeed();
        assert_eq!(run.stdout(), "");
        assert!(run.stderr().contains("1 objects are complete, 0 are open"), "{}", run.stderr());
    }
    // An empty file beside a remote state is what Terraform leaves when the state moves there.
    let remote = CONFIGURATION.replacen('{', r#"{"terraform": {"backend": {"gcs": {"bucket": "b"}}}, "#, 1);
    assert_eq!(adopt(&remote).file("terraform.tfstate", "").succeed().stdout(), "");
    let cut = adopt(CONFIGURATION).file("terraform.tfstate", r#"{"version": 4,"#).finish();
    assert_eq!(cut.status(), 2);
    assert!(cut.stderr().contains("terraform.tfstate.backup"), "{}", cut.stderr());
}
