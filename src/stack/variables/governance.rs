//! Variables of backups, the budget, AWS Config and stack sets.

use super::{NumberVariable, each_matches, matches, number, switch};
use crate::terraform::functions::contains;
use crate::terraform::{Condition, Expression, Module, Number, Value, Variable};

pub(super) fn backup_retention_days(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "backup_retention_days",
            description: "Days for which weekly backups and their copies in the other region are kept. Daily ones \
                              are kept for 14.",
            default: 35,
            range: (14, 3650),
        },
    )
}

pub(super) fn backup_receipts(module: &mut Module) -> Value<bool> {
    switch(
        module,
        "backup_receipts",
        "Whether receipts are backed up and test-restored too. They are copies of what is in the database, and AWS Backup \
         charges each as 128 KB: ten million of them cost 64 USD a month in each region, and 50 USD for each restore.",
        false,
    )
}

pub(super) fn monthly_budget_usd(module: &mut Module) -> Value<Number> {
    number(
        module,
        &NumberVariable {
            name: "monthly_budget_usd",
            description: "USD a month that the account is meant to cost: a notification is sent when 80 and 100 percent are \
                              spent, and when AWS expects more than that.",
            default: 5000,
            range: (1, 10_000_000),
        },
    )
}

pub(super) fn manage_config_recorder(module: &mut Module) -> Value<bool> {
    switch(
        module,
        "manage_config_recorder",
        "Feature config: whether this stack has the recorders of AWS Config, of which an account has one in each region. \
             Set it to false where something else has made them; this stack then adds its rules only.",
        true,
    )
}

pub(super) fn organization_id(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("organization_id");
    module.add_variable(
        Variable::new("organization_id")
            .description(
                "Feature stacksets: the AWS organization whose accounts may read the evidence of drills, if any.",
            )
            .default(Expression::Null)
            .validation(Condition::new(
                own.clone().is_null().or(matches("^o-[a-z0-9]{10,32}$", own)),
                "organization_id must be the id of an organization, such as o-a1b2c3d4e5, or null.",
            )),
    )
}

pub(super) fn organizational_unit_ids(module: &mut Module) -> Value<Vec<String>> {
    let well_formed = each_matches(
        "^(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32})$",
        Variable::reference("organizational_unit_ids"),
    );
    module.add_variable(
        Variable::new("organizational_unit_ids")
            .description(
                "Feature stacksets: the organizational units whose accounts get an alert topic and a reader of evidence. \
                 Each must hold an account, and none may lie in another: AWS would show them otherwise than they were given. \
                 Empty: the stack set is made and brought to no account.",
            )
            .default(Expression::List(Vec::new()))
            .nullable(false)
            .validation(Condition::new(
                well_formed,
                "organizational_unit_ids must be ids of organizational units or roots, such as ou-ab12-cdefgh34 or r-ab12.",
            )),
    )
}

pub(super) fn stack_set_call_as(module: &mut Module) -> Value<String> {
    let own = Variable::reference::<String>("stack_set_call_as");
    module.add_variable(
        Variable::new("stack_set_call_as")
            .description(
                "Feature stacksets: SELF in the organization's management account, DELEGATED_ADMIN in one that it has \
                 registered for StackSets.",
            )
            .default("SELF")
            .nullable(false)
            .validation(Condition::new(
                contains::<String>(["SELF", "DELEGATED_ADMIN"], own),
                "stack_set_call_as must be SELF or DELEGATED_ADMIN.",
            )),
    )
}
