//! What happens, printed as it happens: each line with the seconds since the cut, or until it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::progress::Progress;

/// The timeline of a game day.
pub struct Timeline {
    progress: Progress,
    started: Instant,
    started_at: Duration,
    zero: Mutex<Option<Instant>>,
}

impl Timeline {
    /// An empty one, without a cut yet.
    pub fn new(progress: &Progress) -> Self {
        let started_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { progress: progress.clone(), started: Instant::now(), started_at, zero: Mutex::default() }
    }

    /// Takes this moment for zero from now on.
    pub fn count_from(&self, moment: Instant) {
        *self.zero() = Some(moment);
    }

    /// Prints what happens now.
    pub fn say(&self, what: &str) {
        self.at(Instant::now(), what);
    }

    /// Prints what happened a moment ago.
    pub fn at(&self, moment: Instant, what: &str) {
        let zero = *self.zero();
        let clock = zero.map(|zero| format!("T{:+7.1} s  ", seconds_between(zero, moment))).unwrap_or_default();
        self.progress.say(&format!("{clock}{what}"));
    }

    /// The moment of a time in seconds since 1970, as AWS tells times.
    pub fn moment(&self, epoch_seconds: f64) -> Instant {
        let at = Duration::try_from_secs_f64(epoch_seconds).unwrap_or_default();
        match at.checked_sub(self.started_at) {
            Some(later) => self.started + later,
            None => self.started,
        }
    }

    /// Whether a moment lies before zero.
    pub fn is_before_zero(&self, moment: Instant) -> bool {
        self.zero().is_some_and(|zero| moment <= zero)
    }

    fn zero(&self) -> MutexGuard<'_, Option<Instant>> {
        self.zero.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seconds from one moment to another, negative if that one is earlier.
pub fn seconds_between(from: Instant, to: Instant) -> f64 {
    match to.checked_duration_since(from) {
        Some(later) => later.as_secs_f64(),
        None => -from.duration_since(to).as_secs_f64(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use super::{Timeline, seconds_between};
    use crate::progress::Progress;

    #[test]
    fn seconds_go_both_ways() {
        let now = std::time::Instant::now();
        let later = now + Duration::from_millis(1500);
        assert!((seconds_between(now, later) - 1.5).abs() < 1e-9);
        assert!((seconds_between(later, now) + 1.5).abs() < 1e-9);
    }

    #[test]
    fn times_of_aws_are_moments() {
        let timeline = Timeline::new(&Progress::quiet());
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        let moment = timeline.moment(epoch + 60.0);
        let ahead = seconds_between(std::time::Instant::now(), moment);
        assert!((59.0..61.0).contains(&ahead), "{ahead}");
    }
}
