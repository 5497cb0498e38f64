//! Functions, stack sets, backups.

use super::super::instance::{Opinion, broken_if, wants_text};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Resource, Target};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        id: "AWS050",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a function's runtime can be created",
        reason: "Lambda refuses new functions with a runtime that has ended",
        source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
        examine: Examine::Instances(&["aws_lambda_function"], runtime),
    },
    Rule {
        id: "AWS051",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a stack set with permissions of the service names no administration role",
        reason: "CloudFormation refuses administration_role_arn with SERVICE_MANAGED",
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html",
        examine: Examine::Instances(&["aws_cloudformation_stack_set"], administration_role),
    },
    Rule {
        id: "AWS052",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a rule keeps its recovery points as long as the vault's lock wants",
        reason: "A locked vault fails every backup whose retention is outside its bounds",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
        examine: Examine::Instances(&["aws_backup_plan"], lock_bounds),
    },
    Rule {
        id: "AWS053",
        group: Group::Aws,
        severity: Severity::Error,
        title: "what goes to cold storage stays there for ninety days",
        reason: "AWS Backup refuses a delete_after that is less than 90 days behind cold_storage_after",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html",
        examine: Examine::Instances(&["aws_backup_plan"], cold_storage),
    },
];

/// Runtimes whose creation Lambda has blocked, as of October 2026.
const ENDED: [&str; 20] = [
    "dotnet5.0",
    "dotnet6",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "go1.x",
    "java8",
    "nodejs",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs4.3",
    "nodejs8.10",
    "python2.7",
    "python3.6",
    "python3.7",
    "python3.8",
    "ruby2.7",
];

fn runtime(_: &Model, function: &Resource) -> Opinion {
    wants_text(
        function.at("runtime"),
        |runtime| !ENDED.contains(&runtime),
        "the runtime {} has ended",
        "take a runtime that is supported, and try the function with it",
    )
}

fn administration_role(_: &Model, stack_set: &Resource) -> Opinion {
    broken_if(
        stack_set.at("permission_model").is_text("SERVICE_MANAGED") && stack_set.at("administration_role_arn").is_set(),
        || "administration_role_arn beside SERVICE_MANAGED".to_owned(),
        "leave administration_role_arn out",
    )
}

fn lock_bounds(model: &Model, plan: &Resource) -> Opinion {
    for rule in plan.values.blocks("rule") {
        let Target::Found(vault) = model.resolve(&["aws_backup_vault"], rule.at("target_vault_name"), plan) else {
            continue;
        };
        let kept = rule.at("lifecycle.delete_after").number();
        for lock in model.referring("aws_backup_vault_lock_configuration", "backup_vault_name", vault) {
            let least = lock.at("min_retention_days").number().get().unwrap_or_default();
            let longest = lock.at("max_retention_days").number().get();
            let outside = match kept {
                Known::Is(days) => days < least || longest.is_some_and(|longest| days > longest),
                Known::Absent => longest.is_some(),
                Known::Unknown(ref reason) => return Opinion::CannotTell(reason.clone()),
            };
            if outside {
                let message =
                    format!("{} refuses how long a rule keeps what goes into {}", lock.address, vault.address);
                return Opinion::Broken(message, "set delete_after within the lock's bounds");
            }
        }
    }
    Opinion::Fine
}

fn cold_storage(_: &Model, plan: &Resource) -> Opinion {
    let lifecycles = plan.values.blocks("rule").into_iter().flat_map(|rule| {
        let copies = rule.blocks("copy_action").into_iter().map(|copy| copy.at("lifecycle"));
        std::iter::once(rule.at("lifecycle")).chain(copies)
    });
    let mut broken = false;
    for lifecycle in lifecycles {
        let cold = lifecycle.at("cold_storage_after").number().get().filter(|days| *days > 0.0);
        let end = lifecycle.at("delete_after").number().get().filter(|days| *days > 0.0);
        broken |= matches!((cold, end), (Some(cold), Some(end)) if end < cold + 90.0);
    }
    broken_if(
        broken,
        || "delete_after is less than 90 days behind cold_storage_after".to_owned(),
        "set it 90 days later",
    )
}
