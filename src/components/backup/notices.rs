//! Who is told that a backup or a copy could not be made.

use crate::aws::{events, iam, sns};
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Handle, Object, Resource, Value};

/// Adds a rule that tells the alert topic of every job of this environment's role that ends without a backup.
pub fn failures(region: &mut RegionScope<'_>, role: &Handle<iam::Role>, topic: &Handle<sns::Topic>) {
    let words = |words: &[&'static str]| Expression::List(words.iter().copied().map(Expression::from).collect());
    let role_arn: Value<String> = role.arn();
    let detail: Object = [
        ("iamRoleArn", Expression::List(vec![role_arn.into()])),
        ("state", words(&["ABORTED", "EXPIRED", "FAILED"])),
    ]
    .into_iter()
    .collect();
    let pattern: Object = [
        ("source", words(&["aws.backup"])),
        ("detail-type", words(&["Backup Job State Change", "Copy Job State Change"])),
        ("detail", Expression::Object(detail)),
    ]
    .into_iter()
    .collect();
    let name = region.name(NameKind::EventRule, "backup-failures");
    let rule = region.add(
        events::Rule::new("backup_failures")
            .name(name)
            .description("Backups and copies that could not be made")
            .event_pattern(jsonencode(pattern)),
    );
    region.add(events::Target::new("backup_failures", topic.arn(), rule.name()).target_id("alerts"));
}
