//! Standard output of every command: closed it is an error where nothing else tells what was asked for, and a reader that goes
//! away is none.

use crate::common::{Run, dr_synth};

/// Every command with arguments that make it print, in a folder that holds `main.tf.json` of dr-synth, and the log of an apply. What
/// ends with 1 has found something.
const COMMANDS: [(&str, &str, i32); 18] = [
    ("", "", 0),
    ("--help", "", 0),
    ("--version", "", 0),
    ("help", "check", 0),
    ("synth", "", 0),
    ("diff", "main.tf.json main.tf.json", 0),
    ("check", ".", 0),
    ("explain", "DR001", 0),
    ("objectives", ".", 0),
    ("graph", ".", 0),
    ("evaluate", ". 1+1", 0),
    ("cost", ".", 0),
    ("runbook", ".", 0),
    ("report", ".", 0),
    ("permissions", ".", 0),
    ("settings", ".", 0),
    ("completions", "bash", 0),
    ("man", "check", 0),
];

/// What a killed apply has said of an object that it was making.
const LOG: &str = "aws_s3_bucket.primary_receipts: Creating...\n\nError: creating it: BucketAlreadyOwnedByYou: it is there\n\n  with \
                   aws_s3_bucket.primary_receipts,\n  on main.tf.json\n";

/// A run in the folder that [`COMMANDS`] are for.
fn run(document: &str, command: &str, arguments: &str) -> Run {
    dr_synth(&format!("{command} {arguments}")).file("main.tf.json", document).file("apply.log", LOG)
}

/// The commands that the help lists.
pub(crate) fn command_names() -> Vec<String> {
    let help = dr_synth("--help").succeed().stdout();
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    // A description that does not fit goes on in lines that are further in.
    let lines = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<_> = lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    assert!(names.len() >= 13, "{names:?}");
    names
}

/// All of them with arguments, so that none is forgotten.
fn commands() -> Vec<(&'static str, &'static str, i32)> {
    let commands: Vec<_> = COMMANDS.into_iter().chain([("adopt", "apply.log .", 0)]).collect();
    for name in command_names() {
        assert!(commands.iter().any(|(command, ..)| *command == name), "{name} is not tried");
    }
    commands
}

#[test]
fn a_reader_that_goes_away_is_not_an_error() {
    let document = dr_synth("").succeed().stdout();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    for (command, arguments, status) in commands() {
        let finished = run(&document, command, arguments).stdout(writer.try_clone().unwrap()).finish();
        let said = finished.stderr();
        assert_eq!(finished.status(), status, "{command}: {said}");
        assert!(!said.contains("error") && !said.contains("panicked"), "{command}: {said}");
    }
}

#[cfg(target_os = "linux")]
pub(super) use closed::shell;

/// Only Linux says whether a stream was closed.
#[cfg(target_os = "linux")]
mod closed {
    use super::{LOG, commands};

    /// Runs a line of shell in an empty folder, with the program on the path.
    pub(in crate::cli) fn shell(line: &str) -> (tempfile::TempDir, std::process::Output) {
        let folder = tempfile::tempdir().unwrap();
        let program = assert_cmd::cargo::cargo_bin!("dr-synth");
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", line]).current_dir(folder.path()).env_clear().env("PATH", program.parent().unwrap());
        let output = shell.output().unwrap();
        (folder, output)
    }

    /// Their exit status says what was asked for. Python's `DEVNULL` and Node's `ignore` look as a closed stream does.
    const JUDGE: [&str; 4] = ["check", "cost", "diff", "objectives"];

    #[test]
    fn a_closed_stdout_is_an_error_of_every_command_whose_text_is_all_there_is() {
        for (command, arguments, status) in commands() {
            let prepare = format!("dr-synth > main.tf.json; printf '{}' > apply.log", LOG.escape_default());
            let line = format!("{prepare}; dr-synth {command} {arguments}");
            let closed = shell(&format!("{line} >&-")).1;
            let said = String::from_utf8_lossy(&closed.stderr).into_owned();
            if JUDGE.contains(&command) {
                assert_eq!(closed.status.code(), Some(status), "{command}: {said}");
            } else {
                assert_eq!(closed.status.code(), Some(2), "{command}: {said}");
                assert!(said.contains("error: cannot write to standard output: it is closed"), "{command}: {said}");
            }
            assert_eq!(shell(&format!("{line} > /dev/null")).1.status.code(), Some(status), "{command}");
        }
    }
}
