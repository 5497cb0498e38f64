//! Nothing outlives the harness: not after a panic, not after Ctrl-C, not after `kill -9`.
//!
//! Terraform's providers are processes that do not notice when Terraform is gone. So a small shell process of its own
//! holds the other end of a pipe: when this process ends, in whichever way, the pipe closes and the shell ends the
//! process groups and deletes the directories it was told about.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};

/// Handle of the shell process that sweeps up. Clones talk to the same one.
#[derive(Clone)]
pub struct Reaper {
    pipe: Arc<Mutex<Pipe>>,
}

struct Pipe {
    input: Option<ChildStdin>,
    shell: Child,
}

/// A process group that is ended if the harness ends before it does.
pub struct WatchedGroup {
    reaper: Reaper,
    group: u32,
}

impl Reaper {
    /// Starts the shell process.
    ///
    /// # Errors
    ///
    /// When there is no `sh`.
    pub fn start() -> Result<Self> {
        let mut shell = Command::new("sh")
            .args(["-c", include_str!("reaper.sh")])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            // A group of its own: Ctrl-C in a terminal must not reach it before its work is done.
            .process_group(0)
            .spawn()
            .context("starting sh, which cleans up behind Terraform")?;
        let input = shell.stdin.take();
        Ok(Self { pipe: Arc::new(Mutex::new(Pipe { input, shell })) })
    }

    /// Watches the process group of a child that was started in a group of its own.
    ///
    /// # Errors
    ///
    /// When the shell process is gone.
    pub fn watch(&self, child: &Child) -> Result<WatchedGroup> {
        let group = child.id();
        self.tell("group", &group.to_string())?;
        Ok(WatchedGroup { reaper: self.clone(), group })
    }

    /// Deletes this directory at the end.
    ///
    /// # Errors
    ///
    /// When the shell process is gone.
    pub fn delete_at_end(&self, directory: &Path) -> Result<()> {
        self.tell("directory", &directory.display().to_string())
    }

    fn tell(&self, word: &str, value: &str) -> Result<()> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let input = pipe.input.as_mut().context("the reaper has been stopped")?;
        writeln!(input, "{word} {value}").context("the shell process that cleans up is gone")
    }
}

impl Drop for WatchedGroup {
    fn drop(&mut self) {
        // If the shell is gone there is nothing left to tell it.
        let _ = self.reaper.tell("gone", &self.group.to_string());
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.shell.wait();
    }
}
