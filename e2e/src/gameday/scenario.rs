//! The scenarios by name, the stacks that they need, and the order in which they run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::thread;
use std::time::Instant;

use anyhow::{Result, bail};

use super::pulse::wait_for_calm;
use super::report::{Figures, Report};
use super::stage::{Shape, Stage};
use super::{guards, scenarios, story};
use crate::progress::Progress;
use crate::repository::Program;
use crate::suite::Suite;

/// A day on which something particular happens.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// What `SCENARIO=` calls it.
    pub name: &'static str,
    /// What happens in it, in a sentence.
    pub what: &'static str,
    /// The stack it runs on. Scenarios of one lane share a stack and follow each other; lanes run side by side.
    pub lane: Lane,
    /// Whether it runs when no name is given, in `make gameday` as in `make test`. What is left out takes many minutes more, or
    /// another stack, which two processors do not carry beside these two; the name `all` chooses every scenario.
    pub by_default: bool,
    run: fn(&Scene<'_>),
}

/// A stack on an emulator of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Whose callers sign: the story.
    Story,
    /// With a minute to approve: the guards, and regions that are lost.
    Guards,
    /// Whose callers have keys: what is no loss of a region.
    Troubles,
}

impl Lane {
    const fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Guards => "guards",
            Self::Troubles => "troubles",
        }
    }

    const fn shape(self) -> Shape {
        match self {
            Self::Story => Shape::Signed,
            Self::Guards => Shape::QuickToDecide,
            Self::Troubles => Shape::Keyed,
        }
    }
}

/// All of them, in the order in which they run.
pub const ALL: [Scenario; 11] = [
    Scenario {
        name: "story",
        what: "the primary region is lost under load, returns, is gone back to; then a drill; callers sign",
        lane: Lane::Story,
        by_default: true,
        run: story::run,
    },
    Scenario {
        name: "guards",
        what: "every guard of the failover trips for a real reason",
        lane: Lane::Guards,
        by_default: true,
        run: guards::run,
    },
    Scenario {
        name: "lossy-day",
        what: "the standby lags when the primary region is lost, so acknowledged payments are really lost",
        lane: Lane::Guards,
        by_default: true,
        run: scenarios::lossy_day::run,
    },
    Scenario {
        name: "unfenced",
        what: "the old primary comes back and was not fenced: it could write, and acknowledges nothing",
        lane: Lane::Guards,
        by_default: false,
        run: scenarios::unfenced::run,
    },
    Scenario {
        name: "lost-in-drill",
        what: "the primary region is lost in the middle of a drill's switchover",
        lane: Lane::Guards,
        by_default: true,
        run: scenarios::lost_in_drill::run,
    },
    Scenario {
        name: "throttled",
        what: "RDS throttles FailoverGlobalCluster for two minutes",
        lane: Lane::Guards,
        by_default: false,
        run: scenarios::throttled::run,
    },
    Scenario {
        name: "long-refusal",
        what: "the guards refuse twice, then the failover happens",
        lane: Lane::Guards,
        by_default: false,
        run: scenarios::long_refusal::run,
    },
    Scenario {
        name: "overload",
        what: "the primary region rejects calls and is not lost: a person is asked",
        lane: Lane::Troubles,
        by_default: false,
        run: scenarios::overload::run,
    },
    Scenario {
        name: "bad-release",
        what: "a bad release in both regions: a person is asked",
        lane: Lane::Troubles,
        by_default: false,
        run: scenarios::bad_release::run,
    },
    Scenario {
        name: "by-hand",
        what: "somebody moves the database in the console: the stack catches up",
        lane: Lane::Troubles,
        by_default: false,
        run: scenarios::by_hand::run,
    },
    Scenario {
        name: "drill-with-key",
        what: "a drill where callers need an API key",
        lane: Lane::Troubles,
        by_default: false,
        run: scenarios::drill_with_key::run,
    },
];

/// The name that chooses every scenario.
const EVERY_ONE: &str = "all";

/// The scenarios of these names, or of the name `all`; without a name, those that run by default.
///
/// # Errors
///
/// When there is none of a name; with the names that there are.
pub fn named(names: &[String]) -> Result<Vec<Scenario>> {
    if names.len() == 1 && names[0] == EVERY_ONE {
        return Ok(ALL.to_vec());
    }
    if let Some(unknown) = names.iter().find(|name| !ALL.iter().any(|scenario| scenario.name == **name)) {
        let mut known = String::new();
        for Scenario { name, what, .. } in &ALL {
            let _ = write!(known, "\n  {name:16} {what}");
        }
        bail!("there is no scenario {unknown:?}; there are `{EVERY_ONE}` and:{known}");
    }
    let is_wanted = |scenario: &Scenario| {
        if names.is_empty() { scenario.by_default } else { names.iter().any(|name| name == scenario.name) }
    };
    Ok(ALL.into_iter().filter(is_wanted).collect())
}

/// What a scenario gets to work with.
pub struct Scene<'a> {
    /// The stack.
    pub stage: &'a Stage,
    name: &'static str,
    suite: &'a Suite,
    report: &'a Report,
}

impl Scene<'_> {
    /// Runs a check, prints what came of it, and puts it into the report. Its value is there only if it has passed.
    pub fn check<T>(&self, name: &str, run: impl FnOnce() -> Result<T>) -> Option<T> {
        let began = Instant::now();
        checked(self.suite, self.report, self.name, name, || {
            run().map_err(|error| match self.stage.pulse.slowness_since(began) {
                None => error,
                Some(slowness) => anyhow::anyhow!("{error:#}\n{slowness}"),
            })
        })
    }

    /// Puts something that was measured into the report.
    pub fn note(&self, note: impl FnOnce(&mut Figures)) {
        self.report.note(self.name, note);
    }
}

fn checked<T>(
    suite: &Suite,
    report: &Report,
    scenario: &str,
    check: &str,
    run: impl FnOnce() -> Result<T>,
) -> Option<T> {
    let began = Instant::now();
    let mut failure = None;
    let value = suite
        .check(&format!("{scenario}: {check}"), || run().inspect_err(|error| failure = Some(format!("{error:#}"))));
    let failure = value.is_none().then(|| failure.unwrap_or_else(|| "the check panicked".to_owned()));
    report.check(scenario, check, began.elapsed(), failure.as_deref());
    value
}

/// Runs scenarios: each lane on a stack of its own, side by side.
pub fn run(suite: &Suite, program: &Program, report: &Report, progress: &Progress, chosen: &[Scenario]) {
    let mut lanes: BTreeMap<Lane, Vec<Scenario>> = BTreeMap::new();
    for scenario in chosen {
        lanes.entry(scenario.lane).or_default().push(*scenario);
    }
    thread::scope(|scope| {
        for (lane, scenarios) in lanes {
            let progress = progress.labelled(lane.name());
            scope.spawn(move || run_lane(suite, program, report, &progress, lane, &scenarios));
        }
    });
}

fn run_lane(
    suite: &Suite,
    program: &Program,
    report: &Report,
    progress: &Progress,
    lane: Lane,
    scenarios: &[Scenario],
) {
    let Some(first) = scenarios.first() else { return };
    let name = "a stack is applied, and DNS sends payments to its primary region";
    let stage = checked(suite, report, first.name, name, || Stage::set_up(program, lane.shape(), progress));
    let Some(stage) = stage else { return };
    for (number, scenario) in scenarios.iter().enumerate() {
        let scene = Scene { stage: &stage, name: scenario.name, suite, report };
        if number > 0 {
            let home = scene.check("everything is as it was at the beginning", || {
                stage.go_home()?;
                stage.is_at_home()
            });
            if home.is_none() {
                break;
            }
        }
        report.begin(scenario.name);
        if scene
            .check("this machine answers health checks in time", || wait_for_calm(&stage.stack.primary.api))
            .is_none()
        {
            report.end(scenario.name);
            continue;
        }
        let told_before = stage.notices.all().map_or(0, |notices| notices.len());
        (scenario.run)(&scene);
        let told = scene.check("what people were told can be read", || stage.subjects_since(told_before));
        scene.note(|figures| figures.notices = told.unwrap_or_default());
        report.end(scenario.name);
    }
    let last = scenarios.last().unwrap_or(first);
    checked(suite, report, last.name, "the emulator stops in order", || stage.tear_down());
}

#[cfg(test)]
mod tests {
    use super::{ALL, named};

    #[test]
    fn scenarios_are_found_by_name() {
        let chosen = named(&["throttled".to_owned(), "story".to_owned()]).unwrap();
        assert_eq!(chosen.iter().map(|scenario| scenario.name).collect::<Vec<_>>(), ["story", "throttled"]);
        let unnamed = named(&[]).unwrap();
        assert_eq!(
            unnamed.iter().map(|scenario| scenario.name).collect::<Vec<_>>(),
            ["story", "guards", "lossy-day", "lost-in-drill"]
        );
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_that_there_are() {
        let error = named(&["lossy".to_owned()]).map(drop).unwrap_err().to_string();
        assert!(error.contains("there is no scenario \"lossy\""), "{error}");
        for scenario in ALL {
            assert!(error.contains(scenario.name), "{error}");
        }
    }

    #[test]
    fn names_are_used_once() {
        let mut names: Vec<_> = ALL.iter().map(|scenario| scenario.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
