//! Adds a refunds queue to both regions of the stack, one with a typed block, one with a dynamic block, and prints the
//! document. Everything added is held to the same checks as the stack itself.
//!
//! ```text
//! cargo run --example extend_the_stack > main.tf.json
//! ```

#![allow(clippy::print_stderr, reason = "an example has no printer of its own")]

use std::io::stdout;
use std::process::ExitCode;

use dr_synth::aws::sqs;
use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::terraform::{Output, Resource, ResourceBlock, Value, concat, text};

fn main() -> ExitCode {
    let mut stack = stack::build(&Settings::default());
    let suffix: Value<String> = stack.foundations().variables.environment_suffix.clone();
    let [primary, dr] = stack.regions().map(|region| region.provider.clone());

    // A typed block: an argument that SQS does not know, or a number where text belongs, does not compile.
    let queue = stack.module_mut().add(
        sqs::Queue::new("primary_refunds")
            .provider(&primary)
            .name(concat([text("payments-refunds-"), suffix.clone()]))
            .sqs_managed_sse_enabled(true),
    );

    // A dynamic block: any type of the provider, checked against its schema when the document is made.
    stack.module_mut().add(
        ResourceBlock::resource("aws_sqs_queue", "dr_refunds")
            .provider(&dr)
            .set("name", concat([text("payments-refunds-"), suffix]))
            .set("sqs_managed_sse_enabled", true),
    );
    stack.module_mut().add_output(Output::new("refunds_queue_url", queue.url()).description("Where refunds wait."));

    match stack.document() {
        Ok(document) => match document.write(stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Err(problems) => {
            for problem in problems {
                eprintln!("error: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}
