//! The command line: one file per subcommand.

mod completions;
mod diff;
mod exit_status;
mod printer;
mod report;
mod settings_arguments;
mod suggested;
mod synth;
mod usage;
mod write_files;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use completions::CompletionsArguments;
use diff::DiffArguments;
use exit_status::ExitStatus;
use printer::Printer;
use report::Failure;
use synth::SynthArguments;

const ABOUT: &str = "Print Terraform JSON for active-passive disaster recovery on AWS";

const LONG_ABOUT: &str = "\
Print Terraform JSON for active-passive disaster recovery on AWS.

dr-synth writes one self-contained Terraform document for a payments service in two AWS regions: an Aurora global \
database, an API, functions, storage, messages, DNS failover and alarms. What two regions they are, which features \
are built and where the state lives is chosen here or in dr-synth.toml; names, sizes and addresses stay Terraform \
variables. Everything in the document is checked against the AWS provider's schema before a byte of it is printed.";

const AFTER_HELP: &str = "\
Examples:
  dr-synth > main.tf.json                      the whole stack, ready for `terraform init` and `terraform apply`
  dr-synth --out infrastructure                the same with an example of its variables, in a folder
  dr-synth --layout modules --out infrastructure   the same as a root document and a module for each region
  dr-synth --primary-region eu-central-1 --dr-region eu-west-1
  dr-synth --disable dashboard,flow_logs --api-authorization AWS_IAM
  dr-synth --backend s3:payments-state/prod/terraform.tfstate@us-west-2

Settings file (dr-synth.toml, every key optional; flags and variables win over it):
  environment_suffix = \"dev\"
  layout = \"single\"
  regions = { primary = \"us-east-1\", dr = \"us-east-2\" }
  network = { availability_zones = 2, primary_cidr = \"10.0.0.0/16\", dr_cidr = \"10.1.0.0/16\" }
  api = { authorization = \"NONE\" }
  protection = { prevent_destroy = false }
  features = { xray = true, flow_logs = true, database_insights = true, dashboard = true }
  # backend = { kind = \"local\", path = \"terraform.tfstate\" }
  # backend = { kind = \"s3\", bucket = \"payments-state\", key = \"prod.tfstate\", region = \"us-west-2\" }

Environment variables:
  ENVIRONMENT_SUFFIX  the suffix if --environment-suffix is not given; empty counts as not set
  NO_COLOR            no colors, not even on a terminal

Exit codes:
  0  all is well
  1  the document did not pass its own check; nothing was written
  2  bad flags, bad settings, or a file that cannot be read or written; nothing was written";

const DIFF_HELP: &str = "\
Neither state nor account is needed, and the configurations need not be dr-synth's. What a plan knows and this does not: \
the values of variables, what is in a state, and the objects behind `count` and `for_each`. Where it is not sure, it says \
that data may be lost.

Exit codes:
  0  no data is lost
  1  data is lost, or may be
  2  bad flags, or a configuration that cannot be read";

#[derive(Debug, Parser)]
#[command(
    name = "dr-synth",
    version,
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_long_help = AFTER_HELP,
    args_conflicts_with_subcommands = true
)]
struct CommandLine {
    #[command(flatten)]
    synth: SynthArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the Terraform document, or write it into a folder; what dr-synth does without a subcommand
    #[command(after_long_help = AFTER_HELP)]
    Synth(Box<SynthArguments>),
    /// Compare two configurations: what is added, changed, moved and destroyed, and which data that loses
    #[command(after_long_help = DIFF_HELP)]
    Diff(DiffArguments),
    /// Print a completion script for a shell
    Completions(CompletionsArguments),
}

/// Parses the arguments and runs what they ask for.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let printer = Printer::detect();
    dispatch(arguments, printer).unwrap_or_else(|failure| {
        printer.reports(&failure.reports);
        failure.status
    })
}

fn dispatch(arguments: impl IntoIterator<Item = OsString>, printer: Printer) -> Result<ExitStatus, Failure> {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(answer) => return usage::answer(&answer, printer),
    };
    match line.command.unwrap_or(Command::Synth(Box::new(line.synth))) {
        Command::Synth(arguments) => synth::run(&arguments, printer),
        Command::Diff(arguments) => diff::run(&arguments, printer),
        Command::Completions(arguments) => completions::run(&arguments, printer),
    }
}
