//! Instructions as valgrind counts them, and their limits.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Counts the instructions of a run.
pub(crate) fn instructions(program: &Path, arguments: &[String]) -> Outcome<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(arguments);
    let output = valgrind.env_remove("ENVIRONMENT_SUFFIX").stdout(Stdio::null()).output().map_err(|error| {
        format!("valgrind cannot be started ({error}); it counts the instructions: install the package `valgrind`")
    })?;
    let said = String::from_utf8_lossy(&output.stderr);
    // One that ends with findings has done its work.
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("{} under valgrind: {}\n{said}", program.display(), output.status).into());
    }
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.ok_or_else(|| format!("valgrind tells no count:\n{said}"))?;
    Ok(count.trim().parse()?)
}

/// Says whether a limit is kept.
pub(crate) fn limit(what: &str, measured: f64, most: f64) -> bool {
    let kept = measured <= most;
    println!("{} {what}: {measured:.2}, at most {most:.2}", if kept { "ok      " } else { "TOO MUCH" });
    kept
}
