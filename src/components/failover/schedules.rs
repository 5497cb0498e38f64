//! What runs by the clock: the detector, the watcher, the check of readiness, and drills if they are wanted.

use crate::aws::iam_policy::{PolicyDocument, Statement};
use crate::aws::scheduler::{self, schedule};
use crate::aws::{iam, kms};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::functions::jsonencode;
use crate::terraform::{Handle, Object, Resource, Value};

/// The group that is there without being made.
const GROUP: &str = "default";

/// The shortest interval that `EventBridge` Scheduler has.
const DETECTOR_RATE: &str = "rate(1 minute)";

/// As often as AWS's own Region switch evaluates its plans in quiet times.
const READINESS_RATE: &str = "rate(30 minutes)";

/// The shortest age that `EventBridge` Scheduler takes (`CreateSchedule`): what comes a minute late is for the next run.
const A_MINUTE: u32 = 60;

/// A check of readiness may come late, as long as the next one is not due.
const HALF_AN_HOUR: u32 = 1800;

/// What is scheduled.
#[derive(Debug)]
pub struct ScheduleInputs<'a> {
    /// Encrypts the schedules.
    pub key: &'a Handle<kms::Key>,
    /// The ARN of the detector's function.
    pub detector_arn: Value<String>,
    /// The ARN of the readiness function.
    pub readiness_arn: Value<String>,
    /// The ARN of the watcher's function.
    pub watcher_arn: Value<String>,
    /// The ARN of the drill's state machine.
    pub drill_machine_arn: Value<String>,
    /// Whether drills run by themselves.
    pub drill_enabled: &'a Value<bool>,
    /// When they do.
    pub drill_schedule: &'a Value<String>,
}

struct Appointment {
    purpose: &'static str,
    description: &'static str,
    expression: Value<String>,
    state: Value<String>,
    action: &'static str,
    target_arn: Value<String>,
    input: Value<String>,
    retries: u32,
    maximum_age_seconds: u32,
}

/// Adds the schedules.
pub fn schedules(region: &mut RegionScope<'_>, inputs: ScheduleInputs<'_>) {
    let nothing: Value<String> = jsonencode(Object::new());
    let requested: Object = [("requested_by", "schedule")].into_iter().collect();
    for appointment in [
        Appointment {
            purpose: "detector",
            description: "Probes of the region that takes payments",
            expression: DETECTOR_RATE.into(),
            state: "ENABLED".into(),
            action: "lambda:InvokeFunction",
            target_arn: inputs.detector_arn,
            input: nothing.clone(),
            retries: 0,
            maximum_age_seconds: A_MINUTE,
        },
        Appointment {
            purpose: "watcher",
            description: "Compares latch, writer, DNS and probes",
            expression: DETECTOR_RATE.into(),
            state: "ENABLED".into(),
            action: "lambda:InvokeFunction",
            target_arn: inputs.watcher_arn,
            input: nothing.clone(),
            retries: 0,
            maximum_age_seconds: A_MINUTE,
        },
        Appointment {
            purpose: "readiness",
            description: "Whether this region could take over payments",
            expression: READINESS_RATE.into(),
            state: "ENABLED".into(),
            action: "lambda:InvokeFunction",
            target_arn: inputs.readiness_arn,
            input: nothing,
            retries: 2,
            maximum_age_seconds: HALF_AN_HOUR,
        },
        Appointment {
            purpose: "drill",
            description: "Planned switchover to this region and back",
            expression: inputs.drill_schedule.clone(),
            state: Value::from("ENABLED").when(inputs.drill_enabled, "DISABLED"),
            action: "states:StartExecution",
            target_arn: inputs.drill_machine_arn,
            input: jsonencode(requested),
            // A drill that could not start when it was due would start when nobody expects it.
            retries: 0,
            maximum_age_seconds: A_MINUTE,
        },
    ] {
        appoint(region, inputs.key, appointment);
    }
}

fn appoint(region: &mut RegionScope<'_>, key: &Handle<kms::Key>, appointment: Appointment) {
    let purpose = format!("failover-{}", appointment.purpose);
    let local_name = format!("failover_{}_schedule", appointment.purpose);
    let role_name = region.name(NameKind::Role, &format!("{purpose}-schedule"));
    let account_id = region.account_id();
    let role = region.add(
        iam::Role::new(
            local_name.clone(),
            PolicyDocument::assumed_by("scheduler.amazonaws.com", &account_id).to_json(),
        )
        .name(role_name)
        .description(appointment.description),
    );
    let name = region.name(NameKind::Schedule, &purpose);
    let schedule_arn = region.arn("scheduler", [format!("schedule/{GROUP}/").into(), name.clone()]);
    let start = Statement::allow("Start").action(appointment.action).resource(&appointment.target_arn);
    // The service reads an encrypted schedule with the schedule's own role (`EventBridge` Scheduler user guide,
    // "Encryption at rest").
    let read = Statement::allow("ReadSchedule").action("kms:Decrypt").resource(key.arn()).when(
        "StringEquals",
        "kms:EncryptionContext:aws:scheduler:schedule:arn",
        schedule_arn,
    );
    let policy = PolicyDocument::new([start, read]).to_json();
    let policy = region.add(iam::RolePolicy::new(local_name, policy, role.id()).name("start"));
    let retry = schedule::TargetRetryPolicy::new()
        .maximum_retry_attempts(appointment.retries)
        .maximum_event_age_in_seconds(appointment.maximum_age_seconds);
    let target = schedule::Target::new(appointment.target_arn, role.arn()).input(appointment.input).retry_policy(retry);
    region.add(
        scheduler::Schedule::new(
            format!("failover_{}", appointment.purpose),
            appointment.expression,
            schedule::FlexibleTimeWindow::new("OFF"),
            target,
        )
        .name(name)
        .group_name(GROUP)
        .kms_key_arn(key.arn())
        .description(appointment.description)
        .schedule_expression_timezone("UTC")
        .state(appointment.state)
        .depends_on(&policy),
    );
}
