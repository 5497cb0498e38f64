//! Runs checks one after the other and counts them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Result, anyhow};

use crate::progress::Progress;

/// A sequence of checks: each prints one line, and a failed one does not stop the next.
pub struct Suite {
    progress: Progress,
    failures: Mutex<Vec<String>>,
    passed: Mutex<usize>,
    started: Instant,
}

impl Suite {
    /// An empty suite.
    pub fn new(progress: &Progress) -> Self {
        Self {
            progress: progress.clone(),
            failures: Mutex::default(),
            passed: Mutex::default(),
            started: Instant::now(),
        }
    }

    /// Runs a check and tells what came of it. Its value is there only if it has passed.
    pub fn check<T>(&self, name: &str, run: impl FnOnce() -> Result<T>) -> Option<T> {
        let started = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(anyhow!(panic_message(&panic))));
        let seconds = started.elapsed().as_secs_f64();
        match result {
            Ok(value) => {
                self.progress.say(&format!("ok      {name} ({seconds:.1} s)"));
                *self.passed.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                Some(value)
            }
            Err(error) => {
                self.progress.say(&format!("FAILED  {name} ({seconds:.1} s)\n{error:#}"));
                let failure = format!("{name}\n{error:#}");
                self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
                None
            }
        }
    }

    /// Prints the failures again and a last line in the words of Rust's own test harness. True if there were none.
    pub fn conclude(&self) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = *self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        for failure in failures.iter() {
            self.progress.say(&format!("failed: {failure}"));
        }
        let verdict = if failures.is_empty() { "ok" } else { "FAILED" };
        self.progress.say(&format!(
            "test result: {verdict}. {passed} passed; {} failed; finished in {:.2}s",
            failures.len(),
            self.started.elapsed().as_secs_f64()
        ));
        failures.is_empty()
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "the check panicked".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Suite;
    use crate::progress::Progress;
    use anyhow::bail;

    #[test]
    fn a_failed_check_is_counted_and_the_next_one_runs() {
        let suite = Suite::new(&Progress::quiet());
        assert!(suite.check("fails", || -> anyhow::Result<()> { bail!("on purpose") }).is_none());
        assert_eq!(suite.check("passes", || Ok(7)), Some(7));
        assert!(!suite.conclude());
    }

    #[test]
    fn a_panic_is_a_failure() {
        let suite = Suite::new(&Progress::quiet());
        suite.check("panics", || -> anyhow::Result<()> { unreachable!("on purpose") });
        assert!(!suite.conclude());
    }

    #[test]
    fn nothing_failed_is_a_success() {
        let suite = Suite::new(&Progress::quiet());
        suite.check("passes", || Ok(()));
        assert!(suite.conclude());
    }
}
