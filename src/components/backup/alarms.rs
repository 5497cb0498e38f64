//! Alarms about backups: a restore test failed, or none has passed for too long.

use super::BackupInputs;
use super::verification::namespace;
use crate::aws::cloudwatch::{self, metric_alarm};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::components::standalone_function::StandaloneFunction;
use crate::terraform::Value;

/// One test a month, and time to repeat it.
const LONGEST_WITHOUT_TEST_DAYS: u32 = 35;

const FIVE_MINUTES: u32 = 300;

/// The age is published every hour; three of six may be missed.
const SIX_HOURS: u32 = 21_600;

/// Adds both alarms.
pub(super) fn alarms(region: &mut RegionScope<'_>, inputs: &BackupInputs<'_>, validator: &StandaloneFunction) {
    failed_test(region, inputs, validator);
    let name = region.name(NameKind::Alarm, "backup-restore-test-age");
    let namespace = namespace(region);
    region.add(
        cloudwatch::MetricAlarm::new("backup_restore_test_age", name, "GreaterThanThreshold", 1)
            .alarm_description(
                "No restored backup was found good for more than 35 days, or it is unknown. The log of the \
                 restore-test-age function names the kind.",
            )
            .namespace(namespace)
            .metric_name("RestoreTestAgeDays")
            .dimensions([("Environment", inputs.environment.clone())])
            .statistic("Maximum")
            .period(SIX_HOURS)
            .threshold(LONGEST_WITHOUT_TEST_DAYS)
            .treat_missing_data("breaching")
            .alarm_actions([inputs.topic.arn()])
            .ok_actions([inputs.topic.arn()]),
    );
}

/// A verdict against the backup, or a validator that came to none.
fn failed_test(region: &mut RegionScope<'_>, inputs: &BackupInputs<'_>, validator: &StandaloneFunction) {
    let query =
        |id: &'static str, namespace: Value<String>, metric: &'static str, dimension: (&'static str, Value<String>)| {
            metric_alarm::MetricQuery::new(id).return_data(false).metric(
                metric_alarm::MetricQueryMetric::new(metric, FIVE_MINUTES, "Sum")
                    .namespace(namespace)
                    .dimensions([dimension]),
            )
        };
    let sum = metric_alarm::MetricQuery::new("unproven")
        .expression("FILL(failed, 0) + FILL(errors, 0)")
        .label("Restore tests without a good end")
        .return_data(true);
    let name = region.name(NameKind::Alarm, "backup-restore-tests");
    let namespace = namespace(region);
    region.add(
        cloudwatch::MetricAlarm::new("backup_restore_tests", name, "GreaterThanThreshold", 1)
            .alarm_description("A backup could not be restored, or what was restored is not what it should be.")
            .metric_query(query("failed", namespace, "RestoreTestsFailed", ("Environment", inputs.environment.clone())))
            .metric_query(query("errors", "AWS/Lambda".into(), "Errors", ("FunctionName", validator.name.clone())))
            .metric_query(sum)
            .threshold(0)
            .treat_missing_data("notBreaching")
            .alarm_actions([inputs.topic.arn()]),
    );
}
