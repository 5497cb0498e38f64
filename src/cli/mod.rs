//! The command line: one file per subcommand.

mod adopt;
mod allow;
mod check;
mod completions;
mod cost;
mod coverage;
mod diff;
mod dossier;
mod evaluate;
mod evidence;
mod exit_status;
mod explain;
mod graph;
mod input;
mod man;
mod objectives;
mod output;
mod output_file;
mod output_mark;
mod permissions;
mod printer;
mod report;
mod runbook;
mod settings;
mod settings_arguments;
mod suggested;
mod synth;
mod usage;
mod wrap;
mod write_files;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};

use adopt::AdoptArguments;
use check::CheckArguments;
use completions::CompletionsArguments;
use cost::CostArguments;
use diff::DiffArguments;
use dossier::ReportArguments;
use evaluate::EvaluateArguments;
use exit_status::ExitStatus;
use explain::ExplainArguments;
use graph::GraphArguments;
use man::ManArguments;
use objectives::ObjectivesArguments;
use permissions::PermissionsArguments;
use printer::Printer;
use report::Failure;
use runbook::RunbookArguments;
use settings::PrintSettingsArguments;
use synth::SynthArguments;

const ABOUT: &str = "Print Terraform JSON for active-passive disaster recovery on AWS";

const LONG_ABOUT: &str = "\
Print Terraform JSON for active-passive disaster recovery on AWS.

dr-synth writes one self-contained Terraform document for a payment service in two AWS regions: an Aurora global \
database, an API, functions, storage, DNS failover and alarms. Flags or dr-synth.toml choose the regions, the features \
and the backend; names, sizes and address ranges are Terraform variables. The whole document is checked against the AWS \
provider's schema and AWS's published limits before any of it is printed.";

const AFTER_HELP: &str = "\
Examples:
  dr-synth > main.tf.json                      the whole stack, for `terraform init` and `apply`
  dr-synth --out infrastructure                the same in a folder, with a tfvars example
  dr-synth --layout modules --out stack        the same as a root document and three modules
  dr-synth --primary-region eu-central-1 --dr-region eu-west-1
  dr-synth --disable dashboard,flow_logs --api-authorization AWS_IAM
  dr-synth --backend s3:payments-state/prod/terraform.tfstate@us-west-2
  dr-synth --backend cloud:acme/payments-prod
  dr-synth --dialect opentofu --out infrastructure

Settings file (dr-synth.toml, every key optional; flags win over it):
  service_name = \"payments\"                    # --service-name, or DR_SYNTH_SERVICE_NAME
  environment_suffix = \"dev\"                   # --environment-suffix, or ENVIRONMENT_SUFFIX
  layout = \"single\"                            # --layout
  dialect = \"terraform\"                        # --dialect
  provider = \"5\"                               # --provider
  # backend = { kind = \"local\", path = \"terraform.tfstate\" }     # --backend
  # backend = { kind = \"s3\", bucket = \"payments-state\", key = \"prod.tfstate\", region = \"us-west-2\" }
  # backend = { kind = \"cloud\", organization = \"acme\", workspace = \"payments\" }
  # backend = { kind = \"gcs\", bucket = \"acme-state\", prefix = \"payments\" }
  [regions]
  primary = \"us-east-1\"                        # --primary-region
  dr = \"us-east-2\"                             # --dr-region
  [network]
  availability_zones = 2                       # --availability-zones
  primary_cidr = \"10.0.0.0/16\"
  dr_cidr = \"10.1.0.0/16\"
  existing = false                             # --existing-network
  endpoints = \"own\"                           # or \"existing\", the default where the network exists
  [existing]                                   # what variables name instead of a part of the stack
  permissions_boundary = false                 # --existing-permissions-boundary
  keys = false                                 # --existing-keys
  topics = false                               # --existing-topics
  web_acl = false                              # --existing-web-acl
  log_archive = false                          # --existing-log-archive
  [database]
  existing = false                             # --existing-database
  [workload]
  kind = \"lambda\"                              # --workload
  package = \"zip\"                              # or \"image\": a container image in each region
  [api]
  authorization = \"NONE\"                       # --api-authorization
  [failover]
  mode = \"automatic\"                           # --failover-mode
  approval_minutes = 15
  [objectives]                                 # seconds
  rto = 300
  rpo = 60
  [protection]
  prevent_destroy = false
  [features]                                   # --enable, --disable
  peering = true
  waf = true
  dnssec = true
  xray = true
  xray_encryption = false
  flow_logs = true
  access_logs = true
  database_insights = true
  dashboard = true
  experiments = true
  backup = true
  budget = true
  config = false
  stacksets = false
  #[backend]                                   # instead of the line above: a kind with more keys
  #kind = \"http\"
  #address = \"https://state.example.com/p\"
  #lock_address = \"https://state.example.com/p/lock\"
  #unlock_address = \"https://state.example.com/p/lock\"
  #lock_method = \"POST\"
  #unlock_method = \"DELETE\"
  #[backend]
  #kind = \"azurerm\"
  #resource_group_name = \"rg\"
  #storage_account_name = \"acmestate\"
  #container_name = \"tfstate\"
  #key = \"prod\"
  #[backend]
  #kind = \"cloud\"
  #organization = \"acme\"
  #workspace = \"payments\"
  #hostname = \"terraform.example.com\"         # Terraform Enterprise
  #[[check.allow]]                             # accepted findings of `dr-synth check`
  #rule = \"SEC020\"
  #reason = \"...\"
  #address = \"...\"

Environment variables:
  DR_SYNTH_SERVICE_NAME  the service if --service-name is not given; empty counts as not set
  ENVIRONMENT_SUFFIX     the suffix if --environment-suffix is not given; empty counts as not set
  NO_COLOR               no colors, not even on a terminal

Exit codes:
  0  success
  1  the document did not pass its own check; nothing was written
  2  bad flags, bad settings, or a file that cannot be read or written; nothing was written";

const DIFF_HELP: &str = "\
Neither state nor account is needed, and the configurations need not be dr-synth's. There are three answers: nothing that \
is known of is lost, data may be lost, data is lost. What was not looked into, and changes or goes, may be lost. Guards that \
go down (retention, deletion protection, final snapshots and the like) are distinguished: nothing is lost by that alone.

Examples:
  dr-synth diff deployed                       what this folder does to what `deployed` made
  dr-synth diff main.tf.json new.tf.json --var environment_suffix=prod

Exit codes:
  0  nothing that is known of is lost
  1  data is lost, or may be
  2  bad flags, or a configuration that cannot be read";

const CHECK_HELP: &str = "\
Neither state nor account is needed, and the configuration need not be dr-synth's. Rules of the group `language` say what \
`terraform init` and `terraform validate` refuse; those of `aws` what AWS refuses though the plan passes; those of `dr` what \
breaks a failover or a restore; those of `security` what allows access to strangers.

Examples:
  dr-synth check                               this folder, with its *.tfvars and TF_VAR_ variables
  dr-synth check infrastructure --var-file prod.tfvars --rules aws,dr
  dr-synth check --plan plan.json --format sarif

Exit codes:
  0  nothing was found
  1  something was found, also where Terraform could not load the configuration
  2  bad flags, or a path that cannot be read";

const PERMISSIONS_HELP: &str = "\
A JSON list of policies, each small enough for a managed policy of IAM (6,144 characters), at most ten of them. They allow the \
calls that the AWS provider was recorded making for the types in the configuration, on the names in it. Where a name is only \
known after the apply (a network, a key), all of that kind are allowed. Names are drawn together into patterns where ten \
policies cannot hold them one by one. Recorded are creation, reading and destruction: an update in place may need more.

Examples:
  dr-synth permissions --for apply
  dr-synth permissions infrastructure --account 123456789012 > policies.json
  dr-synth permissions --plan plan.json --for apply

Exit codes:
  0  the calls of every type in the configuration are known
  1  types without a record, and objects in accounts that a provider takes a role of, are named on
     standard error; the policies lack what they need
  2  bad flags, a configuration that cannot be read, or more than ten policies";

const OBJECTIVES_HELP: &str = "\
Every number has its source, an argument of the configuration or a page of AWS's, and how it is known: observed, documented, \
declared or assumed. Expected is the mean; worst is the longest that it takes while AWS keeps to what it says and no \
second thing fails. What the configuration does not decide is `cannot tell`, with the reason. The configuration need not be \
dr-synth's; objectives that it does not declare are named with --rto and --rpo.

Examples:
  dr-synth objectives infrastructure
  dr-synth objectives --plan plan.json --rto 900 --rpo 300 --format json
  dr-synth objectives infrastructure --evidence gameday.json

Exit codes:
  0  the objectives are met, or there are none
  1  one is missed, or cannot be shown to be met
  2  bad flags, or a configuration that cannot be read";

const GRAPH_HELP: &str = "\
Drawn from the configuration or the plan, which need not be dr-synth's. Objects of one kind in one region share a box once \
there are more than 25; --detail gives each its own. An arrow that calls also stands for starting, writing and reading.

Examples:
  dr-synth graph infrastructure > architecture.mmd
  dr-synth graph infrastructure --format svg -o architecture.svg
  dr-synth graph --plan plan.json --format dot --detail | dot -Tpdf > architecture.pdf
  dr-synth graph --format json --detail                  boxes and arrows, for programs

Exit codes:
  0  it is drawn
  2  bad flags, a configuration that cannot be read, or a file that dr-synth did not write";

const EVALUATE_HELP: &str = "\
It is what `terraform console` is, without state, account or provider: variables, locals, outputs of modules, and the \
arguments of resources as they are written. What only a provider or a run knows is unknown, with the reason. Variables \
take their values from TF_VAR_, from files and from --var and --var-file, by Terraform's precedence.

With --stdin each line is one JSON string, and each answer one JSON object with `value`, `unknown` or `error`.

Examples:
  dr-synth evaluate . 'local.name' 'length(var.zones)'
  dr-synth evaluate infrastructure --var environment_suffix=dev 'aws_vpc.primary_main.cidr_block'

Exit codes:
  0  every value is known; with --stdin, every line was answered
  1  a value is not known, or something in it is not
  2  an error, bad flags, or a configuration that cannot be read";

const COST_HELP: &str = "\
Quantities come from the configuration, or from the usage: examples/usage.toml is what is assumed, ten million payments a month, and \
--usage changes what you say otherwise. Prices are those of us-east-1 and us-east-2, each with its source and date. What has no \
price, and a quantity that is not stated, is named and counts as missing, not as free.

Examples:
  dr-synth cost                                          a month of the configuration in this folder
  dr-synth cost --var database_instance_class=db.r6g.large
  dr-synth cost --plan plan.json --usage usage.toml --format csv
  dr-synth cost old --compare new                        two configurations side by side

Exit codes:
  0  the month is within the budget of the configuration, or it states none
  1  the month is over the lowest monthly budget in USD (the variable monthly_budget_usd)
  2  bad flags, or something that cannot be read";

const RUNBOOK_HELP: &str = "\
Each step says what it changes, how long it takes, how to see that it worked, and how to go back. The commands carry the names and \
regions of this configuration, so make it again when they change, and keep it where it can be read when a region is down.

Examples:
  dr-synth runbook > runbook.md
  dr-synth runbook infrastructure --var environment_suffix=prod -o runbook.md
  dr-synth runbook --format json                         the names and the commands, for programs

Exit codes:
  0  there is a runbook
  2  bad flags, a configuration that is not dr-synth's, or a file that fails to be read or written";

const REPORT_HELP: &str = "\
One self-contained HTML file, for people who have to sign: verdicts, the architecture as a picture, the timeline of a failover, what \
survives what, recovery points, costs, findings, posture, controls of PCI DSS, DORA, FFIEC and the Well-Architected Framework with the objects that answer them, and the runbook. It asks \
nothing of any network, and neither does its reader.

Examples:
  dr-synth report -o report.html
  dr-synth report --plan plan.json --evidence gameday.json --title prod -o report.html
  dr-synth report --format json                          the same for programs

Exit codes:
  0  the report is made, whatever it says
  2  bad flags, or something that cannot be read or written";

const ADOPT_HELP: &str = "\
A Terraform that is killed in an apply leaves objects that no state has, and the next apply says that they exist. Keep the log of \
each apply, and give it here: as text, with or without colours, or as the lines of `-json`; several logs in one file are fine. \
The document has an `import` block for each object. Terraform evaluates its id in the plan, from the names in the configuration or \
from data sources. Objects that AWS would make twice are looked up by their tag `Name`. Remove the document after the next apply.

Examples:
  terraform apply 2>&1 | tee -a apply.log                keep the log of each apply
  dr-synth adopt apply.log -o adopt.tf.json
  dr-synth adopt apply.log infrastructure -o infrastructure/adopt.tf.json

Exit codes:
  0  the next apply takes everything over, or nothing was left behind
  1  something must be imported manually, for the reason that is printed
  2  bad flags, or a log or configuration that cannot be read";

const SETTINGS_HELP: &str = "\
Examples:
  dr-synth settings                            those of main.tf.json or main.tofu.json here
  dr-synth settings blue.tf.json > dr-synth.toml

Exit codes:
  0  the settings were printed
  2  dr-synth did not write the document, or it does not say what it was made from";

#[derive(Debug, Parser)]
#[command(
    name = "dr-synth",
    version,
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_long_help = AFTER_HELP,
    args_conflicts_with_subcommands = true,
    max_term_width = wrap::COLUMNS
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
    /// Check a configuration: what Terraform or AWS would refuse, and what breaks a failover
    #[command(after_long_help = CHECK_HELP)]
    Check(CheckArguments),
    /// Say what a rule of `check` wants, and why
    #[command(
        after_long_help = "Examples:\n  dr-synth explain                             list all rules\n  dr-synth explain DR001"
    )]
    Explain(ExplainArguments),
    /// Say how long the service is away and how much of its data is lost, with the source of every number
    #[command(after_long_help = OBJECTIVES_HELP)]
    Objectives(ObjectivesArguments),
    /// Draw what is in which region, what is copied where, who calls whom and what fails over
    #[command(after_long_help = GRAPH_HELP)]
    Graph(GraphArguments),
    /// Print what an expression is in a configuration, or why that cannot be known
    #[command(after_long_help = EVALUATE_HELP)]
    Evaluate(EvaluateArguments),
    /// Say what a month costs, item by item, and what would be cheaper
    #[command(after_long_help = COST_HELP)]
    Cost(CostArguments),
    /// Print what a person does with this stack, with its own names: deploy, drill, fail over, fail back, restore, clean up
    #[command(after_long_help = RUNBOOK_HELP)]
    Runbook(RunbookArguments),
    /// Print one HTML file with all that is known of a configuration
    #[command(after_long_help = REPORT_HELP)]
    Report(ReportArguments),
    /// Print the least IAM policies for running Terraform on a configuration
    #[command(after_long_help = PERMISSIONS_HELP)]
    Permissions(PermissionsArguments),
    /// Print import blocks for the objects that a killed apply has left behind
    #[command(after_long_help = ADOPT_HELP)]
    Adopt(AdoptArguments),
    /// Print the settings that a document was made from, as a dr-synth.toml
    #[command(after_long_help = SETTINGS_HELP)]
    Settings(PrintSettingsArguments),
    /// Print a completion script for a shell
    #[command(
        after_long_help = "Example:\n  dr-synth completions bash > ~/.local/share/bash-completion/completions/dr-synth"
    )]
    Completions(CompletionsArguments),
    /// Print a manual page
    #[command(after_long_help = "Examples:\n  dr-synth man > dr-synth.1\n  dr-synth man check > dr-synth-check.1")]
    Man(ManArguments),
}

/// The names of all commands.
fn command_names() -> Vec<String> {
    CommandLine::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// Whether the document is asked for, also by arguments that cannot be parsed: any other command's name comes first.
fn is_synth(arguments: &[OsString]) -> bool {
    let first = arguments.get(1).and_then(|first| first.to_str());
    first.is_none_or(|first| first == "synth" || !command_names().iter().any(|name| name == first))
}

/// Parses the arguments and runs what they ask for.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let printer = Printer::detect();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let is_synth = is_synth(&arguments);
    dispatch(arguments, printer).unwrap_or_else(|failure| {
        printer.reports(&failure.reports);
        if is_synth && failure.status == ExitStatus::BadInput && printer.has_emptied_a_file() {
            printer.note(
                "note: standard output is a file, which the shell has emptied before dr-synth began; `--out DIR` keeps \
                 the old document when something is wrong",
            );
        }
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
        Command::Check(arguments) => check::run(&arguments, printer),
        Command::Explain(arguments) => explain::run(&arguments, printer),
        Command::Diff(arguments) => diff::run(&arguments, printer),
        Command::Objectives(arguments) => objectives::run(&arguments, printer),
        Command::Graph(arguments) => graph::run(&arguments, printer),
        Command::Evaluate(arguments) => evaluate::run(&arguments, printer),
        Command::Cost(arguments) => cost::run(&arguments, printer),
        Command::Runbook(arguments) => runbook::run(&arguments, printer),
        Command::Report(arguments) => dossier::run(&arguments, printer),
        Command::Permissions(arguments) => permissions::run(&arguments, printer),
        Command::Adopt(arguments) => adopt::run(&arguments, printer),
        Command::Settings(arguments) => settings::run(&arguments, printer),
        Command::Completions(arguments) => completions::run(&arguments, printer),
        Command::Man(arguments) => man::run(&arguments, printer),
    }
}
