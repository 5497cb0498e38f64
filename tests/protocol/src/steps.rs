//! What may become of a task: its result, an error, and what it does to the world.

use serde_json::{Value, json};

use crate::execution::{ErrorName, Pending};
use crate::guards::{DRILL, FAILBACK, FAILOVER, Found, Verdict};
use crate::table::Written;
use crate::variant::Variant;
use crate::world::{EPOCH, Execution, Move, Phase, Region, Trouble, World};

/// The longest limit of the three machines.
const LONGEST_MACHINE_SECONDS: i64 = 10_200;

/// One way in which a task may end.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// In a few words, for traces.
    pub label: &'static str,
    /// The world afterwards.
    pub world: World,
    /// The result, or the error that no retry got rid of. `None`: the answer was lost and the task is tried again.
    pub result: Option<Result<Value, ErrorName>>,
}

/// Every way in which this task may end now.
///
/// # Errors
/// A task of a kind that is not modelled.
pub fn outcomes(
    world: &World,
    variant: &Variant,
    execution: usize,
    pending: &Pending<'_>,
) -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::new();
    let step = Step { world, variant, execution, pending };
    let resource = pending.task.resource.as_str();
    if resource.contains("sns:publish.waitForTaskToken") {
        step.approval(&mut outcomes);
    } else if resource.contains("sns:publish") {
        step.notification(&mut outcomes);
    } else if let Some((_, operation)) = resource.split_once("states:::dynamodb:") {
        step.write(operation, &mut outcomes)?;
    } else if resource.contains("failoverGlobalCluster") || resource.contains("switchoverGlobalCluster") {
        step.change_writer(&mut outcomes)?;
    } else if resource.contains("guards") {
        step.guards(&mut outcomes)?;
    } else if resource.contains("lookout") {
        step.lookout(&mut outcomes)?;
    } else if resource.contains("probe") {
        step.write_probe(&mut outcomes);
    } else if resource.contains("drill") {
        step.drill(&mut outcomes)?;
    } else if resource.contains("lost") {
        step.function(&mut outcomes, Ok(json!({"lost": 0, "seconds": 0, "complete": true, "key": "", "told": ""})));
    } else {
        return Err(format!("{}: {resource} is not modelled", pending.state));
    }
    Ok(outcomes)
}

struct Step<'a> {
    world: &'a World,
    variant: &'a Variant,
    execution: usize,
    pending: &'a Pending<'a>,
}

impl Step<'_> {
    fn ends(&self, label: &'static str, result: Result<Value, ErrorName>) -> Outcome {
        Outcome { label, world: self.world.clone(), result: Some(result) }
    }

    /// The same, as one of the faults that may happen.
    fn fault(&self, label: &'static str, result: Option<Result<Value, ErrorName>>) -> Option<Outcome> {
        let faults = self.world.faults.checked_sub(1)?;
        Some(Outcome { label, world: World { faults, ..self.world.clone() }, result })
    }

    /// A function's answer; or it fails, and goes on failing.
    fn function(&self, outcomes: &mut Vec<Outcome>, result: Result<Value, ErrorName>) {
        outcomes.push(self.ends("answers", result));
        outcomes.extend(self.fault("fails", Some(Err("Lambda.Unknown"))));
    }

    fn notification(&self, outcomes: &mut Vec<Outcome>) {
        let mut told = self.ends("tells", Ok(json!({})));
        told.world.told = true;
        mark_told(&mut told.world, self.execution);
        outcomes.push(told);
        let mut failed = self.fault("cannot tell", Some(Err("SNS.SnsException")));
        if let Some(failed) = &mut failed {
            mark_told(&mut failed.world, self.execution);
        }
        outcomes.extend(failed);
    }

    /// Approvals come, or do not, or come late.
    fn approval(&self, outcomes: &mut Vec<Outcome>) {
        for (label, approved) in [("is approved", true), ("is rejected", false)] {
            if let Some(decisions) = self.world.decisions.checked_sub(1) {
                let mut outcome = self.ends(label, Ok(json!({ "approved": approved })));
                outcome.world.decisions = decisions;
                outcome.world.told = true;
                mark_told(&mut outcome.world, self.execution);
                outcomes.push(outcome);
            }
        }
        let mut nobody = self.ends("nobody answers", Err("States.Timeout"));
        nobody.world.told = true;
        mark_told(&mut nobody.world, self.execution);
        outcomes.push(nobody);
    }

    fn write(&self, operation: &str, outcomes: &mut Vec<Outcome>) -> Result<(), String> {
        let operation = operation.split('.').next().unwrap_or_default();
        let mut world = self.world.clone();
        let is_epoch = self.pending.parameters["Key"]["session_id"]["S"] == EPOCH;
        let table = if is_epoch { &mut world.sessions } else { &mut world.table };
        match table
            .change(|table| table.write(operation, &self.pending.parameters))
            .map_err(|it| format!("{}: {it}", self.pending.state))?
        {
            Written::Done => {
                outcomes.push(Outcome { label: "writes", world: world.clone(), result: Some(Ok(json!({}))) });
                if self.pending.task.recovery.retries("States.Timeout")
                    && let Some(faults) = world.faults.checked_sub(1)
                {
                    let world = World { faults, ..world };
                    outcomes.push(Outcome { label: "writes, and the answer is lost", world, result: None });
                }
            }
            Written::Refused => {
                outcomes.push(self.ends("finds the condition broken", Err("DynamoDB.ConditionalCheckFailedException")));
            }
        }
        outcomes.extend(self.fault("cannot write", Some(Err("DynamoDB.AmazonDynamoDBException"))));
        Ok(())
    }

    fn change_writer(&self, outcomes: &mut Vec<Outcome>) -> Result<(), String> {
        let target = self.pending.parameters["TargetDbClusterIdentifier"].as_str().and_then(Region::named);
        let to = target.ok_or_else(|| format!("{}: no target region", self.pending.state))?;
        let planned = self.pending.parameters["AllowDataLoss"] != true;
        self.request(to, planned, outcomes);
        Ok(())
    }

    /// A request to RDS, which knows its own state.
    fn request(&self, to: Region, planned: bool, outcomes: &mut Vec<Outcome>) {
        let database = &self.world.database;
        if self.world.trouble == Some(Trouble::Rds) {
            outcomes.push(self.ends("is not served", Err("Rds.RdsException")));
        } else if database.moving.is_some() {
            outcomes.push(self.ends("is refused: roles are changing", Err("Rds.InvalidGlobalClusterStateException")));
        } else if database.writer == to {
            outcomes.push(self.ends("is refused: it is the writer", Err("Rds.InvalidGlobalClusterStateException")));
        } else if planned && !self.world.primary_is_reached() {
            outcomes.push(self.ends("is refused: a region does not answer", Err("Rds.InvalidDbClusterStateException")));
        } else {
            let mut world = self.world.clone();
            world.database.moving = Some(Move { to, planned });
            outcomes.push(Outcome { label: "is accepted", world: world.clone(), result: Some(Ok(json!({}))) });
            if let Some(faults) = world.faults.checked_sub(1) {
                let world = World { faults, ..world };
                outcomes.push(Outcome { label: "is accepted, and the answer is lost", world, result: None });
            }
            outcomes.extend(self.fault("is refused by the cluster", Some(Err("Rds.InvalidDbClusterStateException"))));
        }
        outcomes.extend(self.fault("is not served for minutes", Some(Err("Rds.RdsException"))));
    }

    fn guards(&self, outcomes: &mut Vec<Outcome>) -> Result<(), String> {
        match self.pending.parameters["check"].as_str().unwrap_or_default() {
            check @ ("failover" | "failback" | "drill") => {
                let verdict = self.verdict(check);
                self.function(outcomes, Ok(self.answer(verdict)));
                Ok(())
            }
            check => Err(format!("{}: the verdict {check:?} is not modelled", self.pending.state)),
        }
    }

    /// A look of a machine that waits for something. A drill's look breaks off where waiting is useless.
    fn lookout(&self, outcomes: &mut Vec<Outcome>) -> Result<(), String> {
        let parameters = &self.pending.parameters;
        let region = parameters["region"].as_str().and_then(Region::named);
        let moving = self.world.database.moving;
        let writer = self.world.database.writer;
        if let Some(execution) = parameters["execution"].as_str() {
            if self.world.table.text("latch", "locked_by") != Some(execution) {
                outcomes.push(self.ends("finds the lock lost", Err("LockLost")));
            } else if !self.world.primary_is_reached() {
                outcomes.push(self.ends("finds the primary lost", Err("PrimaryLost")));
            }
        }
        match (parameters["check"].as_str().unwrap_or_default(), region) {
            ("roles" | "writer" | "settled", _) if self.world.trouble == Some(Trouble::Rds) => {
                outcomes.push(self.ends("gives up: RDS does not answer", Err("NotYet")));
            }
            ("roles", Some(_)) => {
                // What was asked for has either come true or come to nothing: a change under way is waited for.
                if moving.is_none() {
                    outcomes.push(self.ends("finds roles at rest", Ok(json!({ "writer_region": writer.name() }))));
                } else {
                    outcomes.extend(self.fault("gives up waiting", Some(Err("NotYet"))));
                }
            }
            ("writer", Some(region)) => self.wait(outcomes, moving.is_none() && writer == region, moving.is_some()),
            ("endpoint", Some(Region::Primary)) => {
                let may_become = self.world.primary_is_reached() && self.world.sessions_have_news();
                self.wait(outcomes, self.world.primary_is_healthy(), may_become);
            }
            ("endpoint", Some(Region::Dr)) => self.wait(outcomes, self.world.acknowledges(Region::Dr), false),
            ("dns", Some(region)) => self.wait(outcomes, self.world.dns() == region, self.world.checkers_have_news()),
            ("settled", _) if self.awaits_others() => {
                outcomes.extend(self.fault("looks before the other's request is answered", Some(Err("NotYet"))));
            }
            ("settled", _) => {
                if moving.is_none() {
                    self.function(outcomes, Ok(json!({ "writer_region": writer.name() })));
                } else {
                    outcomes.extend(self.fault("gives up waiting", Some(Err("NotYet"))));
                }
            }
            (check, _) => return Err(format!("{}: the check {check:?} is not modelled", self.pending.state)),
        }
        Ok(())
    }

    /// Whether this look comes after the pause in which the request of an execution that was overruled is answered, and that is
    /// about to make it: nothing but the pause orders the two.
    fn awaits_others(&self) -> bool {
        let machines = &self.variant.machines;
        let others = self.world.executions.iter().enumerate().filter(|(number, _)| *number != self.execution);
        let is_asking = |(number, other): (usize, &Option<Execution>)| {
            other.as_ref().filter(|it| it.runs()).is_some_and(|other| {
                let flow = machines.of(other.machine);
                let context = self.world.context(number);
                flow.pending(&other.position, &context)
                    .iter()
                    .any(|pending| pending.task.resource.contains("switchoverGlobalCluster"))
            })
        };
        self.pending.state == "LookAfterOthers" && others.into_iter().any(is_asking)
    }

    /// Asks until something is so. Giving up is a fault while it may still become so, and plain patience at its end if not.
    fn wait(&self, outcomes: &mut Vec<Outcome>, is_so: bool, may_become_so: bool) {
        if is_so {
            outcomes.push(self.ends("finds it so", Ok(json!({}))));
        } else if may_become_so {
            outcomes.extend(self.fault("gives up too early", Some(Err("NotYet"))));
        } else {
            outcomes.push(self.ends("gives up", Err("NotYet")));
        }
    }

    fn verdict(&self, check: &str) -> &'static str {
        let request = &self.pending.parameters["request"];
        let is_writer = |region| self.world.database.moving.is_none() && self.world.database.writer == region;
        let knows = self.world.trouble != Some(Trouble::Unknown);
        let found = |condition: &str| self.world.finds(check, condition, self.variant.cool_down_seconds);
        let by_operator = request["requested_by"] == "operator";
        let has_decided = by_operator && request["accept_data_loss"] == true && self.variant.operator_is_obeyed;
        let found = |condition: &str| match condition {
            "lock" if self.world.lock_is_overruled(has_decided) => Found::Holds,
            other => found(other),
        };
        let is_locked = found("lock") != Found::Holds;
        match check {
            "failover" if knows && is_writer(Region::Dr) && !is_locked => "already_done",
            "failover" => {
                let conditions: Vec<_> = FAILOVER
                    .into_iter()
                    .filter(|it| it.name != "quorum" || request["requested_by"] == "detector")
                    .collect();
                Verdict::of(&conditions, has_decided, found).word()
            }
            "failback" if !self.world.latch() => "nothing_to_do",
            "failback" if knows && is_writer(Region::Primary) && !is_locked => "already_back",
            "failback" => Verdict::of(&FAILBACK, false, found).word(),
            _ => Verdict::of(&DRILL, false, found).word(),
        }
    }

    fn answer(&self, verdict: &str) -> Value {
        let mut answer = times(self.world);
        let request = &self.pending.parameters["request"];
        let has_decided = request["accept_data_loss"] == true && self.variant.operator_is_obeyed;
        answer["verdict"] = verdict.into();
        answer["takes_lock_from"] = self.world.takes_lock_from(has_decided).into();
        answer
    }

    fn write_probe(&self, outcomes: &mut Vec<Outcome>) {
        let region = self.pending.parameters["region"].as_str().and_then(Region::named).unwrap_or(Region::Dr);
        let is_writer = self.world.database.moving.is_none() && self.world.database.writer == region;
        let reached = region == Region::Dr || self.world.primary_is_reached();
        self.wait(outcomes, is_writer && reached, false);
        outcomes.extend(self.fault("cannot write a row", Some(Err("NotYet"))));
    }

    fn drill(&self, outcomes: &mut Vec<Outcome>) -> Result<(), String> {
        match self.pending.parameters["step"].as_str().unwrap_or_default() {
            "begin" => self.function(outcomes, Ok(json!({ "drill": "drill" }))),
            "switch_over" => {
                self.request(Region::Dr, true, outcomes);
                // The function finds its own request under way and takes that for success.
                for outcome in outcomes.iter_mut() {
                    let database = &outcome.world.database;
                    let is_on_its_way =
                        database.writer == Region::Dr || database.moving.is_some_and(|it| it.to == Region::Dr);
                    if is_on_its_way && outcome.result.is_some() {
                        outcome.result = Some(Ok(json!({ "requested_at": "" })));
                    }
                }
            }
            "pay_once" => self.function(outcomes, Ok(json!({}))),
            "payments" | "finish" | "verify" => outcomes.push(self.ends("answers", Ok(json!({})))),
            "evidence" => {
                outcomes.push(self.ends("the drill passed", Ok(json!({"passed": true, "key": "", "reasons": []}))));
                outcomes
                    .push(self.ends("the drill did not pass", Ok(json!({"passed": false, "key": "", "reasons": []}))));
            }
            step => return Err(format!("{}: the step {step:?} is not modelled", self.pending.state)),
        }
        Ok(())
    }
}

fn mark_told(world: &mut World, execution: usize) {
    if let Some(execution) = world.execution_mut(execution) {
        execution.told = true;
    }
}

impl World {
    /// Whether the checkers have not seen yet what is so.
    pub fn checkers_have_news(&self) -> bool {
        self.endpoint_seen_healthy != self.primary_is_healthy() || self.latch_seen_active != self.latch_holds_dns()
    }

    /// Whether the outage is on.
    pub fn is_lost(&self) -> bool {
        matches!(self.phase, Phase::During(_))
    }
}

/// What the guards answer beside their verdict; numbers are texts there, as DynamoDB wants them.
pub(crate) fn times(world: &World) -> Value {
    let now = world.now();
    let text = |seconds: i64| seconds.to_string();
    json!({
        "reasons": [],
        "lag_milliseconds": null,
        "lag_age_seconds": null,
        "now": text(now),
        "now_iso": text(now),
        // As long as a machine runs at the most, which is shorter than what passes between two half hours here.
        "locked_until": text(now + LONGEST_MACHINE_SECONDS),
        "takes_lock_from": "nobody",
    })
}
