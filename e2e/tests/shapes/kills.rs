//! An apply that is killed again and again, and goes on with what `dr-synth adopt` makes of its log.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::reaper::Reaper;
use dr_synth_e2e::repository::Program;
use dr_synth_e2e::terraform::Terraform;
use dr_synth_e2e::workspace::Workspace;

const LOG: &str = "apply.log";
const ADOPTED: &str = "adopt.tf.json";
const STATE: &str = "terraform.tfstate";

/// How long after its first creation an apply is killed at the latest.
const LONGEST: u64 = 12_000;

/// How often an apply may fail after the last kill: each time it says what else exists.
const MOST_FAILURES: usize = 8;

/// What an apply with kills runs on.
pub(crate) struct Kills<'a> {
    pub(crate) terraform: &'a Terraform,
    pub(crate) reaper: &'a Reaper,
    pub(crate) workspace: &'a Workspace,
    pub(crate) program: &'a Program,
    pub(crate) progress: &'a Progress,
}

/// How an apply has ended.
#[derive(PartialEq)]
enum End {
    Complete,
    Failed,
    Killed,
}

impl Kills<'_> {
    /// Applies, with so many kills at random moments, until everything is there.
    pub(crate) fn apply(&self, kills: usize) -> Result<()> {
        let mut moment = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        self.progress.say(&format!("moments of the kills from {moment}"));
        for kill in 1..=kills {
            // Knuth's linear congruential generator: moments need no better one, and no crate.
            moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let limit = Duration::from_millis((moment >> 33) % LONGEST);
            self.progress
                .say(&format!("apply {kill} of {kills}, killed {:.1} s after its first creation", limit.as_secs_f64()));
            if self.run(Some(limit))? == End::Complete {
                return self.remove_imports();
            }
            self.adopt()?;
        }
        for apply in 1..=MOST_FAILURES {
            self.progress.say(&format!("apply {apply} of at most {MOST_FAILURES} after the last kill"));
            if self.run(None)? == End::Complete {
                return self.remove_imports();
            }
            self.adopt()?;
        }
        bail!("not complete after {kills} kills and {MOST_FAILURES} more applies:\n{}", self.last_words()?)
    }

    /// One apply, killed so long after it has begun to create something.
    fn run(&self, limit: Option<Duration>) -> Result<End> {
        let path = self.workspace.file(LOG);
        let log = File::options().create(true).append(true).open(&path).context("opening the log")?;
        let before = log.metadata()?.len();
        let arguments = ["apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=16"];
        let mut command = self.terraform.command(self.workspace.path(), &arguments);
        // Its providers go with it, as when a machine is lost.
        command.process_group(0).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let mut child = command.spawn().context("starting terraform")?;
        let watched = self.reaper.watch(&child)?;
        let mut began = None;
        let end = loop {
            if let Some(status) = child.try_wait()? {
                break if status.success() { End::Complete } else { End::Failed };
            }
            thread::sleep(Duration::from_millis(100));
            let Some(limit) = limit else { continue };
            if began.is_none() && self.since(before)?.contains(": Creating...") {
                began = Some(Instant::now());
            }
            if began.is_some_and(|began| began.elapsed() >= limit) {
                let killed = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
                ensure!(killed.success(), "kill ended with {killed}");
                child.wait()?;
                break End::Killed;
            }
        };
        drop(watched);
        Ok(end)
    }

    fn adopt(&self) -> Result<()> {
        self.remove_imports()?;
        self.restore_state()?;
        self.program.run(&["adopt", LOG, "-o", ADOPTED], self.workspace.path()).map(drop)
    }

    /// A state that was being written is cut off, and Terraform refuses it. What `adopt` says to do then.
    fn restore_state(&self) -> Result<()> {
        let (state, backup) = (self.workspace.file(STATE), self.workspace.file(&format!("{STATE}.backup")));
        let is_whole = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
        let is_cut_off = fs::read(&state).is_ok_and(|bytes| !bytes.is_empty() && !is_whole(&bytes));
        if !is_cut_off {
            return Ok(());
        }
        let earlier = fs::read(&backup).ok().filter(|bytes| is_whole(bytes)).unwrap_or_default();
        self.progress.say(&format!("the state is cut off: put the earlier one in its place ({} bytes)", earlier.len()));
        fs::write(&state, earlier).context("restoring the state")
    }

    fn remove_imports(&self) -> Result<()> {
        let path = self.workspace.file(ADOPTED);
        if path.exists() { fs::remove_file(path).context("removing the imports") } else { Ok(()) }
    }

    /// What the log has from a byte on.
    fn since(&self, start: u64) -> Result<String> {
        let bytes = fs::read(self.workspace.file(LOG)).context("reading the log")?;
        let start = usize::try_from(start)?.min(bytes.len());
        Ok(String::from_utf8_lossy(&bytes[start..]).into_owned())
    }

    fn last_words(&self) -> Result<String> {
        let text = self.since(0)?;
        let errors: Vec<_> = text.lines().filter(|line| line.starts_with("Error: ")).collect();
        Ok(errors[errors.len().saturating_sub(20)..].join("\n"))
    }
}
