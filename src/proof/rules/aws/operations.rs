//! Functions, stack sets, backups.

use super::super::instance::{Opinion, broken_if, wants_text};
use super::super::{Examine, Group, Rule};
use crate::proof::finding::Severity;
use crate::proof::model::{Known, Model, Node, Resource, Target, Truth};
use crate::proof::refusal::backup_plans;
use crate::proof::refusal::file_systems::may_be_overwritten;

pub(super) const RULES: [Rule; 6] = [
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
    Rule {
        id: "AWS054",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a continuous backup is kept for 35 days at most",
        reason: "AWS Backup refuses continuous backups that are kept for ever, for longer, or in cold storage",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",
        examine: Examine::Instances(&["aws_backup_plan"], continuous),
    },
    Rule {
        id: "AWS055",
        group: Group::Aws,
        severity: Severity::Error,
        title: "a file system that is replicated to may be overwritten",
        reason: "EFS refuses a destination that is protected from replication, as every file system is unless it says otherwise",
        source: "https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html",
        examine: Examine::Instances(&["aws_efs_replication_configuration"], overwriting),
    },
];

/// Runtimes whose creation Lambda has blocked, as of October 2026.
const ENDED: [&str; 24] = [
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
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "provided",
    "python2.7",
    "python3.6",
    "python3.7",
    "python3.8",
    "ruby2.5",
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
        let own = rule.at("lifecycle");
        let mut kept = vec![(rule.at("target_vault_name"), own)];
        kept.extend(rule.blocks("copy_action").into_iter().map(|copy| {
            // A copy without a lifecycle of its own has the rule's.
            let lifecycle = copy.at("lifecycle");
            (copy.at("destination_vault_arn"), if lifecycle.is_set() { lifecycle } else { own })
        }));
        for (vault, lifecycle) in kept {
            match lock_of(model, plan, vault, &lifecycle.at("delete_after").number()) {
                Opinion::Fine => {}
                other => return other,
            }
        }
    }
    Opinion::Fine
}

/// What the locks of a vault say of recovery points that are kept for so long.
fn lock_of(model: &Model, plan: &Resource, vault: &Node, kept: &Known<f64>) -> Opinion {
    let Target::Found(vault) = model.resolve(&["aws_backup_vault"], vault, plan) else { return Opinion::Fine };
    for lock in model.referring("aws_backup_vault_lock_configuration", "backup_vault_name", vault) {
        let least = lock.at("min_retention_days").number().get().unwrap_or_default();
        let longest = lock.at("max_retention_days").number().get();
        let outside = match kept {
            Known::Is(days) => *days < least || longest.is_some_and(|longest| *days > longest),
            Known::Absent => longest.is_some(),
            Known::Unknown(reason) => return Opinion::CannotTell(reason.clone()),
        };
        if outside {
            let message = format!("{} refuses how long a rule keeps what goes into {}", lock.address, vault.address);
            return Opinion::Broken(message, "set delete_after within the lock's bounds");
        }
    }
    Opinion::Fine
}

fn cold_storage(_: &Model, plan: &Resource) -> Opinion {
    refused_if(
        plan,
        backup_plans::cold_storage,
        "delete_after is less than 90 days behind cold_storage_after",
        "set it 90 days later",
    )
}

fn continuous(_: &Model, plan: &Resource) -> Opinion {
    refused_if(
        plan,
        backup_plans::continuous,
        "a rule with continuous backups keeps them for more than 35 days, or in cold storage",
        "set delete_after to 35 days or less, without cold_storage_after; keep others longer by a rule of their own",
    )
}

fn overwriting(model: &Model, replication: &Resource) -> Opinion {
    let named = replication.at("destination.file_system_id");
    let Target::Found(target) = model.resolve(&["aws_efs_file_system"], named, replication) else {
        return Opinion::Fine;
    };
    match may_be_overwritten(target) {
        Truth::Yes => Opinion::Fine,
        Truth::Unknown(reason) => Opinion::CannotTell(reason),
        Truth::No => Opinion::Broken(
            format!("{} is protected from being overwritten", target.address),
            "give the destination a protection block with replication_overwrite = \"DISABLED\"",
        ),
    }
}

/// What is not known counts as kept: the rule is about what AWS refuses for certain.
fn refused_if(plan: &Resource, refuses: fn(&Node) -> Truth, message: &str, fix: &'static str) -> Opinion {
    let is_broken = plan.values.blocks("rule").into_iter().any(|rule| refuses(rule) == Truth::Yes);
    broken_if(is_broken, || message.to_owned(), fix)
}
