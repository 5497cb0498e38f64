//! What a person sees while it runs: one line per event with the time since the start, and a table at the end.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::heartbeat::Heartbeat;

/// The longest silence of a step that waits.
const LONGEST_SILENCE: Duration = Duration::from_secs(20);

/// Prints progress lines and remembers how long each step took. Clones share the clock and the table.
#[derive(Clone)]
pub struct Progress {
    started: Instant,
    label: String,
    quiet: bool,
    spoken: Arc<Mutex<Instant>>,
    timings: Arc<Mutex<Vec<Timing>>>,
}

struct Timing {
    step: String,
    took: Duration,
    outcome: &'static str,
}

impl Progress {
    /// Starts the clock.
    pub fn start() -> Self {
        let now = Instant::now();
        let spoken = Arc::new(Mutex::new(now));
        Self { started: now, label: String::new(), quiet: false, spoken, timings: Arc::default() }
    }

    /// A progress that prints nothing: for tests of what reports to it.
    #[cfg(test)]
    pub(crate) fn quiet() -> Self {
        Self { quiet: true, ..Self::start() }
    }

    /// The same progress, with a label before each line: for lifecycles that run side by side.
    pub fn labelled(&self, label: &str) -> Self {
        Self { label: format!("{label}: "), ..self.clone() }
    }

    /// Prints a line.
    pub fn say(&self, text: &str) {
        *self.spoken.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        if self.quiet {
            return;
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let mut output = std::io::stdout().lock();
        for line in text.lines() {
            // A closed terminal must not turn a clean-up into a panic.
            let _ = writeln!(output, "[{seconds:6.1} s] {}{line}", self.label);
        }
        let _ = output.flush();
    }

    /// Prints a text as it is: a table or a usage message.
    pub fn show(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// Runs a step between two lines and adds it to the table.
    ///
    /// # Errors
    ///
    /// The step's own.
    pub fn step<T>(&self, name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        self.say(&format!("{name} ..."));
        let started = Instant::now();
        let result = run();
        let took = started.elapsed();
        let outcome = if result.is_ok() { "done" } else { "FAILED" };
        self.say(&format!("{name}: {outcome} in {:.1} s", took.as_secs_f64()));
        let step = format!("{}{name}", self.label);
        self.timings.lock().unwrap_or_else(PoisonError::into_inner).push(Timing { step, took, outcome });
        result
    }

    /// Runs a step that may take long and print nothing: what it waits for, and how long that usually takes, is said at its
    /// start and in each long silence.
    ///
    /// # Errors
    ///
    /// The step's own.
    pub fn wait<T>(&self, name: &str, expected: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        self.step(name, || {
            self.say(&format!("  {expected}"));
            let (spoken, progress) = (Arc::clone(&self.spoken), self.clone());
            let text = still_waiting(name, expected);
            let _heartbeat = Heartbeat::start(
                LONGEST_SILENCE,
                move || spoken.lock().unwrap_or_else(PoisonError::into_inner).elapsed(),
                move |waited| progress.say(&text(waited)),
            );
            run()
        })
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The steps with their times, one line each, and the total.
    pub fn table(&self) -> String {
        let timings = self.timings.lock().unwrap_or_else(PoisonError::into_inner);
        let width = timings.iter().map(|timing| timing.step.chars().count()).max().unwrap_or(0).max(5);
        let mut table = String::new();
        for Timing { step, took, outcome } in timings.iter() {
            let _ = writeln!(table, "  {step:width$}  {:7.1} s  {outcome}", took.as_secs_f64());
        }
        let _ = write!(table, "  {:width$}  {:7.1} s", "total", self.elapsed().as_secs_f64());
        table
    }
}

/// What is said in a silence.
fn still_waiting(name: &str, expected: &str) -> impl Fn(Duration) -> String + Send + 'static {
    let (name, expected) = (name.to_owned(), expected.to_owned());
    move |waited| format!("  {name}: {} s so far; {expected}", waited.as_secs())
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_silence_says_what_is_waited_for_and_how_long_it_usually_takes() {
        let text = still_waiting("terraform apply", "usually 4 minutes")(Duration::from_millis(61_900));
        assert_eq!(text, "  terraform apply: 61 s so far; usually 4 minutes");
    }

    #[test]
    fn a_step_that_waits_is_in_the_table_with_its_outcome() {
        let progress = Progress::quiet();
        assert_eq!(progress.wait("first", "usually 1 s", || Ok(7)).unwrap(), 7);
        assert!(progress.wait("second", "usually 1 s", || -> Result<()> { bail!("no") }).is_err());
        let table = progress.table();
        assert!(table.lines().any(|line| line.contains("first") && line.contains("done")), "{table}");
        assert!(table.lines().any(|line| line.contains("second") && line.contains("FAILED")), "{table}");
    }
}
