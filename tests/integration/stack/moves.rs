//! Addresses that people's states know.
//!
//! `addresses/VERSION.txt` lists those of a version, with everything switched on. The list of the version that is being
//! made follows the golden document; the lists of released versions are history and stay as they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::stack::moves::{AddressChange, HISTORY, follow};
use dr_synth::terraform::ResourceMode;

use crate::common::golden;

const FOLDER: &str = "tests/integration/stack/addresses";

fn addresses() -> BTreeSet<String> {
    let stack = stack::build(&Settings::default());
    let managed = stack.module().resources().iter().filter(|block| block.mode() == ResourceMode::Managed);
    managed.map(|block| block.address().to_string()).collect()
}

/// The addresses that a state may have and nothing answers for.
fn lost<'a>(
    known: impl Iterator<Item = &'a str>,
    present: &BTreeSet<String>,
    history: &[AddressChange],
) -> Vec<&'a str> {
    known.filter(|address| follow(address, history).is_some_and(|now| !present.contains(&now))).collect()
}

fn lists() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_list_of_this_version_is_what_is_built() {
    let list = addresses().into_iter().collect::<Vec<_>>().join("\n");
    golden(&format!("{FOLDER}/{}.txt", env!("CARGO_PKG_VERSION")), &format!("{list}\n"));
}

#[test]
fn no_address_of_any_version_is_lost() {
    let present = addresses();
    assert!(!lists().is_empty());
    for list in lists() {
        let known = fs::read_to_string(&list).unwrap();
        let lost = lost(known.lines(), &present, HISTORY);
        assert!(
            lost.is_empty(),
            "{}: an upgrade would destroy {lost:?}. Say in src/stack/moves.rs where they went, or that they are dropped.",
            list.display()
        );
    }
}

#[test]
fn a_renamed_object_without_a_line_in_the_history_is_found() {
    let renamed: BTreeSet<String> = addresses()
        .into_iter()
        .map(|address| address.replace("aws_rds_cluster.primary_database", "aws_rds_cluster.primary_writer"))
        .collect();
    let known = addresses();
    let known = || known.iter().map(String::as_str);
    assert_eq!(lost(known(), &renamed, &[]), ["aws_rds_cluster.primary_database"]);
    assert_eq!(lost(known(), &addresses(), &[]), [""; 0]);
}
