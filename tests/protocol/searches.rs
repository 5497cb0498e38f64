//! What is searched, and what each search must find.

use dr_synth::settings::FailoverMode;
use dr_synth_protocol::deployed::Machines;
use dr_synth_protocol::model::Search;
use dr_synth_protocol::variant::Variant;
use dr_synth_protocol::world::{Name, Outage};

/// A search with its name.
pub(crate) struct Case {
    /// What it is called in the output.
    pub(crate) name: &'static str,
    /// What it searches.
    pub(crate) search: Search,
    /// What it must find.
    pub(crate) expected: Expected,
}

/// What a search must find.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// Every property holds.
    Nothing,
    /// The property that begins so is broken: a fix is missing.
    Broken(&'static str),
}

const EVERY_OUTAGE: [Outage; 3] = [Outage::Dead, Outage::CutOff, Outage::Service];
const DRILL: (Name, bool) = (Name::Drill, false);
const FAILBACK: (Name, bool) = (Name::Failback, false);
const FAILOVER: (Name, bool) = (Name::Failover, false);
const DECIDED: (Name, bool) = (Name::Failover, true);

/// All of them.
///
/// # Errors
/// The document's machines cannot be modelled.
pub(crate) fn all(thorough: bool) -> Result<Vec<Case>, String> {
    let variant = Variant {
        machines: Machines::of_mode(FailoverMode::Automatic)?,
        attempts: (4, 2),
        counts_under_latch: false,
        operator_is_obeyed: true,
        cool_down_seconds: 1_800,
    };
    let base = Search {
        variant,
        faults: 0,
        decisions: 0,
        outages: Vec::new(),
        payments: false,
        operator: Vec::new(),
        once_each: false,
        by_hand: false,
    };
    let approve = Variant { machines: Machines::of_mode(FailoverMode::Approve)?, ..base.variant.clone() };
    let mut cases = deployed(&base, &approve);
    if thorough {
        cases.extend(more_faults(&base));
    }
    cases.extend(without_a_fix(&base));
    Ok(cases)
}

fn holds(name: &'static str, search: Search) -> Case {
    Case { name, search, expected: Expected::Nothing }
}

/// The machines as they are deployed.
fn deployed(base: &Search, approve: &Variant) -> Vec<Case> {
    let lost = Search { outages: EVERY_OUTAGE.to_vec(), ..base.clone() };
    let planned = Search { decisions: 1, ..base.clone() };
    let dead = Search { outages: vec![Outage::Dead], ..base.clone() };
    let once = Variant { attempts: (1, 0), ..base.variant.clone() };
    vec![
        holds("an outage of every kind, with payments", Search { payments: true, ..lost.clone() }),
        holds("an outage of every kind, and a fault", Search { faults: 1, ..lost }),
        holds("a dead region, and two faults", Search { faults: 2, ..dead.clone() }),
        holds(
            "an outage that leaves the database, and two faults",
            Search { faults: 2, outages: vec![Outage::CutOff, Outage::Service], ..base.clone() },
        ),
        holds(
            "an outage of every kind, and a failover that needs an approval",
            Search { decisions: 1, outages: EVERY_OUTAGE.to_vec(), variant: approve.clone(), ..base.clone() },
        ),
        holds("a drill, and a fault", Search { faults: 1, operator: vec![DRILL], ..planned.clone() }),
        holds("a dead region in a drill", Search { decisions: 1, operator: vec![DRILL], ..dead.clone() }),
        holds(
            "a failback that nothing needs, and a fault",
            Search { faults: 1, operator: vec![FAILBACK], ..planned.clone() },
        ),
        holds("a move by hand, and a fault", Search { faults: 1, by_hand: true, ..planned }),
        holds(
            "a dead region, the way back beside whatever runs, and a fault",
            Search { faults: 1, decisions: 1, operator: vec![FAILBACK], ..dead },
        ),
        holds(
            "a dead region and the way back, with payments",
            Search {
                payments: true,
                decisions: 1,
                operator: vec![FAILBACK],
                outages: vec![Outage::Dead],
                ..base.clone()
            },
        ),
        holds(
            "two machines beside each other",
            Search { decisions: 2, operator: vec![DRILL, FAILBACK, FAILOVER, DECIDED], variant: once, ..base.clone() },
        ),
    ]
}

/// What takes minutes.
fn more_faults(base: &Search) -> Vec<Case> {
    let dead = Search { outages: vec![Outage::Dead], ..base.clone() };
    // With the detector's own attempts three machines run beside each other, which no search has come to the end of.
    let nobody_else = Variant { attempts: (0, 0), ..base.variant.clone() };
    vec![
        holds(
            "a dead region in a drill, and a fault",
            Search { faults: 1, decisions: 1, operator: vec![DRILL], ..dead.clone() },
        ),
        holds(
            "a dead region in a drill, and an operator who has decided before the detector does",
            Search { decisions: 2, operator: vec![DRILL, DECIDED], once_each: true, variant: nobody_else, ..dead },
        ),
    ]
}

/// The same with one of the fixes taken out: the search has to find what the fix is for.
fn without_a_fix(base: &Search) -> Vec<Case> {
    let variant = |change: &dyn Fn(&mut Variant)| {
        let mut variant = base.variant.clone();
        change(&mut variant);
        variant
    };
    let lost = Search { outages: vec![Outage::Dead], faults: 1, ..base.clone() };
    let planned = Search { decisions: 1, operator: vec![DRILL], faults: 1, ..base.clone() };
    let overlapping =
        Search { decisions: 2, operator: vec![DRILL, DECIDED], outages: vec![Outage::Dead], ..base.clone() };
    let broken = |name, search, property| Case { name, search, expected: Expected::Broken(property) };
    vec![
        broken(
            "without further attempts",
            Search { variant: variant(&|it| it.attempts = (1, 0)), ..lost.clone() },
            "while the primary is gone",
        ),
        broken(
            "where failures count under the latch",
            Search { variant: variant(&|it| it.counts_under_latch = true), ..planned },
            "without an outage",
        ),
        broken(
            "where a failed promotion leaves its latch",
            Search { variant: variant(&|it| it.machines.leave_the_latch()), ..lost.clone() },
            "at rest, no latch shuts out",
        ),
        broken(
            "where the latch stays if nobody can say who writes",
            Search { variant: variant(&|it| it.machines.leave_the_latch_of_an_unknown_writer()), ..lost },
            "while the primary is gone",
        ),
        broken(
            "where the way back accepts a loss",
            Search {
                variant: variant(&|it| it.machines.go_back_with_loss()),
                payments: true,
                decisions: 1,
                operator: vec![FAILBACK],
                outages: vec![Outage::Dead],
                ..base.clone()
            },
            "a payment is lost only",
        ),
        broken(
            "where the epoch is written once",
            Search {
                variant: variant(&|it| it.machines.never_confirm_the_epoch()),
                faults: 1,
                outages: vec![Outage::Service],
                ..base.clone()
            },
            "two regions never acknowledge",
        ),
        broken(
            "where anybody clears a latch",
            Search {
                variant: variant(&|it| {
                    it.machines.clear_any_latch();
                    it.attempts = (0, 0);
                }),
                ..overlapping.clone()
            },
            "at rest after a failover, the latch holds",
        ),
        broken(
            "where a failover does not wait for the request of whom it overrules",
            Search {
                variant: variant(&|it| {
                    it.machines.never_look_after_others();
                    it.attempts = (0, 0);
                }),
                once_each: true,
                ..overlapping.clone()
            },
            "an operator who has decided is obeyed",
        ),
        broken(
            "where an operator is not obeyed",
            Search {
                variant: variant(&|it| {
                    it.operator_is_obeyed = false;
                    it.attempts = (0, 0);
                }),
                ..overlapping
            },
            "an operator who has decided is obeyed",
        ),
    ]
}
