//! Every `dr-synth` command of the README succeeds as it is printed, one after the other in an empty folder.

use std::path::Path;
use std::process::Command;

use super::{code_blocks, root};

/// The README's lines that call the program, without their comments.
fn commands(readme: &str) -> Vec<String> {
    let lines = code_blocks(readme, "console").into_iter().flat_map(str::lines);
    let calls = lines.filter(|line| line.starts_with("dr-synth "));
    calls.map(|line| line.split("  #").next().unwrap().trim_end().to_owned()).collect()
}

#[test]
fn the_readme_is_short() {
    let bytes = std::fs::metadata(root().join("README.md")).unwrap().len();
    assert!(bytes <= 10_000, "{bytes} bytes: move details to docs/");
}

#[test]
fn every_command_of_the_readme_runs_as_printed() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.len() >= 8, "only {commands:?}");
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_dr-synth"));
    let path = std::env::join_paths(
        std::iter::once(program.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )
    .unwrap();
    for command in commands {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &command])
            .current_dir(folder.path())
            .env("PATH", &path)
            .env_remove("ENVIRONMENT_SUFFIX")
            .env_remove("DR_SYNTH_SERVICE_NAME");
        let output = shell.output().unwrap();
        // `diff` and `check` say with 1 that they have found something, which these may.
        let finds = command.starts_with("dr-synth diff") || command.starts_with("dr-synth check");
        let status = output.status.code();
        let fine = status == Some(0) || finds && status == Some(1);
        assert!(fine, "`{command}` ended with {status:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
