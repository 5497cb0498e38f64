//! What others add to the stack is held to the same checks.

use dr_synth::aws::sqs;
use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::terraform::{DiagnosticKind, Resource, ResourceBlock};

#[test]
fn what_stands_in_one_region_only_must_be_declared() {
    let mut stack = stack::build(&Settings::default());
    let primary = stack.regions()[0].provider.clone();
    stack.module_mut().add(sqs::Queue::new("primary_refunds").provider(&primary));
    let problems = stack.document().unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].block, "aws_sqs_queue.refunds");
    assert!(problems[0].message.contains("DR region"), "{}", problems[0]);
}

#[test]
fn what_stands_in_both_regions_is_fine() {
    let mut stack = stack::build(&Settings::default());
    let providers = stack.regions().map(|region| (region.prefix, region.provider.clone()));
    for (prefix, provider) in providers {
        stack.module_mut().add(sqs::Queue::new(format!("{prefix}_refunds")).provider(&provider));
    }
    assert!(stack.document().is_ok());
}

#[test]
fn a_dynamic_block_is_held_to_the_schema() {
    let mut stack = stack::build(&Settings::default());
    for region in stack.regions().map(|region| (region.prefix, region.provider.clone())) {
        let (prefix, provider) = region;
        let queue = ResourceBlock::resource("aws_sqs_queue", format!("{prefix}_refunds"));
        stack.module_mut().add(queue.set("nmae", "refunds").provider(&provider));
    }
    let problems = stack.document().unwrap_err();
    assert!(problems.iter().all(|problem| problem.kind == DiagnosticKind::UnknownArgument));
    assert_eq!(problems[0].candidates.first().map(String::as_str), Some("name"));
}

#[test]
fn a_block_that_forgets_its_region_is_an_error() {
    let mut stack = stack::build(&Settings::default());
    stack.module_mut().add(sqs::Queue::new("refunds"));
    let problems = stack.document().unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [DiagnosticKind::Provider]);
}
