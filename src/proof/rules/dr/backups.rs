//! Backups that are not made, not kept, or not elsewhere.

use super::super::instance::{Opinion, broken_if};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Model, Node, Resource, Target};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        id: "DR020",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a copy of backups goes to another region or account",
        reason: "A second vault of the same region and account is lost with the first",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html",
        examine: Examine::Instances(PLAN, same_region),
    },
    Rule {
        id: "DR021",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "a backup plan has a selection",
        reason: "A plan that nothing is assigned to makes no backups",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
        examine: Examine::Instances(PLAN, unselected),
    },
    Rule {
        id: "DR022",
        group: Group::Dr,
        severity: Severity::Warning,
        title: "backups are kept for more than a day",
        reason: "A damage that is found after a day is older than everything that can be restored",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html",
        examine: Examine::Instances(PLAN, short),
    },
    Rule {
        id: "DR023",
        group: Group::Dr,
        severity: Severity::Error,
        title: "a plan's vault is in the plan's region",
        reason: "A plan finds its vault by name in its own region",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html",
        examine: Examine::Instances(PLAN, vault_elsewhere),
    },
];

const PLAN: &[&str] = &["aws_backup_plan"];

fn same_region(model: &Model, plan: &Resource) -> Opinion {
    for action in plan.values.blocks("rule").into_iter().flat_map(|rule| rule.blocks("copy_action")) {
        if let Target::Found(vault) = model.resolve(&["aws_backup_vault"], action.at("destination_vault_arn"), plan)
            && vault.region == plan.region
            && vault.account == plan.account
        {
            let message = format!("a copy goes to {}, in the plan's own region and account", vault.address);
            return Opinion::Broken(message, "copy to a vault of another region");
        }
    }
    Opinion::Fine
}

fn unselected(model: &Model, plan: &Resource) -> Opinion {
    broken_if(
        model.referring("aws_backup_selection", "plan_id", plan).is_empty()
            && model.undecided("aws_backup_selection", "plan_id", plan).is_none(),
        || "no aws_backup_selection is for this plan".to_owned(),
        "add one with resources or selection_tag",
    )
}

fn short(_: &Model, plan: &Resource) -> Opinion {
    let days =
        plan.values.blocks("rule").into_iter().filter_map(|rule| rule.at("lifecycle.delete_after").number().get());
    let short = days.filter(|days| *days > 0.0).find(|days| *days <= 1.0);
    broken_if(short.is_some(), || "a rule deletes after one day".to_owned(), "keep backups for a week or more")
}

fn vault_elsewhere(model: &Model, plan: &Resource) -> Opinion {
    for rule in plan.values.blocks("rule") {
        let Node::Text(name) = rule.at("target_vault_name") else { continue };
        let near = matches!(model.resolve(&["aws_backup_vault"], rule.at("target_vault_name"), plan), Target::Found(_));
        let far = model.known_as("aws_backup_vault", name).next();
        if let (false, Some(vault)) = (near, far) {
            let message = format!("the rule's vault is {} of {}", vault.address, vault.region_name());
            return Opinion::Broken(message, "name a vault that the plan's own provider makes");
        }
    }
    Opinion::Fine
}
