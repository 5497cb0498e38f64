//! Folders that are old or new, whatever happens between two changes of the disk.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use super::*;

/// A folder's files below it, with their content.
type Tree = BTreeMap<PathBuf, String>;

const MARK: &str = "# Written by dr-synth\n";

fn files(contents: &[(&str, &str)]) -> Files {
    let mut files = Files::new();
    for (path, content) in contents {
        files.add(*path, format!("{MARK}{content}"));
    }
    files
}

fn old() -> Files {
    files(&[("README.md", "same"), ("main.tf", "old"), ("modules/a/main.tf", "old"), ("modules/b/main.tf", "old")])
}

/// Against the old ones: one the same, two other, two new in new folders, one gone with its folder.
fn new() -> Files {
    let c = [("modules/c/d/main.tf", "new"), ("modules/c/main.tf", "new")];
    files(&[&[("README.md", "same"), ("main.tf", "new"), ("modules/a/main.tf", "new")], &c[..]].concat())
}

/// A folder in which the old files stand among somebody else's.
fn lived_in() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    old().write(folder.path(), Overwrite::OnlyOurs).unwrap();
    put(folder.path(), "terraform.tfstate", "state");
    put(folder.path(), ".terraform/modules/a/main.tf", &format!("{MARK}a copy"));
    put(folder.path(), "modules/a/mine.tf", "mine");
    folder
}

fn put(folder: &Path, path: &str, content: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            tree.insert(name.clone(), "a folder".to_owned());
            tree.extend(self::tree(&path).into_iter().map(|(below, content)| (name.join(below), content)));
        } else {
            tree.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    tree
}

/// What Terraform and people see: neither hidden files nor empty folders.
fn visible(tree: &Tree) -> Tree {
    let shown = |path: &Path| !path.starts_with(STAGING) && path != Path::new(MANIFEST);
    tree.iter().filter(|(path, text)| shown(path) && *text != "a folder").map(|(p, t)| (p.clone(), t.clone())).collect()
}

fn has_barrier(tree: &Tree) -> bool {
    tree.keys().any(|path| path.ends_with(barrier::NAME))
}

fn expected() -> (Tree, Tree) {
    let folder = lived_in();
    let before = tree(folder.path());
    new().write(folder.path(), Overwrite::OnlyOurs).unwrap();
    (before, tree(folder.path()))
}

/// How often the disk is changed by the write that the tests interrupt.
fn number_of_changes() -> usize {
    let mut count = 0;
    let folder = lived_in();
    let mut hook = |_: disk::DiskOperation| {
        count += 1;
        Ok(())
    };
    new().write_on(&mut Disk::new(&mut hook), folder.path(), Overwrite::OnlyOurs).unwrap();
    assert!(count > 20, "{count}");
    count
}

#[test]
fn what_is_needed_no_more_is_removed_and_what_is_foreign_stays() {
    let folder = lived_in();
    let outcomes = new().write(folder.path(), Overwrite::OnlyOurs).unwrap();
    let outcomes: Vec<_> =
        outcomes.iter().map(|outcome| (outcome.path.strip_prefix(folder.path()).unwrap(), outcome.action)).collect();
    assert_eq!(
        outcomes,
        [
            (Path::new("README.md"), Action::Unchanged),
            (Path::new("main.tf"), Action::Written),
            (Path::new("modules/a/main.tf"), Action::Written),
            (Path::new("modules/b/main.tf"), Action::Removed),
            (Path::new("modules/c/d/main.tf"), Action::Written),
            (Path::new("modules/c/main.tf"), Action::Written),
        ]
    );
    let tree = tree(folder.path());
    assert!(!tree.contains_key(Path::new("modules/b")) && !tree.contains_key(Path::new(STAGING)));
    assert!(!has_barrier(&tree));
    assert_eq!(tree[Path::new("modules/a/mine.tf")], "mine");
    assert_eq!(tree[Path::new(".terraform/modules/a/main.tf")], format!("{MARK}a copy"));
}

#[test]
fn the_same_files_again_change_nothing_on_the_disk() {
    let folder = lived_in();
    let mut hook = |change: disk::DiskOperation| -> io::Result<()> { panic!("{change:?}") };
    let outcomes = old().write_on(&mut Disk::new(&mut hook), folder.path(), Overwrite::OnlyOurs).unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.action == Action::Unchanged));
}

#[test]
fn a_file_in_the_way_is_named_and_nothing_is_written() {
    let folder = lived_in();
    put(folder.path(), "modules/c/main.tf", "mine");
    put(folder.path(), "main.tf", "mine, too");
    let before = tree(folder.path());
    let Err(WriteError::Foreign(paths)) = new().write(folder.path(), Overwrite::OnlyOurs) else { panic!() };
    assert_eq!(paths, [folder.path().join("main.tf"), folder.path().join("modules/c/main.tf")]);
    assert_eq!(tree(folder.path()), before);
    new().write(folder.path(), Overwrite::Anything).unwrap();
    assert_eq!(tree(folder.path())[Path::new("main.tf")], format!("{MARK}new"));
}

#[test]
fn an_old_file_that_somebody_took_over_is_not_removed() {
    for overwrite in [Overwrite::OnlyOurs, Overwrite::Anything] {
        let folder = lived_in();
        put(folder.path(), "modules/b/main.tf", "mine now");
        new().write(folder.path(), overwrite).unwrap();
        assert_eq!(tree(folder.path())[Path::new("modules/b/main.tf")], "mine now");
    }
}

#[test]
fn files_that_would_surprise_the_next_run_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for path in [
        "../main.tf",
        "/main.tf",
        "a//b",
        MANIFEST,
        STAGING,
        ".dr-synth-staging/0.new",
        "a/dr_synth_was_interrupted.tf.json",
    ] {
        let error = files(&[(path, "")]).write(folder.path(), Overwrite::Anything).unwrap_err();
        assert!(matches!(error, WriteError::IllegalPath(_)), "{error}");
    }
    let error = files(&[("a", ""), ("a/b", "")]).write(folder.path(), Overwrite::Anything).unwrap_err();
    assert!(matches!(error, WriteError::IllegalPath(_)), "{error}");
    let mut unmarked = Files::new();
    unmarked.add("main.tf", "no mark");
    assert!(matches!(unmarked.write(folder.path(), Overwrite::Anything), Err(WriteError::Unmarked(_))));
    assert!(tree(folder.path()).is_empty());
}

#[test]
fn a_failure_at_any_change_takes_everything_back() {
    let (before, after) = expected();
    for failing in 0..number_of_changes() {
        let folder = lived_in();
        let mut number = 0;
        let mut hook = |_: disk::DiskOperation| {
            number += 1;
            if number == failing + 1 { Err(io::Error::other("no")) } else { Ok(()) }
        };
        let result = new().write_on(&mut Disk::new(&mut hook), folder.path(), Overwrite::OnlyOurs);
        let found = tree(folder.path());
        if result.is_ok() {
            // Only what is left over after the write may fail without harm.
            assert_eq!(visible(&found), visible(&after), "change {failing}");
        } else {
            assert_eq!(found, before, "change {failing}");
        }
    }
}

#[test]
fn a_disk_that_takes_nothing_any_more_leaves_what_the_next_run_takes_back() {
    let (before, after) = expected();
    for failing in 0..number_of_changes() {
        let folder = lived_in();
        let mut number = 0;
        let mut hook = |_: disk::DiskOperation| {
            number += 1;
            if number > failing { Err(io::Error::other("no")) } else { Ok(()) }
        };
        let _ = new().write_on(&mut Disk::new(&mut hook), folder.path(), Overwrite::OnlyOurs);
        interrupted(folder.path(), &before, &after, failing);
    }
}

/// A folder in which a write stopped: nothing of it can be applied by halves, and the next run finds the old files or the
/// new ones.
fn interrupted(folder: &Path, before: &Tree, after: &Tree, at: usize) {
    let found = tree(folder);
    let whole = [before, after].iter().any(|whole| visible(whole) == visible(&found));
    assert!(whole || has_barrier(&found), "change {at}: {:#?}", found.keys());
    transaction::recover(&mut Disk::new(&mut |_| Ok(())), folder).unwrap();
    let recovered = tree(folder);
    assert!(recovered == *before || recovered == *after, "change {at}: {:#?}", recovered.keys());
    new().write(folder, Overwrite::OnlyOurs).unwrap();
    assert_eq!(&tree(folder), after, "change {at}");
}

#[test]
fn a_recovery_that_is_interrupted_is_made_up_for_by_the_next_one() {
    let (before, _) = expected();
    let panics_at = |at: usize| {
        let mut number = 0;
        move |_: disk::DiskOperation| {
            number += 1;
            assert_ne!(number, at, "stopped");
            Ok(())
        }
    };
    // Stopped just before the journal goes, the write has most to take back.
    let last = number_of_changes() - 1;
    let mut runs = 0;
    for at in 1.. {
        let folder = lived_in();
        let write = || new().write_on(&mut Disk::new(&mut panics_at(last)), folder.path(), Overwrite::OnlyOurs);
        assert!(catch_unwind(AssertUnwindSafe(write)).is_err());
        let recover = || transaction::recover(&mut Disk::new(&mut panics_at(at)), folder.path());
        let ended = catch_unwind(AssertUnwindSafe(recover)).is_ok();
        transaction::recover(&mut Disk::new(&mut |_| Ok(())), folder.path()).unwrap();
        assert_eq!(tree(folder.path()), before, "stopped at {at}");
        runs = at;
        if ended {
            break;
        }
    }
    assert!(runs > 8, "{runs}");
}

/// The same as the tests above, with a real process and a real `kill -9` before every third change. The process is this test
/// itself, started again.
#[cfg(unix)]
#[test]
fn a_process_may_be_killed_between_changes() {
    const VARIABLE: &str = "DR_SYNTH_TEST_STOPS_AT";
    if let Some(stops_at) = env::var_os(VARIABLE) {
        let (folder, stops_at) = (env::current_dir().unwrap(), stops_at.to_str().unwrap().parse().unwrap());
        return stop_before(&folder, stops_at);
    }
    let (before, after) = expected();
    // Each start of the process takes its time; the tests above stop before all of them.
    for stops_at in (0..number_of_changes()).step_by(3) {
        let folder = lived_in();
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "files::tests::a_process_may_be_killed_between_changes", "--nocapture"])
            .current_dir(folder.path())
            .env(VARIABLE, stops_at.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(
            lines.map_while(Result::ok).any(|line| line.ends_with("stopped")),
            "it never came to change {stops_at}"
        );
        process.kill().unwrap();
        process.wait().unwrap();
        interrupted(folder.path(), &before, &after, stops_at);
    }
}

fn stop_before(folder: &Path, stops_at: usize) {
    let mut number = 0;
    let mut hook = |_: disk::DiskOperation| {
        if number == stops_at {
            writeln!(io::stdout(), "stopped").unwrap();
            loop {
                thread::park();
            }
        }
        number += 1;
        Ok(())
    };
    new().write_on(&mut Disk::new(&mut hook), folder, Overwrite::OnlyOurs).unwrap();
}

#[test]
fn what_was_edited_after_the_interruption_is_kept() {
    let folder = lived_in();
    let mut stopped = |change: disk::DiskOperation| match change {
        disk::DiskOperation::RemoveFile => panic!("stopped"),
        _ => Ok(()),
    };
    let write = || new().write_on(&mut Disk::new(&mut stopped), folder.path(), Overwrite::OnlyOurs);
    assert!(catch_unwind(AssertUnwindSafe(write)).is_err());
    put(folder.path(), "modules/c/main.tf", "mine");
    transaction::recover(&mut Disk::new(&mut |_| Ok(())), folder.path()).unwrap();
    assert_eq!(tree(folder.path())[Path::new("modules/c/main.tf")], "mine");
}

#[test]
fn a_journal_that_leads_elsewhere_is_not_followed() {
    let folder = lived_in();
    let entry = r#"{"path": "../x", "is_written": true, "was_there": false}"#;
    put(
        folder.path(),
        ".dr-synth-staging/journal.json",
        &format!(r#"{{"changes": [{entry}], "new_folders": [], "barriers": []}}"#),
    );
    let error = new().write(folder.path(), Overwrite::OnlyOurs).unwrap_err();
    assert!(matches!(error, WriteError::Stuck { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_restored_file_does_not_leave_the_folder_by_a_link() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(outside.path(), folder.path().join("way")).unwrap();
    let entry = r#"{"path": "way/keys", "is_written": false, "was_there": true}"#;
    put(
        folder.path(),
        ".dr-synth-staging/journal.json",
        &format!(r#"{{"changes": [{entry}], "new_folders": [], "barriers": []}}"#),
    );
    put(folder.path(), ".dr-synth-staging/0.old", "planted");
    let error = new().write(folder.path(), Overwrite::OnlyOurs).unwrap_err();
    assert!(matches!(error, WriteError::Stuck { .. }), "{error}");
    assert!(tree(outside.path()).is_empty());
}

#[test]
fn two_writers_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    thread::scope(|scope| {
        for files in [old(), new(), old(), new()] {
            let folder = folder.path();
            scope.spawn(move || (0..10).for_each(|_| drop(files.write(folder, Overwrite::OnlyOurs).unwrap())));
        }
    });
    let tree = tree(folder.path());
    let texts: Vec<_> = ["main.tf", "modules/a/main.tf"].map(|path| tree[Path::new(path)].clone()).into();
    assert_eq!(texts[0], texts[1]);
    assert!(!tree.contains_key(Path::new(STAGING)));
}

/// The sentence that people read, by the real thing.
#[test]
fn terraform_refuses_a_folder_with_a_barrier() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "main.tf.json", "{\"locals\": {\"name\": \"value\"}}");
    let validate = || {
        let mut terraform = Command::new("terraform");
        terraform.args(["validate", "-no-color"]).current_dir(folder.path()).env("CHECKPOINT_DISABLE", "1");
        let output = terraform.output().expect("this test needs `terraform` (1.11 or later) on the PATH");
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (is_valid, errors) = validate();
    assert!(is_valid, "{errors}");
    put(folder.path(), barrier::NAME, barrier::CONTENT);
    let (is_valid, errors) = validate();
    let errors = errors.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        !is_valid && errors.contains("dr-synth was interrupted while it wrote this folder, run it again"),
        "{errors}"
    );
}
