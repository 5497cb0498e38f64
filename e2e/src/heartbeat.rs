//! A sign of life while something takes long and prints nothing.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Speaks from time to time until it is dropped.
pub(crate) struct Heartbeat {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    /// Calls `beat` with the time since the start whenever `silence` has come to `every`.
    pub(crate) fn start(
        every: Duration,
        silence: impl Fn() -> Duration + Send + 'static,
        beat: impl Fn(Duration) + Send + 'static,
    ) -> Self {
        let (stop, stopped) = mpsc::channel();
        let started = Instant::now();
        let thread = thread::spawn(move || {
            let mut rest = every.saturating_sub(silence());
            while stopped.recv_timeout(rest) == Err(RecvTimeoutError::Timeout) {
                rest = every.saturating_sub(silence());
                if rest.is_zero() {
                    beat(started.elapsed());
                    rest = every;
                }
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that has panicked has said so itself.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    const EVERY: Duration = Duration::from_millis(40);

    /// The beats while something runs, where others speak at the moments that `run` is given a handle for.
    fn beats(run: impl FnOnce(&Mutex<Instant>)) -> usize {
        let spoken = Arc::new(Mutex::new(Instant::now()));
        let count = Arc::new(Mutex::new(0));
        let (heard, counted, said) = (Arc::clone(&spoken), Arc::clone(&count), Arc::clone(&spoken));
        let heartbeat = Heartbeat::start(
            EVERY,
            move || heard.lock().unwrap().elapsed(),
            move |_| {
                *counted.lock().unwrap() += 1;
                *said.lock().unwrap() = Instant::now();
            },
        );
        run(&spoken);
        drop(heartbeat);
        let beats = *count.lock().unwrap();
        thread::sleep(2 * EVERY);
        assert_eq!(*count.lock().unwrap(), beats, "it speaks after its end");
        beats
    }

    #[test]
    fn it_speaks_in_a_silence() {
        assert!(beats(|_| thread::sleep(10 * EVERY)) >= 2);
    }

    #[test]
    fn it_is_silent_for_what_is_quick() {
        assert_eq!(beats(|_| {}), 0);
    }

    #[test]
    fn it_is_silent_while_others_speak() {
        // Others have the last word in the future, so that a slow machine cannot make a silence.
        let beats = beats(|spoken| {
            *spoken.lock().unwrap() = Instant::now() + Duration::from_secs(60);
            thread::sleep(4 * EVERY);
        });
        assert!(beats <= 1, "{beats}");
    }
}
