//! Adds a queue of refunds, and a function that works on it, to both regions of the stack. Everything added is held to the
//! same checks as the stack itself: types, names, references, permissions, and that both regions have it.
//!
//! ```text
//! cargo run --example extend_the_stack > main.tf.json
//! ```

mod print;

use std::process::ExitCode;

use dr_synth::aws::iam_policy::{PolicyDocument, Statement};
use dr_synth::aws::{iam, lambda, sqs};
use dr_synth::components::function_role::write_own_log;
use dr_synth::components::log_group::log_group;
use dr_synth::components::naming::NameKind;
use dr_synth::components::region_scope::RegionScope;
use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::stack::region::RegionBase;
use dr_synth::terraform::{Diagnostic, Document, Resource, ResourceBlock, concat};

/// How long a refund may take, in seconds; SQS shows a message to nobody else for that long.
const TIMEOUT_SECONDS: u32 = 60;

fn main() -> ExitCode {
    print::print(document())
}

/// The stack with refunds.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn document() -> Result<Document, Vec<Diagnostic>> {
    let mut stack = stack::build(&Settings::default());
    stack.in_each_region(refunds);
    stack.document()
}

fn refunds(region: &mut RegionScope<'_>, base: &RegionBase) {
    // A typed block: an argument that SQS does not know, or a number where text belongs, does not compile.
    let name = region.name(NameKind::Queue, "refunds");
    let queue = region.add(
        sqs::Queue::new("refunds")
            .name(name)
            .kms_master_key_id(base.keys.operations.arn())
            .visibility_timeout_seconds(TIMEOUT_SECONDS),
    );

    let name = region.name(NameKind::Function, "refunds");
    let log = log_group(region, "refunds", concat(["/aws/lambda/".into(), name.clone()]), &base.logs);
    let trust = PolicyDocument::assumed_by_service("lambda.amazonaws.com").to_json();
    let role_name = region.name(NameKind::Role, "refunds");
    let role = region.add(iam::Role::new("refunds", trust).name(role_name));
    let permissions = PolicyDocument::new([
        write_own_log(&log),
        Statement::allow("TakeRefunds")
            .actions(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
            .resource(queue.arn()),
        Statement::allow("ReadRefunds").action("kms:Decrypt").resource(base.keys.operations.arn()),
    ]);
    let policy = region.add(iam::RolePolicy::new("refunds", permissions.to_json(), role.id()));
    let function = region.add(
        lambda::Function::new("refunds", name, role.arn())
            .filename("refunds.zip")
            .handler("refunds.handle")
            .runtime("python3.13")
            .timeout(TIMEOUT_SECONDS)
            .logging_config(lambda::function::LoggingConfig::new("Text").log_group(log.name()))
            .depends_on(&policy),
    );

    // A dynamic block: any type of the provider, checked against its schema when the document is made.
    region.add(
        ResourceBlock::resource("aws_lambda_event_source_mapping", "refunds")
            .set("event_source_arn", queue.arn())
            .set("function_name", function.arn())
            .set("batch_size", 10),
    );
}
