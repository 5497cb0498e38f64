//! How busy this machine is: how long the emulator takes for an answer that costs nothing.
//!
//! Health checks have AWS's own limits, two seconds among them. A machine that cannot keep them for want of processors
//! looks like a region that is lost, so a scenario waits until it can, and a check that fails says how slow it was.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::http::{Answer, agent};
use crate::payments::PaymentsApi;

/// From one beat to the next.
const BEAT: Duration = Duration::from_secs(1);

/// As much of the past as anybody asks for.
const REMEMBERED: usize = 3600;

/// Half of what Route 53 gives an endpoint for its answer.
const IN_TIME: Duration = Duration::from_secs(1);

/// So many answers in time, one after the other, are a calm machine.
const IN_A_ROW: u32 = 8;

/// For a machine to become calm.
const PATIENCE: Duration = Duration::from_secs(900);

/// What takes longer is worth telling.
const SLOW: Duration = Duration::from_secs(1);

type Beats = Arc<Mutex<Vec<(Instant, Duration)>>>;

/// A thread that feels the emulator's pulse. It ends with its handle.
pub struct Pulse {
    beats: Beats,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    /// The pulse of an emulator.
    pub fn of(endpoint: &str) -> Self {
        let (beats, url) = (Beats::default(), format!("{endpoint}/_emulator/outage"));
        let (stop, stopped) = channel();
        let kept = Arc::clone(&beats);
        let thread = thread::spawn(move || {
            let agent = agent();
            while stopped.recv_timeout(BEAT).is_err_and(|reason| reason == std::sync::mpsc::RecvTimeoutError::Timeout) {
                let asked = Instant::now();
                let _ = agent.get(&url).call().map(Answer::read);
                let mut beats = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if beats.len() == REMEMBERED {
                    beats.remove(0);
                }
                beats.push((asked, asked.elapsed()));
            }
        });
        Self { beats, stop: Some(stop), thread: Some(thread) }
    }

    /// In words, how slow the machine has been since a moment; nothing if it was not.
    pub fn slowness_since(&self, moment: Instant) -> Option<String> {
        let beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        let slowest = beats.iter().filter(|(asked, took)| *asked + *took >= moment).map(|(_, took)| *took).max()?;
        (slowest > SLOW).then(|| {
            format!(
                "this machine was busy meanwhile: the emulator took up to {:.1} s for an answer that takes milliseconds",
                slowest.as_secs_f64()
            )
        })
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // It has panicked if this fails, and has said so.
            let _ = thread.join();
        }
    }
}

/// Waits until a region's health check is answered well within Route 53's limit, again and again.
///
/// # Errors
///
/// When it is not in a quarter of an hour: with how long an answer took.
pub fn wait_for_calm(api: &PaymentsApi) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut in_a_row = 0;
    while in_a_row < IN_A_ROW {
        let asked = Instant::now();
        let answer = api.get("/health")?;
        let took = asked.elapsed();
        in_a_row = if took <= IN_TIME && answer.status == 200 { in_a_row + 1 } else { 0 };
        ensure!(
            Instant::now() < deadline,
            "/health is not answered well within {} s, which health checks need: {} after {:.1} s; this machine is too \
             busy, or too small",
            IN_TIME.as_secs(),
            answer.status,
            took.as_secs_f64()
        );
        thread::sleep(BEAT);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{Beats, Pulse};

    #[test]
    fn only_what_was_slow_since_then_is_told() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let beats = Beats::default();
        beats.lock().unwrap().extend([(at(1), Duration::from_secs(9)), (at(20), Duration::from_millis(5))]);
        let pulse = Pulse { beats, stop: None, thread: None };
        assert!(pulse.slowness_since(at(9)).is_some_and(|told| told.contains("9.0 s")));
        assert_eq!(pulse.slowness_since(at(15)), None);
    }

    #[test]
    fn it_ends_with_its_handle() {
        // Nobody listens there.
        let pulse = Pulse::of("http://127.0.0.1:1");
        thread::sleep(Duration::from_millis(50));
        drop(pulse);
    }
}
