//! One fault, from the loss to the last customer.

use serde_json::Value;

use super::super::automation::{Automation, Doer};
use super::super::durations::PROMOTION;
use super::checkers::Checkers;
use super::execution::{End, NOT_YET, TaskResult, World, run};
use super::faults::Fault;
use super::random::Chance;

/// What every day has in common.
#[derive(Debug)]
pub(super) struct Setting<'m> {
    pub(super) automation: Automation<'m>,
    pub(super) doers: Vec<Doer>,
    /// The region that takes over.
    pub(super) standby: String,
    /// The checkers of the detector's second witness, and how long its answer is kept.
    pub(super) witness: (Checkers, f64),
    /// The checkers of customers' names, and how long their answers are kept.
    pub(super) customers: Vec<(Checkers, f64)>,
}

/// What came of a fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    pub(super) fault: Fault,
    /// Until payments worked again; none where a person is needed for that.
    pub(super) seconds: Option<f64>,
    /// What is not simulated, by the position of its state.
    pub(super) unknown: Option<usize>,
}

/// The moments of a day that a person would want to read.
pub(super) type Trace = Vec<(f64, String)>;

/// After as much time a function of the failover sees that nothing moves: `functions/failover/waits.py`.
const UNMOVED_SECONDS: f64 = 30.0;

/// Plays the fault with this number; its moments go to the trace where there is one.
pub(super) fn play(setting: &Setting<'_>, seed: u64, number: u64, trace: Option<&mut Trace>) -> Outcome {
    let mut chance = Chance::new(seed, number);
    let fault = Fault::any(&mut chance);
    let mut day = Day {
        setting,
        fault,
        promotion: None,
        back_at: None,
        sealed: false,
        throttled_until: 0.0,
        failed_once: false,
        trace,
    };
    let (seconds, unknown) = day.play(&mut chance);
    Outcome { fault, seconds, unknown }
}

struct Day<'a, 'm> {
    setting: &'a Setting<'m>,
    fault: Fault,
    /// When the promotion has ended, once it has begun.
    promotion: Option<f64>,
    /// When the machine has last seen that the writer works.
    back_at: Option<f64>,
    /// Whether what follows keeps nobody from paying.
    sealed: bool,
    throttled_until: f64,
    failed_once: bool,
    trace: Option<&'a mut Trace>,
}

impl Day<'_, '_> {
    fn play(&mut self, chance: &mut Chance) -> (Option<f64>, Option<usize>) {
        let setting = self.setting;
        let detector = &setting.automation.detector;
        let hangs = self.fault != Fault::Refuses;
        // The loss comes at any moment of the detector's beat.
        let lost_at = chance.between(0.0, detector.period);
        if self.fault == Fault::Interruption {
            let outage = chance.between(1.0, (detector.patience - detector.longest_gap()).max(2.0));
            self.say(outage, "the region is back");
            return (Some(self.interrupted(outage, chance)), None);
        }
        let traffic = self.traffic_moves(hangs, chance);
        let (checkers, kept) = &setting.witness;
        let Some(unhealthy) = checkers.outage(f64::INFINITY, hangs, chance).unhealthy else { return (None, None) };
        // The detector's resolver may have asked a moment before.
        let agrees = unhealthy + chance.between(0.0, *kept);
        self.say(agrees, "the detector's second witness sees the outage");
        let took = if hangs { detector.probe_limit() } else { 0.0 };
        let mut probe = lost_at + detector.sees_after(lost_at);
        while probe - lost_at + took < agrees {
            probe = detector.probe_after(probe);
        }
        let seen = probe - lost_at + took;
        self.say(seen, "the detector has seen the primary fail for its patience");
        let start = seen + chance.triangular(0.2, 0.5, 6.0);
        self.say(start, "the failover starts");
        if self.fault == Fault::Throttled {
            self.throttled_until = start + chance.between(0.0, 120.0);
        }
        let (end, ended) = run(&setting.automation.machine, &setting.doers, self, start, chance);
        let name = |position: usize| setting.automation.machine.states[position].name.clone();
        match end {
            End::Unknown(position) => return (None, Some(position)),
            End::Asks(position) => self.note(ended, &|| format!("{} waits for a person", name(position))),
            End::Failed(position) => {
                self.note(ended, &|| format!("it ends in {}, and people are called", name(position)));
            }
            End::Succeeded => {}
        }
        // Payments may work all the same where the machine fails, but somebody has to look.
        let back = self.back_at.filter(|_| end == End::Succeeded);
        (back.zip(traffic).map(|(back, traffic)| back.max(traffic)), None)
    }

    /// When the last customer is sent to the standby.
    fn traffic_moves(&mut self, hangs: bool, chance: &mut Chance) -> Option<f64> {
        let mut last = 0.0_f64;
        for (checkers, kept) in &self.setting.customers {
            let unhealthy = checkers.outage(f64::INFINITY, hangs, chance).unhealthy?;
            self.say(unhealthy, "Route 53 answers with the standby");
            last = last.max(unhealthy + chance.between(0.0, *kept));
        }
        self.say(last, "the customer's resolver has dropped the old answer");
        Some(last)
    }

    /// Until a customer is served again by the region that has come back.
    fn interrupted(&mut self, outage: f64, chance: &mut Chance) -> f64 {
        let mut back = outage;
        for (checkers, kept) in &self.setting.customers {
            let turned = checkers.outage(outage, true, chance);
            if let (Some(away), Some(again)) = (turned.unhealthy, turned.healthy_again) {
                self.say(away, "Route 53 answers with the standby");
                self.say(again, "Route 53 answers with the region that is back");
                // Who asked in between keeps the standby's answer.
                back = back.max(again + chance.between(0.0, *kept));
            }
        }
        self.say(back, "the customer is served again");
        back
    }

    fn say(&mut self, at: f64, what: &str) {
        self.note(at, &|| what.to_owned());
    }
}

impl World for Day<'_, '_> {
    fn answer(&mut self, doer: Doer, entered: f64, answered: f64, chance: &mut Chance) -> TaskResult {
        let calls_a_function = matches!(doer, Doer::Guards | Doer::Lookout | Doer::Probe);
        if calls_a_function && self.fault == Fault::FunctionFails && !self.failed_once {
            self.failed_once = true;
            return TaskResult::Error("Lambda.ServiceException");
        }
        let has_moved = self.promotion.is_some_and(|ends| ends <= answered);
        match doer {
            Doer::Guards => {
                let verdict = if self.fault == Fault::Lag { "ask" } else { "proceed" };
                TaskResult::Done(vec![("verdict", verdict.into()), ("takes_lock_from", "nobody".into())])
            }
            Doer::Promotion => self.promote(answered, chance),
            Doer::Lookout if has_moved => {
                self.see(answered, "the machine finds the new writer");
                TaskResult::Done(vec![("writer_region", Value::from(self.setting.standby.clone()))])
            }
            // Nothing was asked for that has been taken: the old writer stays.
            Doer::Lookout if self.promotion.is_none() && answered - entered >= UNMOVED_SECONDS => {
                TaskResult::Done(vec![("writer_region", "elsewhere".into())])
            }
            Doer::Probe if has_moved => {
                self.see(answered, "a row is written and read");
                TaskResult::Done(Vec::new())
            }
            Doer::Lookout | Doer::Probe => TaskResult::Error(NOT_YET),
            Doer::Item | Doer::Api | Doer::Unknown => {
                self.sealed |= self.back_at.is_some();
                TaskResult::Done(Vec::new())
            }
        }
    }

    fn is_over(&self) -> bool {
        self.back_at.is_some()
    }

    fn note(&mut self, at: f64, what: &dyn Fn() -> String) {
        if let Some(trace) = self.trace.as_deref_mut() {
            trace.push((at, what()));
        }
    }
}

impl Day<'_, '_> {
    fn promote(&mut self, now: f64, chance: &mut Chance) -> TaskResult {
        if now < self.throttled_until {
            return TaskResult::Error("Rds.RdsException");
        }
        if self.promotion.is_some() {
            return TaskResult::Error("Rds.InvalidGlobalClusterStateException");
        }
        let ends = match self.fault {
            Fault::NoPromotion => f64::INFINITY,
            Fault::SlowPromotion => now + chance.between(PROMOTION.worst, 420.0),
            _ => now + chance.duration(&PROMOTION),
        };
        self.promotion = Some(ends);
        if ends.is_finite() {
            self.say(ends, "Aurora has made the standby's cluster the writer");
        }
        TaskResult::Done(Vec::new())
    }

    fn see(&mut self, at: f64, what: &str) {
        if !self.sealed {
            self.back_at = Some(at);
            self.say(at, what);
        }
    }
}
