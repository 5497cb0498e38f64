//! The emulator as a child process that ends with its handle.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::http::{Answer, agent};
use crate::progress::Progress;
use crate::repository;

/// Account of the emulator. Its access key names it: the emulator takes a 12-digit key for the account id.
pub const ACCOUNT: &str = "123456789012";

// The first start installs Python packages.
const READY_TIMEOUT: Duration = Duration::from_secs(600);
// Stopping PostgreSQL servers takes its time on a machine that has other work.
const STOP_TIMEOUT: Duration = Duration::from_secs(120);
const REMEMBERED_LINES: usize = 40;

/// A running emulator; dropping it stops it.
pub struct Emulator {
    child: Child,
    endpoint: String,
    words: Words,
    leaving: Mutex<Vec<String>>,
}

/// The last lines that the emulator wrote on stderr.
#[derive(Clone, Default)]
struct Words(Arc<Mutex<VecDeque<String>>>);

impl Emulator {
    /// Starts the emulator and waits until it serves.
    ///
    /// # Errors
    ///
    /// When there is no `python3`, or the emulator ends or stays silent: with what it said.
    pub fn start(progress: &Progress) -> Result<Self> {
        let script = repository::root().join("emulator").join("start.py");
        let mut command = Command::new("python3");
        command.arg(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        in_own_group(&mut command);
        let mut child = command.spawn().context("starting python3; install Python 3.11 or newer")?;
        let words = Words::default();
        if let Some(stderr) = child.stderr.take() {
            words.collect(stderr, progress.clone());
        }
        let ready = child.stdout.take().map(first_line);
        // From here on the handle stops the child, whatever fails.
        let mut emulator = Self { child, endpoint: String::new(), words, leaving: Mutex::default() };
        emulator.endpoint = emulator.wait_until_ready(&ready.context("the emulator has no stdout")?)?;
        Ok(emulator)
    }

    /// Where it listens, for instance `http://127.0.0.1:40000`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What it said last, for error reports.
    pub fn last_words(&self) -> String {
        self.words.text()
    }

    /// Stops it and waits until everything it started is gone.
    ///
    /// # Errors
    ///
    /// When it refused a request that breaks AWS's models or that somebody has no permission for, had to be killed, or ended
    /// with an error.
    pub fn stop(mut self) -> Result<()> {
        let (refused, denied) = (self.refused(), self.denied());
        self.end()?;
        let (refused, denied) = (refused?, denied?);
        ensure!(refused.is_empty(), "requests that break AWS's models:\n{}", refused.join("\n"));
        ensure!(denied.is_empty(), "requests that no policy allows:\n{}", denied.join("\n"));
        Ok(())
    }

    /// An environment is about to be destroyed: what runs by the clock in it may still ask while its permissions are taken away, and is
    /// denied then.
    ///
    /// # Errors
    ///
    /// When something was denied before.
    pub fn leaves(&self, suffix: &str) -> Result<()> {
        let denied = self.denied()?;
        ensure!(denied.is_empty(), "requests that no policy allows:\n{}", denied.join("\n"));
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner).push(format!("-{suffix}"));
        Ok(())
    }

    /// What was denied to roles and services, because the policies in the account do not allow it or cannot be judged; except what is
    /// about an environment that leaves.
    ///
    /// # Errors
    ///
    /// When the emulator does not tell.
    pub fn denied(&self) -> Result<Vec<String>> {
        let report = self.own("permissions")?;
        ensure!(report["enforced"] == true, "the emulator enforces no permissions");
        let denied = report["denied"].as_array().context("the emulator does not tell what it denied")?;
        let leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let leaves = |entry: &&Value| {
            let name = |field: &str| entry[field].as_str().unwrap_or_default();
            leaving.iter().any(|ending| [name("resource"), name("principal")].iter().any(|it| it.ends_with(ending)))
        };
        let line = |entry: &Value| {
            let [action, resource, principal, sender] = ["action", "resource", "principal", "sender"]
                .map(|name| entry[name].as_str().unwrap_or_default().to_owned());
            format!("{action} on {resource} to {principal} ({sender})")
        };
        let unjudged = report["unjudged"].as_object().into_iter().flatten();
        Ok(denied
            .iter()
            .filter(|entry| !leaves(entry))
            .map(line)
            .chain(unjudged.map(|(what, _)| format!("cannot be judged: {what}")))
            .collect())
    }

    /// The requests that broke AWS's models and were refused for it, each with the operation and what was said.
    ///
    /// # Errors
    ///
    /// When the emulator does not tell.
    pub fn refused(&self) -> Result<Vec<String>> {
        let answer = self.own("models")?;
        let refused = answer["refused"].as_array().context("the emulator does not tell what it refused")?;
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let line = |entry| {
            let [operation, sender, code, message] =
                ["operation", "sender", "code", "message"].map(|name| text(entry, name));
            format!("{operation} from {sender}: {code}: {message}")
        };
        Ok(refused.iter().map(line).collect())
    }

    /// Names the command that stands for the containers of a repository's images.
    ///
    /// # Errors
    ///
    /// When the emulator does not take it.
    pub fn runs(&self, repository: &str, command: &[&str]) -> Result<()> {
        let url = format!("{}/_emulator/containers", self.endpoint);
        let request = serde_json::json!({"repository": repository, "command": command}).to_string();
        let answer = Answer::read(agent().post(&url).send(request).context("telling the emulator of a container")?)?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
        Ok(())
    }

    /// What one of its own endpoints tells.
    fn own(&self, name: &str) -> Result<Value> {
        let url = format!("{}/_emulator/{name}", self.endpoint);
        Answer::read(agent().get(&url).call().context("asking the emulator about its run")?)?.json()
    }

    fn wait_until_ready(&self, ready: &Receiver<String>) -> Result<String> {
        let line = match ready.recv_timeout(READY_TIMEOUT) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => bail!("the emulator was not ready in time; {}", self.last_words()),
            Err(RecvTimeoutError::Disconnected) => bail!("the emulator did not start:\n{}", self.last_words()),
        };
        let report: Value =
            serde_json::from_str(&line).with_context(|| format!("the emulator's first line is {line:?}"))?;
        let endpoint = report["endpoint"].as_str().context("the emulator's first line names no endpoint")?;
        Ok(endpoint.to_owned())
    }

    fn end(&mut self) -> Result<()> {
        // The emulator runs until its stdin closes; its own guardian then sweeps up the databases.
        drop(self.child.stdin.take());
        let deadline = Instant::now() + STOP_TIMEOUT;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return if status.success() {
                    Ok(())
                } else {
                    bail!("the emulator ended with {status}:\n{}", self.last_words())
                };
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("the emulator did not stop within {} s and was killed", STOP_TIMEOUT.as_secs())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // After `stop` the child is gone and this returns at once.
        let _ = self.end();
    }
}

impl Words {
    fn collect(&self, stderr: impl Read + Send + 'static, progress: Progress) {
        let words = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // Its advice on environment variables is for people who start it by hand.
                if line.starts_with("emulator: ") && !line.starts_with("emulator: ready") {
                    progress.say(&line);
                }
                words.push(line);
            }
        });
    }

    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == REMEMBERED_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

fn first_line(stdout: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        if let Some(Ok(line)) = BufReader::new(stdout).lines().next() {
            // The receiver is gone only if the wait has been given up.
            let _ = sender.send(line);
        }
    });
    receiver
}

fn in_own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    // Ctrl-C ends the harness; the emulator follows by its closed stdin, in order, not in the middle of a request.
    command.process_group(0);
}
