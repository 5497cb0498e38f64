//! The document on stdout.

use std::process::Stdio;

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

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    for arguments in ["", "--help", "completions bash"] {
        let finished = dr_synth(arguments).stdout(writer.try_clone().unwrap()).finish();
        assert_eq!((finished.status(), finished.stderr()), (0, String::new()), "{arguments}");
    }
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
fn stderr_that_cannot_be_written_changes_nothing() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert_eq!(dr_synth("--nonsense").stderr(full).finish().status(), 2);
}
