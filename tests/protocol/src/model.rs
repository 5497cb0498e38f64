//! The search: which events are possible in a world, and what each leads to.

use serde_json::{Value, json};
use stateright::{Model, Property};

use crate::execution::{Position, Way};
use crate::machine::Flow;
use crate::properties;
use crate::shared::Shared;
use crate::steps::{self, Outcome};
use crate::variant::Variant;
use crate::world::{Execution, Name, Outage, Phase, Region, TROUBLES, Trouble, World};

/// As many executions as may be remembered at once.
const MOST_EXECUTIONS: usize = 4;
/// Attempts of the detector while something beside the outage is wrong, roles change, or another machine has the lock: it would make
/// them for ever, and none of them would differ.
const ATTEMPTS_IN_TROUBLE: u8 = 2;
/// Half hours that may pass: enough for every cool-down and lock to end.
const MOST_HALF_HOURS: u8 = 1;

/// What may happen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// The primary region is lost.
    Outage(Outage),
    /// It comes back.
    Return,
    /// Something goes wrong beside it.
    Begin(Trouble),
    /// That is over.
    End,
    /// Route 53's checkers see how the primary's endpoint is.
    EndpointSeen,
    /// They see how the latch is.
    LatchSeen,
    /// The change of the writer ends.
    WriterMoved,
    /// RDS gives a planned change up, because a region does not answer.
    MoveCancelled,
    /// The old writer learns that it is none.
    Fenced,
    /// The primary's replica of the session table gets the epoch.
    EpochReplicated,
    /// An announcement is too old to count; while the execution that has made it runs, that is one of the faults.
    AnnouncementEnds,
    /// The standby gets what the writer has.
    Replicated,
    /// A payment is acknowledged.
    Paid(Region),
    /// Half an hour passes in which nothing runs.
    TimePasses,
    /// The detector has probed for as long as its patience goes, or finds the primary well.
    DetectorLooks,
    /// The primary has failed for as long as patience goes.
    PatienceEnds,
    /// The pause after an attempt is over.
    PauseEnds,
    /// An operator starts a machine; of a failover, whether with data loss accepted.
    OperatorStarts(Name, bool),
    /// Somebody moves the writer to the DR region in the console.
    MovedByHand,
    /// Somebody aborts an execution.
    Abort(usize),
    /// A task of an execution ends in one of its ways.
    Step {
        /// The execution.
        execution: usize,
        /// The task.
        way: Way,
        /// The state, for whoever reads a trace.
        state: String,
        /// The outcome.
        label: &'static str,
        /// Its number among the outcomes.
        outcome: usize,
    },
}

/// What a search starts with.
#[derive(Debug, Clone)]
pub struct Search {
    /// The protocol.
    pub variant: Variant,
    /// Faults that may happen beside one outage.
    pub faults: u8,
    /// Decisions that an operator may take.
    pub decisions: u8,
    /// How the primary may be lost; nothing where it may not.
    pub outages: Vec<Outage>,
    /// Whether payments are followed.
    pub payments: bool,
    /// What an operator may start: a machine, and of a failover whether the loss of data is accepted.
    pub operator: Vec<(Name, bool)>,
    /// Whether an operator does each of these once at the most.
    pub once_each: bool,
    /// Whether somebody may move the writer in the console.
    pub by_hand: bool,
}

impl Search {
    fn flow(&self, name: Name) -> &Flow {
        self.variant.machines.of(name)
    }

    /// The steps that an execution may take next; those of one task only, where `only` names the way to it.
    fn steps(&self, world: &World, execution: usize, only: Option<&[usize]>) -> Vec<(Event, Outcome)> {
        let Some(running) = world.execution(execution).filter(|it| it.runs()) else { return Vec::new() };
        let context = world.context(execution);
        let mut steps = Vec::new();
        let pending = self.flow(running.machine).pending(&running.position, &context);
        for pending in pending.into_iter().filter(|it| only.is_none_or(|way| it.way == way)) {
            match steps::outcomes(world, &self.variant, execution, &pending) {
                Ok(outcomes) => steps.extend(outcomes.into_iter().enumerate().map(|(index, outcome)| {
                    let event = Event::Step {
                        execution,
                        way: pending.way.clone(),
                        state: pending.state.to_owned(),
                        label: outcome.label,
                        outcome: index,
                    };
                    (event, outcome)
                })),
                Err(problem) => properties::not_modelled(&problem),
            }
        }
        steps
    }

    fn start(&self, world: &mut World, machine: Name, input: Value) {
        let index = world.executions.iter().position(Option::is_none).unwrap_or(world.executions.len());
        if index == world.executions.len() {
            world.executions.push(None);
        }
        world.executions[index] = Some(Execution {
            machine,
            input: Shared::new(input.clone()),
            position: Shared::new(Position::Ended { well: true, state: 0, data: Value::Null }),
            told: false,
            aborted: false,
        });
        let context = world.context(index);
        let position = self.flow(machine).begin(input, &context);
        if let Some(execution) = world.execution_mut(index) {
            execution.position = Shared::new(position);
        }
        world.told = false;
    }

    fn after(&self, mut world: World, execution: usize, way: &[usize], outcome: Outcome) -> World {
        let context = world.context(execution);
        world = outcome.world;
        let mut ended = None;
        if let (Some(result), Some(running)) = (outcome.result, world.execution_mut(execution)) {
            let flow = self.flow(running.machine);
            let position = Position::clone(&running.position);
            let position = flow.complete(position, way, result, &context).forgetting();
            if let (Position::Ended { state, .. }, Name::Failover) = (&position, running.machine) {
                ended = flow.states.get(*state).map(|state| state.name.as_str());
            }
            running.position = Shared::new(position);
        }
        world.not_approved = ended.map_or(world.not_approved, |name| name == "NotApproved");
        // Another execution was first, and whoever decided is told to look what has come of it.
        world.decided &= ended != Some("AlreadyClaimed");
        world
    }

    fn detector(&self, mut world: World) -> World {
        if world.latch() && !self.variant.counts_under_latch {
            world.incident = crate::world::Incident::default();
            return world;
        }
        if world.primary_is_healthy() && world.trouble != Some(Trouble::Probe) {
            world.incident = crate::world::Incident::default();
            return world;
        }
        world.incident.failing = true;
        if !world.incident.lasts
            || world.incident.pauses
            || world.failover_runs()
            || world.all_executions().count() >= MOST_EXECUTIONS
        {
            return world;
        }
        if world.endpoint_seen_healthy {
            // Only one witness: a notice, and no attempt.
            world.told = true;
            return world;
        }
        let passes = world.trouble.is_some() || world.database.moving.is_some() || world.is_locked();
        if passes && world.incident.attempts >= ATTEMPTS_IN_TROUBLE {
            return world;
        }
        let (sooner, later) = self.variant.attempts;
        if world.incident.attempts < sooner + later * world.half_hours {
            world.incident.attempts += 1;
            world.incident.pauses = true;
            self.start(&mut world, Name::Failover, json!({ "requested_by": "detector" }));
        }
        world
    }

    fn environment(&self, world: &World, events: &mut Vec<Event>) {
        match world.phase {
            Phase::Before => events.extend(self.outages.iter().copied().map(Event::Outage)),
            Phase::After => {}
            Phase::During(_) => events.push(Event::Return),
        }
        match world.trouble {
            None if world.faults > 0 => events.extend(TROUBLES.map(Event::Begin)),
            None => {}
            Some(_) => events.push(Event::End),
        }
        if world.endpoint_seen_healthy != world.primary_is_healthy() {
            events.push(Event::EndpointSeen);
        }
        if world.latch_seen_active != world.latch_holds_dns() {
            events.push(Event::LatchSeen);
        }
        if let Some(change) = world.database.moving {
            if !change.planned || world.primary_is_reached() {
                events.push(Event::WriterMoved);
            } else {
                events.push(Event::MoveCancelled);
            }
        }
        if world.database.unfenced && world.primary_is_reached() {
            events.push(Event::Fenced);
        }
        if world.primary_is_reached() && world.sessions_have_news() {
            events.push(Event::EpochReplicated);
        }
        if (world.announced() || world.announced_at_primary) && (!world.planned_move_runs() || world.faults > 0) {
            events.push(Event::AnnouncementEnds);
        }
        if world.ledger.fresh && world.database.moving.is_none() && world.primary_is_reached() {
            events.push(Event::Replicated);
        }
        let region = world.dns();
        let reached = region == Region::Dr || world.primary_is_reached();
        if self.payments && reached && world.acknowledges(region) && !world.ledger.fresh && !world.ledger.replicated {
            events.push(Event::Paid(region));
        }
    }

    fn people(&self, world: &World, events: &mut Vec<Event>) {
        if !world.something_runs() && world.half_hours < MOST_HALF_HOURS && world.table != Shared::default() {
            events.push(Event::TimePasses);
        }
        // Patience is longer than what Route 53's checkers need to see what is so.
        let counts = !world.latch() || self.variant.counts_under_latch;
        if counts && world.incident.failing && !world.incident.lasts && !world.checkers_have_news() {
            events.push(Event::PatienceEnds);
        }
        if world.incident.pauses {
            events.push(Event::PauseEnds);
        }
        if world.decisions > 0 && world.all_executions().count() < MOST_EXECUTIONS {
            let may_start = |choice: &&(Name, bool)| !self.once_each || !world.started.contains(choice);
            let choices = self.operator.iter().filter(may_start);
            events.extend(choices.map(|(machine, accepts)| Event::OperatorStarts(*machine, *accepts)));
            if self.by_hand
                && world.database.moving.is_none()
                && world.database.writer == Region::Primary
                && world.primary_is_reached()
            {
                events.push(Event::MovedByHand);
            }
        }
        if world.faults > 0 {
            let running =
                world.executions.iter().enumerate().filter(|(_, it)| it.as_ref().is_some_and(Execution::runs));
            events.extend(running.map(|(index, _)| Event::Abort(index)));
        }
    }
}

impl Model for Search {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        vec![World::healthy(self.faults, self.decisions)]
    }

    fn actions(&self, world: &World, events: &mut Vec<Event>) {
        self.environment(world, events);
        self.people(world, events);
        if self.detector(world.clone()) != *world {
            events.push(Event::DetectorLooks);
        }
        for execution in 0..world.executions.len() {
            events.extend(self.steps(world, execution, None).into_iter().map(|(event, _)| event));
        }
    }

    fn next_state(&self, before: &World, event: Event) -> Option<World> {
        let mut world = before.clone();
        match event {
            Event::Outage(outage) => {
                world.phase = Phase::During(outage);
                world.told = false;
            }
            Event::Return => world.phase = Phase::After,
            Event::Begin(trouble) => {
                world.faults = world.faults.checked_sub(1)?;
                world.trouble = Some(trouble);
            }
            Event::End => world.trouble = None,
            Event::EndpointSeen => world.endpoint_seen_healthy = world.primary_is_healthy(),
            Event::LatchSeen => world.latch_seen_active = world.latch_holds_dns(),
            Event::WriterMoved => world.move_writer()?,
            Event::MoveCancelled => world.database.moving = None,
            Event::Fenced => world.database.unfenced = false,
            Event::EpochReplicated => {
                world.epoch_at_primary = world.epoch(Region::Dr);
                world.announced_at_primary = world.announced();
            }
            Event::AnnouncementEnds => {
                if world.planned_move_runs() {
                    world.faults = world.faults.checked_sub(1)?;
                }
                world.end_announcement();
            }
            Event::Replicated => {
                world.ledger.fresh = false;
                world.ledger.replicated = true;
            }
            Event::Paid(_) => world.ledger.fresh = true,
            Event::TimePasses => world.half_hours += 1,
            Event::DetectorLooks => world = self.detector(world),
            Event::PatienceEnds => world.incident.lasts = true,
            Event::PauseEnds => world.incident.pauses = false,
            Event::OperatorStarts(machine, accepts) => {
                world.decisions = world.decisions.checked_sub(1)?;
                if self.once_each {
                    world.started.push((machine, accepts));
                    world.started.sort_unstable();
                }
                world.decided |= accepts;
                world.asked |= machine == Name::Failover;
                let input = match (machine, accepts) {
                    (Name::Failover, true) => json!({"requested_by": "operator", "accept_data_loss": true}),
                    _ => json!({ "requested_by": "operator" }),
                };
                self.start(&mut world, machine, input);
            }
            Event::MovedByHand => {
                world.decisions = world.decisions.checked_sub(1)?;
                world.database.moving = Some(crate::world::Move { to: Region::Dr, planned: true });
                world.told = false;
            }
            Event::Abort(execution) => {
                world.faults = world.faults.checked_sub(1)?;
                world.aborted = true;
                let aborted = world.execution_mut(execution)?;
                aborted.aborted = true;
                // Whoever aborts it knows.
                aborted.told = true;
                world.told = true;
            }
            Event::Step { execution, way, outcome, .. } => {
                let (_, outcome) = self
                    .steps(before, execution, Some(&way))
                    .into_iter()
                    .find(|(event, _)| matches!(event, Event::Step { outcome: index, .. } if *index == outcome))?;
                world = self.after(world, execution, &way, outcome);
            }
        }
        world.forget_the_past();
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

impl World {
    /// The end of a change of the writer.
    fn move_writer(&mut self) -> Option<()> {
        let change = self.database.moving.take()?;
        if change.planned {
            self.ledger.replicated |= self.ledger.fresh;
        } else {
            self.ledger.lost |= self.ledger.fresh;
            // The primary is rebuilt from the standby after a failover: whatever it has not received since is not there.
            self.ledger.lost_otherwise |= self.ledger.fresh && change.to == Region::Primary;
            self.database.unfenced = self.phase != Phase::During(Outage::Dead);
        }
        self.ledger.fresh = false;
        self.database.writer = change.to;
        Some(())
    }
}

impl Search {
    /// Whether nothing more happens by itself: what is left are new faults, people, and the end of an outage.
    pub fn is_at_rest(&self, world: &World) -> bool {
        // Most worlds are not, which these tell without trying every event.
        let moves = world.something_runs() || world.checkers_have_news() || world.database.moving.is_some();
        if moves || world.trouble.is_some() || world.incident.pauses {
            return false;
        }
        let mut events = Vec::new();
        self.actions(world, &mut events);
        !events.iter().any(|event| {
            matches!(
                event,
                Event::End
                    | Event::EndpointSeen
                    | Event::LatchSeen
                    | Event::WriterMoved
                    | Event::MoveCancelled
                    | Event::Fenced
                    | Event::EpochReplicated
                    | Event::AnnouncementEnds
                    | Event::Replicated
                    | Event::DetectorLooks
                    | Event::PauseEnds
                    | Event::PatienceEnds
                    | Event::TimePasses
                    | Event::Step { .. }
            )
        })
    }

    /// Whether a new failover could take the lock, at the latest once its owner's time is over.
    pub fn lock_is_free_in_time(&self, world: &World) -> bool {
        let later = World { half_hours: world.half_hours + 1, ..world.clone() };
        let context = later.context(later.executions.len());
        let takes_lock = |parameters: &Value| {
            parameters["UpdateExpression"].as_str().is_some_and(|it| it.starts_with("SET #locked_by"))
        };
        let tasks = self.variant.machines.failover.tasks();
        tasks.into_iter().filter(|(_, task)| takes_lock(&task.parameters)).all(|(_, task)| {
            let data = json!({ "guards": steps::times(&later) });
            let parameters = crate::path::fill(&task.parameters, &data, &context);
            let mut table = crate::table::Table::clone(&later.table);
            parameters.is_ok_and(|it| table.write("updateItem", &it) == Ok(crate::table::Written::Done))
        })
    }
}
