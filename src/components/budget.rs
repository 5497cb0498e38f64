//! The budget: who hears, and when, that the month becomes dearer than it was meant to be.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::budgets::{self, budget as block};
use crate::aws::sns;
use crate::terraform::functions::tostring;
use crate::terraform::{Handle, Number, Value};

/// What has been spent, and what AWS expects to be by the end of the month, in percent of the limit.
const NOTICES: [(&str, u32); 3] = [("ACTUAL", 80), ("FORECASTED", 100), ("ACTUAL", 100)];

/// Adds the budget. It is about the whole account: a filter by tags would see nothing at all before somebody activates
/// the tags for cost allocation, which Terraform cannot do for tags that no bill has shown yet (AWS Billing user guide,
/// "Activating user-defined cost allocation tags").
pub fn budget(region: &mut RegionScope<'_>, limit_usd: &Value<Number>, topic: &Handle<sns::Topic>) {
    let name = region.name(NameKind::Budget, "monthly");
    let budget = budgets::Budget::new("budget", "COST", "MONTHLY")
        .name(name)
        .limit_amount(tostring(limit_usd))
        .limit_unit("USD");
    let budget = NOTICES.into_iter().fold(budget, |budget, (kind, percent)| {
        budget.notification(
            block::Notification::new("GREATER_THAN", kind, percent, "PERCENTAGE")
                .subscriber_sns_topic_arns([topic.arn()]),
        )
    });
    region.add(budget);
}
