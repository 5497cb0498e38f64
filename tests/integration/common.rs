//! Runs the binary in an empty folder of its own, with nothing from this process's environment, and compares with files
//! that a person has read.

use std::ffi::OsStr;
use std::fs;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A run of `dr-synth` that has not started.
pub(crate) struct Run {
    folder: TempDir,
    command: Command,
}

/// What a run left behind.
pub(crate) struct Finished {
    folder: TempDir,
    output: Output,
}

/// The binary, called with these arguments, divided by spaces.
pub(crate) fn dr_synth(arguments: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("dr-synth"));
    command.current_dir(folder.path()).env_clear().stdin(Stdio::null()).args(arguments.split_whitespace());
    Run { folder, command }
}

impl Run {
    /// Adds an argument as it stands.
    pub(crate) fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Puts a file into the folder.
    pub(crate) fn file(self, path: &str, content: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Puts the settings file into the folder.
    pub(crate) fn settings(self, content: &str) -> Self {
        self.file("dr-synth.toml", content)
    }

    /// Does something else to the folder.
    pub(crate) fn prepare(self, prepare: impl FnOnce(&Path)) -> Self {
        prepare(self.folder.path());
        self
    }

    /// Gives it this on standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.rewind().unwrap();
        self.command.stdin(file);
        self
    }

    /// Sends stderr somewhere else.
    pub(crate) fn stderr(mut self, stderr: impl Into<Stdio>) -> Self {
        self.command.stderr(stderr);
        self
    }

    /// Sends stdout somewhere else.
    pub(crate) fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.command.stdout(stdout);
        self
    }

    /// Runs it to its end.
    pub(crate) fn finish(mut self) -> Finished {
        let output = self.command.output().unwrap();
        Finished { folder: self.folder, output }
    }

    /// Runs it and expects success.
    pub(crate) fn succeed(self) -> Finished {
        let finished = self.finish();
        assert_eq!(finished.status(), 0, "{}", finished.stderr());
        finished
    }

    /// Runs it, expects exit code 2, no data and no new file, and returns what stderr says.
    pub(crate) fn refuse(self) -> String {
        let before = files(self.folder.path());
        let finished = self.finish();
        assert_eq!(finished.status(), 2, "{}", finished.stderr());
        assert_eq!(finished.stdout(), "");
        assert_eq!(files(finished.path()), before);
        finished.stderr()
    }
}

impl Finished {
    pub(crate) fn status(&self) -> i32 {
        self.output.status.code().expect("ended by itself")
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).unwrap()
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the folder.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// The document on stdout.
    pub(crate) fn document(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout()).unwrap()
    }
}

/// Every file and folder below, with the files' content.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
            found.push((path, None));
        } else {
            let content = fs::read(&path).unwrap();
            found.push((path, Some(content)));
        }
    }
    found.sort();
    found
}

/// Compares with a file of the repository, byte for byte. `UPDATE_GOLDEN=1` writes the file instead.
pub(crate) fn golden(path: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let first = expected.lines().zip(actual.lines()).position(|(left, right)| left != right);
    assert!(
        expected == actual,
        "{} is not what is made now (first difference in line {}). Read the difference after \
         `UPDATE_GOLDEN=1 cargo test`.",
        path.display(),
        first.unwrap_or_else(|| expected.lines().count().min(actual.lines().count())) + 1,
    );
}
