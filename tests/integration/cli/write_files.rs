//! The document in a folder.

use std::fs;

use crate::common::{dr_synth, files};

#[test]
fn makes_the_folder() {
    let finished = dr_synth("--out a/b").succeed();
    assert_eq!(finished.stdout(), "");
    insta::assert_snapshot!(finished.stderr(), @r"
    wrote a/b/main.tf.json
    wrote a/b/terraform.tfvars.example
    ");
    assert_eq!(finished.read("a/b/main.tf.json"), dr_synth("").succeed().stdout());
    assert!(finished.read("a/b/terraform.tfvars.example").starts_with("# Written by dr-synth"));
    assert_eq!(
        fs::read_dir(finished.path().join("a/b")).unwrap().count(),
        3,
        "nothing but the two files and their list"
    );
}

#[test]
fn modules_have_folders_of_their_own() {
    let finished = dr_synth("--layout modules --out stack").succeed();
    insta::assert_snapshot!(finished.stderr(), @r"
    wrote stack/main.tf.json
    wrote stack/modules/dr_region/README.md
    wrote stack/modules/dr_region/main.tf.json
    wrote stack/modules/global/README.md
    wrote stack/modules/global/main.tf.json
    wrote stack/modules/primary_region/README.md
    wrote stack/modules/primary_region/main.tf.json
    wrote stack/terraform.tfvars.example
    ");
    let root: serde_json::Value = serde_json::from_str(&finished.read("stack/main.tf.json")).unwrap();
    assert!(root.get("resource").is_none());
    assert_eq!(root["module"]["dr_region"]["source"], "./modules/dr_region");
}

#[test]
fn overwrites_what_it_wrote() {
    let first = dr_synth("--out . --backend local").succeed();
    let (document, example) = (first.read("main.tf.json"), first.read("terraform.tfvars.example"));
    let second =
        dr_synth("--out .").file("main.tf.json", &document).file("terraform.tfvars.example", &example).succeed();
    assert_ne!(second.read("main.tf.json"), document);
}

/// A forgotten flag would replace everything, and lose the way to the state.
#[test]
fn settings_that_change_are_said() {
    let first = dr_synth("--environment-suffix blue --backend local:a.tfstate").succeed().stdout();
    let again = |flags: &str| dr_synth(&format!("--out . {flags}")).file("main.tf.json", &first).succeed().stderr();
    insta::assert_snapshot!(again(""), @r#"
    warning: ./main.tf.json was made with other settings: environment_suffix was "blue" and is "dev"
    warning: ./main.tf.json was made with other settings: backend.kind was "local" and is none
    warning: ./main.tf.json was made with other settings: backend.path was "a.tfstate" and is none
    wrote ./main.tf.json
    wrote ./terraform.tfvars.example
    "#);
    let same = again("--environment-suffix blue --backend local:a.tfstate");
    assert!(!same.contains("warning"), "{same}");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_folder_is_refused_and_not_read() {
    let run = dr_synth("--out .").prepare(|folder| {
        assert!(std::process::Command::new("mkfifo").arg(folder.join("main.tf.json")).status().unwrap().success());
    });
    let finished = run.finish();
    assert_eq!(finished.status(), 2);
    assert!(finished.stderr().contains("the target is not a file"), "{}", finished.stderr());
}

#[test]
fn refuses_what_somebody_else_wrote() {
    let foreign = r#"{"resource": {}}"#;
    insta::assert_snapshot!(dr_synth("--out .").file("main.tf.json", foreign).refuse(), @r#"
    error: refusing to overwrite a file that dr-synth did not write
    --> ./main.tf.json
     = why: its first comment does not begin with "Written by dr-synth"
     = fix: choose another folder, or pass --force to lose the file
    "#);
    for content in ["", "{", "[]", "{\"//\": 1}", "{\"//\": \"written by hand\"}", "# mine", "\u{feff}{}"] {
        dr_synth("--out .").file("main.tf.json", content).refuse();
    }
    dr_synth("--out .").file("terraform.tfvars.example", "environment_suffix = \"mine\"\n").refuse();
    let finished = dr_synth("--out . --force").file("main.tf.json", foreign).succeed();
    assert!(finished.read("main.tf.json").contains("Written by dr-synth"));
}

#[test]
fn names_all_that_is_in_the_way() {
    let run = dr_synth("--out .").file("main.tf.json", "{}").file("terraform.tfvars.example", "a = 1\n");
    insta::assert_snapshot!(run.refuse(), @r#"
    error: refusing to overwrite files that dr-synth did not write
    --> ./main.tf.json
    ::: ./terraform.tfvars.example
     = why: their first comments do not begin with "Written by dr-synth"
     = fix: choose another folder, or pass --force to lose the files
    "#);
}

#[test]
fn says_what_became_of_each_file() {
    let first = dr_synth("--out .").succeed();
    let second = dr_synth("--out . --backend local")
        .file("terraform.tfvars.example", &first.read("terraform.tfvars.example"))
        .file(".dr-synth-manifest.json", &first.read(".dr-synth-manifest.json").replace("main.tf.json", "old.tf.json"))
        .file("old.tf.json", &first.read("main.tf.json"))
        .file("mine.tf", "# mine")
        .succeed();
    insta::assert_snapshot!(second.stderr(), @r"
    wrote ./main.tf.json
    removed ./old.tf.json
    unchanged ./terraform.tfvars.example
    ");
    assert_eq!(second.read("mine.tf"), "# mine");
}

#[test]
fn refuses_a_file_in_place_of_the_folder() {
    insta::assert_snapshot!(dr_synth("--out taken").file("taken", "").refuse(), @r"
    error: the target is not a folder
    --> taken
     = fix: choose another folder
    ");
    insta::assert_snapshot!(dr_synth("--out taken/below").file("taken", "").refuse(), @r"
    error: cannot write: Not a directory (os error 20)
    --> taken/below
     = fix: choose a folder that can be written with --out
    ");
}

#[test]
fn refuses_a_folder_in_place_of_a_file() {
    insta::assert_snapshot!(dr_synth("--out . --force").file("main.tf.json/x", "").refuse(), @r"
    error: the target is not a file
    --> ./main.tf.json
     = fix: choose another folder
    ");
    dr_synth("--out .").file("terraform.tfvars.example/x", "").refuse();
}

#[test]
fn bad_settings_make_no_folder() {
    dr_synth("--out new --dr-region us-east-1").refuse();
}

#[cfg(unix)]
#[test]
fn permissions_are_those_of_the_old_file_or_of_any_new_one() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |finished: &crate::common::Finished, name: &str| {
        fs::metadata(finished.path().join(name)).unwrap().permissions().mode() & 0o777
    };
    let finished = dr_synth("--out .").file("ordinary", "").succeed();
    assert_eq!(mode(&finished, "main.tf.json"), mode(&finished, "ordinary"));
    let run = dr_synth("--out . --force").file("main.tf.json", "").prepare(|folder| {
        fs::set_permissions(folder.join("main.tf.json"), fs::Permissions::from_mode(0o640)).unwrap();
    });
    assert_eq!(mode(&run.succeed(), "main.tf.json"), 0o640);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_stays_a_link() {
    let run = dr_synth("--out . --force").file("elsewhere/real.json", "").prepare(|folder| {
        std::os::unix::fs::symlink("elsewhere/real.json", folder.join("main.tf.json")).unwrap();
    });
    let finished = run.succeed();
    assert!(fs::symlink_metadata(finished.path().join("main.tf.json")).unwrap().is_symlink());
    assert!(finished.read("elsewhere/real.json").contains("Written by dr-synth"));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let link = |to: &'static str, from: &'static str| {
        move |folder: &std::path::Path| {
            fs::create_dir_all(folder.join("inside")).unwrap();
            std::os::unix::fs::symlink(to, folder.join(from)).unwrap();
        }
    };
    let run =
        dr_synth("--out inside --force").file("real.json", "mine").prepare(link("../real.json", "inside/main.tf.json"));
    insta::assert_snapshot!(run.refuse().replace(&std::env::temp_dir().display().to_string(), "TMP").lines().next().unwrap(), @r"error: the target is a link that leads out of the folder");
    let run = dr_synth("--out inside --force --layout modules")
        .file("real/x", "mine")
        .prepare(link("../real", "inside/modules"));
    assert!(run.refuse().contains("leads out of the folder"));
    let run = dr_synth("--out inside --force").prepare(link("nowhere.json", "inside/main.tf.json"));
    assert!(run.finish().stderr().contains("a link to nothing"));
}

#[cfg(unix)]
#[test]
fn a_folder_behind_a_link_to_nothing_is_not_made() {
    for folder in ["link", "link/below", "./link/below/deep"] {
        let run = dr_synth("--out").argument(folder);
        let run = run.prepare(|folder| std::os::unix::fs::symlink("nowhere", folder.join("link")).unwrap());
        let finished = run.finish();
        assert_eq!(finished.status(), 2);
        let stderr = finished.stderr();
        assert!(stderr.contains("the target is a link to nothing") && !stderr.contains("os error"), "{stderr}");
        assert!(!finished.path().join("nowhere").exists());
    }
}

#[test]
fn edits_by_hand_are_not_overwritten() {
    let first = dr_synth("--out .").succeed();
    let edited = first.read("main.tf.json").replace("us-east-1", "us-east-1 ");
    let again = |arguments: &str| {
        dr_synth(arguments)
            .file("main.tf.json", &edited)
            .file(".dr-synth-manifest.json", &first.read(".dr-synth-manifest.json"))
    };
    insta::assert_snapshot!(again("--out .").refuse(), @r"
    error: refusing to overwrite a file that was edited after dr-synth wrote it
    --> ./main.tf.json
     = why: .dr-synth-manifest.json has another hash for it
     = fix: move the edits to a file of your own beside it, or pass --force to lose them
    ");
    again("--out . --force").succeed();
    // A manifest of the first versions has no hashes: what is marked counts as dr-synth's.
    let old = "{\"//\": \"Written by dr-synth: x\", \"files\": [\"main.tf.json\"]}";
    dr_synth("--out .").file("main.tf.json", &edited).file(".dr-synth-manifest.json", old).succeed();
}

/// Permissions do not stop root, who runs tests in many containers; the folders of processes take files from nobody.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written() {
    let finished = dr_synth("--out /proc/self").finish();
    assert_eq!(finished.status(), 2, "{}", finished.stderr());
    assert!(finished.stderr().contains("cannot write"), "{}", finished.stderr());
    assert_eq!(files(finished.path()), []);
}
