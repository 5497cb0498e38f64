//! The document for `OpenTofu`: the same stack, in a file of its own, with an encrypted state.

use serde_json::{Value, json};

use crate::common::dr_synth;

const KEY: &str = "arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn document(flags: &str) -> Value {
    dr_synth(flags).succeed().document()
}

#[test]
fn it_differs_in_the_encryption_and_its_key_alone() {
    let (terraform, mut opentofu) = (document(""), document("--dialect opentofu"));
    let encryption = opentofu["terraform"].as_object_mut().unwrap().remove("encryption").unwrap();
    let target = json!({ "method": "${method.aes_gcm.state}", "enforced": true });
    let provider = json!({ "kms_key_id": "${var.state_kms_key_id}", "key_spec": "AES_256", "region": "us-east-2" });
    let expected = json!({
        "key_provider": { "aws_kms": { "state": provider } },
        "method": { "aes_gcm": { "state": { "keys": "${key_provider.aws_kms.state}" } } },
        "state": target,
        "plan": target,
    });
    assert_eq!(encryption, expected);
    let variable = opentofu["variable"].as_object_mut().unwrap().remove("state_kms_key_id").unwrap();
    assert_eq!(variable.get("default"), None);
    opentofu["//"] = terraform["//"].clone();
    assert_eq!(opentofu, terraform);
}

#[test]
fn its_files_are_those_that_opentofu_alone_reads() {
    for (layout, names) in [
        ("single", &["main.tofu.json"][..]),
        ("modules", &["main.tofu.json", "modules/global/main.tofu.json", "modules/dr_region/main.tofu.json"][..]),
    ] {
        let written = dr_synth(&format!("--dialect opentofu --layout {layout} --out .")).succeed();
        for name in names {
            assert!(written.path().join(name).is_file(), "{name}");
        }
        assert!(!written.path().join("main.tf.json").exists());
        let example = written.read("terraform.tfvars.example");
        assert!(example.contains("\nstate_kms_key_id = \"\"\n"), "{example}");
    }
}

/// By the grammar and by the version of each construct; the Terraform of this machine cannot read it.
#[test]
fn it_passes_the_check_in_both_layouts() {
    for flags in ["--dialect opentofu", "--dialect opentofu --enable config,stacksets,xray_encryption"] {
        let text = dr_synth(flags).succeed().stdout();
        let values = format!("state_kms_key_id = \"{KEY}\"\n");
        let checked = dr_synth("check . --rules language,aws,dr").file("main.tofu.json", &text);
        let checked = checked.file("terraform.tfvars", &values).finish();
        assert_eq!(checked.status(), 0, "{}{}", checked.stdout(), checked.stderr());
    }
}

#[test]
fn terraform_is_told_that_it_cannot_read_it() {
    let text = dr_synth("--dialect opentofu").succeed().stdout();
    let checked = dr_synth("check main.tf.json --rules language").file("main.tf.json", &text).finish();
    assert_eq!(checked.status(), 1);
    assert!(checked.stdout().contains("`terraform.encryption` is not in Terraform 1.11.4"), "{}", checked.stdout());
    let newer = r#"{"resource": {"terraform_data": {"x": {"lifecycle": {"destroy": false}}}}}"#;
    let checked = dr_synth("check x.tofu.json --rules language").file("x.tofu.json", newer).finish();
    assert!(checked.stdout().contains("`lifecycle.destroy` is not in OpenTofu 1.11"), "{}", checked.stdout());
}

#[test]
fn its_settings_are_read_back_from_the_folder() {
    let text = dr_synth("--dialect opentofu").succeed().stdout();
    let settings = dr_synth("settings").file("main.tofu.json", &text).succeed().stdout();
    assert!(settings.contains("dialect = \"opentofu\"\n"), "{settings}");
    assert_eq!(dr_synth("").settings(&settings).succeed().stdout(), text);
}

#[test]
fn a_folder_with_files_for_both_is_terraforms() {
    let checked =
        dr_synth("check . --rules language").file("main.tf.json", "{}").file("x.tofu", "terraform {\n}\n").finish();
    assert!(checked.stderr().contains("OpenTofu reads it"), "{}{}", checked.stdout(), checked.stderr());
}
