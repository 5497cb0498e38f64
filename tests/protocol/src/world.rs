//! Everything outside the state machines: two regions, the database over both, DNS, the tables, and who has been told.
//!
//! Time is not counted. What takes time is an event of its own that may come late, so every order is tried; what cannot
//! be late without something being wrong costs one of the faults that a search may spend.

use serde_json::{Value, json};

use crate::execution::Position;
use crate::guards::Found;
use crate::shared::Shared;
use crate::table::Table;

/// A region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// Where payments are taken in ordinary times.
    Primary,
    /// The standby, where the machines run.
    Dr,
}

/// How the primary region is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outage {
    /// Nothing in it works.
    Dead,
    /// It works, and nobody outside of it reaches it, nor it anybody.
    CutOff,
    /// Its functions fail; its database, and the way to it, work.
    Service,
}

/// Something that is wrong for a while, beside an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// The standby's only instance is in a state from which RDS does not promote.
    Instance,
    /// The engines' versions differ.
    Versions,
    /// The standby says that it could not take a payment.
    Standby,
    /// The replication lag is over the objective.
    Lag,
    /// The control plane of the database answers no request.
    Rds,
    /// The way from the DR region to the primary's endpoint is cut.
    Probe,
    /// Nothing that the guards ask answers.
    Unknown,
}

/// Every kind of trouble.
pub const TROUBLES: [Trouble; 7] = [
    Trouble::Instance,
    Trouble::Versions,
    Trouble::Standby,
    Trouble::Lag,
    Trouble::Rds,
    Trouble::Probe,
    Trouble::Unknown,
];

/// The outage of a run: at most one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It may still come.
    Before,
    /// The primary is lost.
    During(Outage),
    /// It has come back.
    After,
}

/// A change of the writer that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Move {
    /// Who will be the writer.
    pub to: Region,
    /// Whether nothing is lost: both regions are needed for that.
    pub planned: bool,
}

/// The global database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Database {
    /// Who writes.
    pub writer: Region,
    /// What is under way.
    pub moving: Option<Move>,
    /// Whether the primary's cluster still takes writes although it is the writer no more.
    pub unfenced: bool,
}

/// What the detector has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Incident {
    /// Whether the last probe has failed.
    pub failing: bool,
    /// Whether the primary has failed for as long as patience goes.
    pub lasts: bool,
    /// How often a failover was attempted.
    pub attempts: u8,
    /// Whether the pause after the last attempt is not over yet.
    pub pauses: bool,
}

/// Which machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// The failover.
    Failover,
    /// The way back.
    Failback,
    /// The drill.
    Drill,
}

/// An execution of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Execution {
    /// Of which machine.
    pub machine: Name,
    /// What it was started with.
    pub input: Shared<Value>,
    /// Where it stands.
    pub position: Shared<Position>,
    /// Whether it has sent a notification, or tried to.
    pub told: bool,
    /// Whether somebody aborted it.
    pub aborted: bool,
}

impl Execution {
    /// Whether it still runs.
    pub fn runs(&self) -> bool {
        !self.position.has_ended() && !self.aborted
    }
}

/// Payments that were acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each of which a property reads")]
pub struct Ledger {
    /// The writer has acknowledged one that is not replicated yet.
    pub fresh: bool,
    /// One is in both regions.
    pub replicated: bool,
    /// One that was not replicated was lost, as a lossy failover may do.
    pub lost: bool,
    /// One was lost by something else than a failover to the standby, which loses what it has not received.
    pub lost_otherwise: bool,
}

/// The world, between two events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each of which a property reads")]
pub struct World {
    /// The outage.
    pub phase: Phase,
    /// What else is wrong.
    pub trouble: Option<Trouble>,
    /// The database.
    pub database: Database,
    /// What Route 53's checkers think of the primary's endpoint.
    pub endpoint_seen_healthy: bool,
    /// Whether they think that the latch holds DNS.
    pub latch_seen_active: bool,
    /// The state table of the DR region.
    pub table: Shared<Table>,
    /// The session table, as the DR region has it.
    pub sessions: Shared<Table>,
    /// The region that the primary's replica of the session table names for the epoch.
    pub epoch_at_primary: Option<Region>,
    /// Whether that replica announces the primary as the next writer.
    pub announced_at_primary: bool,
    /// The detector.
    pub incident: Incident,
    /// What runs, and what has ended as long as something refers to it. A place that is free is taken again.
    pub executions: Vec<Option<Execution>>,
    /// Whether an execution has ended without telling anybody.
    pub ended_silently: bool,
    /// Whether somebody has aborted an execution.
    pub aborted: bool,
    /// Whether an operator has started a failover and accepted the loss of data.
    pub decided: bool,
    /// Whether an operator has started a failover, whatever was accepted.
    pub asked: bool,
    /// Whether the last failover ended because no person approved it.
    pub not_approved: bool,
    /// The payments.
    pub ledger: Ledger,
    /// Half hours that have passed.
    pub half_hours: u8,
    /// Faults that may still happen.
    pub faults: u8,
    /// Decisions that an operator may still take.
    pub decisions: u8,
    /// What an operator has started, where that is counted.
    pub started: Vec<(Name, bool)>,
    /// Whether somebody was told of the state that things are in now.
    pub told: bool,
}

/// The item of the session table that holds the epoch.
pub const EPOCH: &str = "failover#epoch";

impl Region {
    /// The region of this name.
    pub fn named(text: &str) -> Option<Self> {
        if text.contains("us-east-1") {
            Some(Self::Primary)
        } else if text.contains("us-east-2") {
            Some(Self::Dr)
        } else {
            None
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "us-east-1",
            Self::Dr => "us-east-2",
        }
    }
}

impl World {
    /// All is well, and a search may spend this much.
    pub fn healthy(faults: u8, decisions: u8) -> Self {
        Self {
            phase: Phase::Before,
            trouble: None,
            database: Database { writer: Region::Primary, moving: None, unfenced: false },
            endpoint_seen_healthy: true,
            latch_seen_active: false,
            table: Shared::default(),
            sessions: Shared::default(),
            epoch_at_primary: None,
            announced_at_primary: false,
            incident: Incident::default(),
            executions: Vec::new(),
            ended_silently: false,
            aborted: false,
            decided: false,
            asked: false,
            not_approved: false,
            ledger: Ledger::default(),
            half_hours: 0,
            faults,
            decisions,
            started: Vec::new(),
            told: false,
        }
    }

    /// Whether the primary can be reached from outside.
    pub fn primary_is_reached(&self) -> bool {
        !matches!(self.phase, Phase::During(Outage::Dead | Outage::CutOff))
    }

    /// Whether the primary's functions work, for callers who reach them.
    fn primary_functions_work(&self) -> bool {
        !matches!(self.phase, Phase::During(Outage::Dead | Outage::Service))
    }

    /// The region that the epoch names, as a region sees it; none where it is open.
    pub fn epoch(&self, seen_from: Region) -> Option<Region> {
        match seen_from {
            Region::Primary => self.epoch_at_primary,
            Region::Dr => self.sessions.text(EPOCH, "writer_region").and_then(Region::named),
        }
    }

    /// Whether a region's cluster takes writes.
    fn takes_writes(&self, region: Region) -> bool {
        let is_writer = self.database.writer == region && self.database.moving.is_none_or(|it| !it.planned);
        match region {
            Region::Primary => (is_writer || self.database.unfenced) && self.phase != Phase::During(Outage::Dead),
            Region::Dr => is_writer && self.database.moving.is_none(),
        }
    }

    /// Whether a region acknowledges a payment that reaches it: its functions work, its cluster takes writes, and the epoch
    /// that it sees does not name the other one.
    pub fn acknowledges(&self, region: Region) -> bool {
        let functions = match region {
            Region::Primary => self.primary_functions_work(),
            Region::Dr => self.trouble != Some(Trouble::Standby),
        };
        functions && self.takes_writes(region) && self.epoch(region).is_none_or(|named| named == region)
    }

    /// Whether a planned move announces the primary as the next writer, as the DR region has it.
    pub fn announced(&self) -> bool {
        self.sessions.text(EPOCH, "announced_region").and_then(Region::named) == Some(Region::Primary)
    }

    /// Whether the primary's replica of the session table lacks something.
    pub fn sessions_have_news(&self) -> bool {
        self.epoch_at_primary != self.epoch(Region::Dr) || self.announced_at_primary != self.announced()
    }

    /// The announcement is too old to count.
    pub fn end_announcement(&mut self) {
        self.sessions.drop_attribute(EPOCH, "announced_region");
        self.announced_at_primary = false;
    }

    /// Whether `/health` of the primary answers as healthy to somebody outside.
    pub fn primary_is_healthy(&self) -> bool {
        self.primary_is_reached() && self.acknowledges(Region::Primary)
            || self.announced_at_primary && self.primary_could_take_over()
    }

    /// Whether the primary would be healthy if its cluster were the writer.
    pub fn primary_could_take_over(&self) -> bool {
        self.primary_is_reached() && self.primary_functions_work()
    }

    /// The region that customers are sent to.
    pub fn dns(&self) -> Region {
        if self.endpoint_seen_healthy && !self.latch_seen_active { Region::Primary } else { Region::Dr }
    }

    /// Whether the latch is active.
    pub fn latch(&self) -> bool {
        self.table.is_true("latch", "active")
    }

    /// Whether the latch holds DNS: it is active, and no planned move has sent DNS ahead of the writer.
    pub fn latch_holds_dns(&self) -> bool {
        self.latch() && !self.table.is_true("latch", "dns_ahead")
    }

    /// Seconds on the clock of the DR region.
    pub fn now(&self) -> i64 {
        1_000_000 + i64::from(self.half_hours) * 100_000
    }

    /// What an execution knows of itself, the context object.
    pub fn context(&self, execution: usize) -> Value {
        let entered = format!("t{}", self.half_hours);
        let input = self.execution(execution).map_or(Value::Null, |it| Value::clone(&it.input));
        json!({
            "Execution": {"Id": format!("execution-{execution}"), "Input": input, "Name": "", "StartTime": entered},
            "State": {"EnteredTime": entered, "Name": "", "RetryCount": 0},
            "Task": {"Token": "token"},
            "StateMachine": {"Id": ""},
        })
    }

    /// The execution of this number.
    pub fn execution(&self, number: usize) -> Option<&Execution> {
        self.executions.get(number)?.as_ref()
    }

    /// The same, to change it.
    pub fn execution_mut(&mut self, number: usize) -> Option<&mut Execution> {
        self.executions.get_mut(number)?.as_mut()
    }

    /// Every execution that is remembered.
    pub fn all_executions(&self) -> impl Iterator<Item = &Execution> {
        self.executions.iter().flatten()
    }

    /// Whether a failover of the state machine runs.
    pub fn failover_runs(&self) -> bool {
        self.all_executions().any(|it| it.machine == Name::Failover && it.runs())
    }

    /// Whether a failback or a drill runs.
    pub fn planned_move_runs(&self) -> bool {
        self.all_executions().any(|it| it.machine != Name::Failover && it.runs())
    }

    /// Forgets executions that have ended and that the latch does not name, so that worlds that differ in their past only
    /// are one.
    pub fn forget_the_past(&mut self) {
        // When and how often something was written is for people: no condition reads it.
        for attribute in ["epoch", "changed_at", "changed_by", "announced_at"] {
            self.sessions.drop_attribute(EPOCH, attribute);
        }
        self.table.drop_attribute("latch", "since");
        self.table.drop_attribute("failover", "by");
        let named: Vec<Option<usize>> = ["locked_by", "by"]
            .map(|attribute| self.table.text("latch", attribute)?.strip_prefix("execution-")?.parse().ok())
            .to_vec();
        for (number, place) in self.executions.iter_mut().enumerate() {
            let Some(execution) = place else { continue };
            if execution.runs() {
                continue;
            }
            self.ended_silently |= !execution.told;
            if named.contains(&Some(number)) {
                // What it was started with, and how it ended, matter no more; that it runs no more does.
                execution.input = Shared::new(Value::Null);
                execution.position = Shared::new(Position::Ended { well: true, state: 0, data: Value::Null });
                execution.aborted = false;
                execution.told = true;
            } else {
                *place = None;
            }
        }
        while self.executions.last().is_some_and(Option::is_none) {
            self.executions.pop();
        }
    }

    /// The execution that holds the lock: its index.
    pub fn lock_owner(&self) -> Option<usize> {
        self.table.text("latch", "locked_by")?.strip_prefix("execution-")?.parse().ok()
    }

    /// Whether the lock is held by an execution that still runs.
    pub fn is_locked(&self) -> bool {
        self.lock_owner().and_then(|owner| self.execution(owner)).is_some_and(Execution::runs)
    }

    /// Whether an operator who has decided overrules the owner of the lock: a planned move, and no failover.
    pub fn lock_is_overruled(&self, has_decided: bool) -> bool {
        let owner = self.lock_owner().and_then(|owner| self.execution(owner));
        has_decided && owner.is_some_and(|it| it.machine != Name::Failover)
    }

    /// The owner whom the lock may be taken from.
    pub fn takes_lock_from(&self, has_decided: bool) -> String {
        match self.lock_owner() {
            Some(owner) if !self.is_locked() || self.lock_is_overruled(has_decided) => format!("execution-{owner}"),
            _ => "nobody".to_owned(),
        }
    }

    /// Whether any execution runs.
    pub fn something_runs(&self) -> bool {
        self.all_executions().any(Execution::runs)
    }

    /// What the guards of a procedure find of a condition.
    pub fn finds(&self, check: &str, condition: &str, cool_down_seconds: i64) -> Found {
        let holds = |is: bool| if is { Found::Holds } else { Found::Wrong };
        let forward = check != "failback";
        if self.trouble == Some(Trouble::Unknown)
            && !["kill_switch", "quorum", "latch", "lock", "cool_down"].contains(&condition)
        {
            return Found::Unknown;
        }
        match condition {
            "latch" => holds(self.latch() == (check == "failback")),
            "kill_switch" | "database_member" => Found::Holds,
            "global_cluster" => holds(self.database.moving.is_none()),
            "writer" => holds(self.database.writer == if forward { Region::Primary } else { Region::Dr }),
            "database_instance" if forward => holds(self.trouble != Some(Trouble::Instance)),
            "versions" => holds(self.trouble != Some(Trouble::Versions)),
            "replication_lag" => holds(self.trouble != Some(Trouble::Lag)),
            "standby_endpoint" => holds(self.trouble != Some(Trouble::Standby)),
            "database_instance" | "primary_endpoint" => match check {
                "drill" => holds(self.primary_is_healthy()),
                _ if !self.primary_is_reached() => Found::Unknown,
                _ => holds(self.primary_could_take_over()),
            },
            "lock" => holds(!self.is_locked()),
            "dns" => holds(self.dns() == Region::Primary),
            "failover_execution" => holds(!self.failover_runs()),
            "quorum" => holds(self.incident.lasts && !self.endpoint_seen_healthy),
            "cool_down" => {
                let started = self.table.text("failover", "started_at").and_then(|text| text.parse::<i64>().ok());
                holds(started.is_none_or(|at| self.now() - at > cool_down_seconds))
            }
            _ => Found::Unknown,
        }
    }
}
