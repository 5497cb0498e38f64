//! The document on stdout.

use std::process::Stdio;

#[cfg(target_os = "linux")]
use super::standard_output::shell;
use crate::common::dr_synth;

#[test]
fn synth_is_the_default_command() {
    let plain = dr_synth("").succeed();
    assert_eq!(plain.stderr(), "");
    assert_eq!(dr_synth("synth").succeed().stdout(), plain.stdout());
    assert!(plain.document()["//"].as_str().unwrap().starts_with(dr_synth::AUTHORSHIP));
    let flags = "--primary-region eu-west-1 --dr-region eu-central-1";
    assert_eq!(dr_synth(flags).succeed().stdout(), dr_synth(&format!("synth {flags}")).succeed().stdout());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let finished = dr_synth("").stdout(Stdio::from(full)).finish();
    assert_eq!(finished.status(), 2);
    insta::assert_snapshot!(finished.stderr(), @"error: cannot write to standard output: No space left on device (os error 28)");
}

#[cfg(target_os = "linux")]
#[test]
fn a_mistake_tells_that_the_shell_has_emptied_the_document() {
    let (folder, output) = shell("dr-synth --layout nonsense > main.tf.json");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.replace('\n', " ").contains("`--out DIR` keeps the old document"), "{stderr}");
    assert_eq!(std::fs::metadata(folder.path().join("main.tf.json")).unwrap().len(), 0);
    // Other commands have no folder to write into.
    let (_folder, output) = shell("dr-synth cost nowhere > x.txt");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && !stderr.contains("--out DIR"), "{stderr}");
    let (_folder, output) = shell("dr-synth --layout nonsense | true");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("--out DIR"));
}

#[cfg(target_os = "linux")]
#[test]
fn stderr_that_cannot_be_written_changes_nothing() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert_eq!(dr_synth("--nonsense").stderr(full).finish().status(), 2);
}
