//! Terraform's machine-readable output, turned into progress lines and an outcome.
//!
//! Terraform documentation, "Machine-Readable UI".

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::progress::Progress;
use crate::reaper::Reaper;

const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// What a plan, an apply or a destroy said about itself.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The counts of the last `change_summary`.
    pub added: u64,
    /// Resources changed in place.
    pub changed: u64,
    /// Resources destroyed.
    pub removed: u64,
    /// Addresses of what is to change, with the action: `create aws_vpc.this`.
    pub planned: Vec<String>,
    /// Addresses that differ from the state, with what happened to them: `delete aws_vpc.this`.
    pub drifted: Vec<String>,
    /// Summaries of warnings.
    pub warnings: Vec<String>,
    errors: Vec<String>,
    exit_code: i32,
}

impl Outcome {
    /// The exit code: 2 says "there are changes" where `-detailed-exitcode` was given.
    pub fn exit_code(&self) -> i32 {
        self.exit_code
    }

    /// The error messages, complete.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    /// `3 to add, 0 to change, 0 to destroy`.
    pub fn summary(&self) -> String {
        format!("{} to add, {} to change, {} to destroy", self.added, self.changed, self.removed)
    }
}

/// Runs Terraform with `-json`, reports what it is doing, and returns what came of it, errors included.
///
/// # Errors
///
/// When Terraform cannot be started or dies without saying why.
pub fn run_streaming(mut command: Command, progress: &Progress, reaper: &Reaper) -> Result<Outcome> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().context("starting terraform")?;
    let _watched = reaper.watch(&child)?;
    let stdout = child.stdout.take().context("terraform has no stdout")?;
    let mut stderr = child.stderr.take().context("terraform has no stderr")?;
    let words = thread::spawn(move || {
        let mut text = String::new();
        // What is not UTF-8 is left out; the exit code tells of the failure all the same.
        let _ = stderr.read_to_string(&mut text);
        text
    });
    let mut run = Run::new(progress.clone());
    for line in BufReader::new(stdout).lines() {
        let line = line.context("reading Terraform's messages")?;
        match serde_json::from_str::<Value>(&line) {
            Ok(message) => run.take(&message),
            Err(_) => run.outcome.errors.push(line),
        }
    }
    let status = child.wait().context("waiting for terraform")?;
    let words = words.join().unwrap_or_default();
    run.finish(status, &words)
}

/// A run under way.
struct Run {
    progress: Progress,
    outcome: Outcome,
    /// Addresses at work, each with its start.
    at_work: BTreeMap<String, Instant>,
    done: u64,
    reported: Instant,
}

impl Run {
    fn new(progress: Progress) -> Self {
        Self { progress, outcome: Outcome::default(), at_work: BTreeMap::new(), done: 0, reported: Instant::now() }
    }

    fn take(&mut self, message: &Value) {
        let address = || message["hook"]["resource"]["addr"].as_str().unwrap_or("?").to_owned();
        let kind = message["type"].as_str().unwrap_or_default();
        // Reading a data source is no change.
        if kind.starts_with("apply_") && message["hook"]["action"] == "read" {
            return;
        }
        match kind {
            "apply_start" => {
                self.at_work.insert(address(), Instant::now());
            }
            "apply_complete" | "apply_errored" => {
                self.at_work.remove(&address());
                self.done += 1;
            }
            "planned_change" => self.outcome.planned.push(change(message)),
            "resource_drift" => self.outcome.drifted.push(change(message)),
            "change_summary" => self.summarize(&message["changes"]),
            "diagnostic" => self.diagnose(&message["diagnostic"]),
            _ => {}
        }
        if self.reported.elapsed() >= REPORT_INTERVAL {
            self.report();
        }
    }

    fn summarize(&mut self, changes: &Value) {
        let count = |name: &str| changes[name].as_u64().unwrap_or(0);
        self.outcome.added = count("add");
        self.outcome.changed = count("change");
        self.outcome.removed = count("remove");
    }

    fn diagnose(&mut self, diagnostic: &Value) {
        let text = |name: &str| diagnostic[name].as_str().unwrap_or_default().trim().to_owned();
        if diagnostic["severity"] == "error" {
            let place = match text("address") {
                address if address.is_empty() => String::new(),
                address => format!("{address}: "),
            };
            self.outcome.errors.push(format!("{place}{}\n{}", text("summary"), text("detail")).trim().to_owned());
        } else {
            self.outcome.warnings.push(format!("{}: {}", text("summary"), text("detail")));
        }
    }

    fn report(&mut self) {
        self.reported = Instant::now();
        let total = self.outcome.added + self.outcome.changed + self.outcome.removed;
        let Some((address, started)) = self.at_work.iter().min_by_key(|(_, started)| **started) else { return };
        // A saved plan is applied without saying how much there is to do.
        let of_total = if total > 0 { format!(" of {total}") } else { String::new() };
        self.progress.say(&format!(
            "  {}{of_total} done, {} at work, longest {address} ({} s)",
            self.done,
            self.at_work.len(),
            started.elapsed().as_secs(),
        ));
    }

    fn finish(mut self, status: ExitStatus, words: &str) -> Result<Outcome> {
        let Some(code) = status.code() else { bail!("terraform was ended by a signal: {status}") };
        if code == 1 && self.outcome.errors.is_empty() {
            bail!("terraform failed without a message on stdout:\n{}", tail(words));
        }
        self.outcome.exit_code = code;
        Ok(self.outcome)
    }
}

fn change(message: &Value) -> String {
    let change = &message["change"];
    let action = change["action"].as_str().unwrap_or("?");
    let address = change["resource"]["addr"].as_str().unwrap_or("?");
    format!("{action} {address}")
}

fn tail(words: &str) -> String {
    let lines: Vec<&str> = words.trim().lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::Run;
    use crate::progress::Progress;
    use serde_json::{Value, json};

    fn after(messages: &[Value]) -> Run {
        let mut run = Run::new(Progress::quiet());
        for message in messages {
            run.take(message);
        }
        run
    }

    #[test]
    fn errors_name_the_resource_and_the_reason() {
        let diagnostic = json!({"severity": "error", "summary": "creating VPC", "detail": "AccessDenied", "address": "aws_vpc.this"});
        let run = after(&[json!({"type": "diagnostic", "diagnostic": diagnostic})]);
        assert_eq!(run.outcome.errors(), ["aws_vpc.this: creating VPC\nAccessDenied"]);
    }

    #[test]
    fn changes_are_counted_and_named() {
        let resource = json!({"addr": "aws_vpc.this"});
        let run = after(&[
            json!({"type": "planned_change", "change": {"action": "create", "resource": resource}}),
            json!({"type": "change_summary", "changes": {"add": 1, "change": 0, "remove": 0}}),
            json!({"type": "apply_start", "hook": {"resource": resource}}),
        ]);
        assert_eq!(run.outcome.planned, ["create aws_vpc.this"]);
        assert_eq!(run.outcome.summary(), "1 to add, 0 to change, 0 to destroy");
        assert_eq!(run.at_work.len(), 1);
    }
}
