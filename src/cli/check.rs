//! `dr-synth check`: what is wrong with a configuration, by groups of rules.

use clap::{Args, ValueEnum};
use dr_synth::proof::model::{self, Model};
use dr_synth::proof::{self, Finding, Group, Severity, Subject};
use dr_synth::terraform::Reading;

use super::allow;
use super::coverage;
use super::exit_status::ExitStatus;
use super::explain;
use super::input::{Input, InputArguments, Kept};
use super::output::{self, Format, Places};
use super::printer::Printer;
use super::report::Failure;

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    input: InputArguments,

    /// Which groups of rules are tried
    #[arg(long, value_enum, value_delimiter = ',', default_value = "language,aws,dr,security")]
    rules: Vec<GroupName>,

    /// For people, for programs, for code scanning or for annotations
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// What makes the command fail: the least severity (`error`, `warning` or `note`; `warning` if nothing is said), a rule
    /// whatever its severity, or `unknown`
    #[arg(long, value_name = "SEVERITY|RULE|unknown", value_delimiter = ',')]
    deny: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GroupName {
    Language,
    Aws,
    Dr,
    Security,
}

impl From<GroupName> for Group {
    fn from(name: GroupName) -> Self {
        match name {
            GroupName::Language => Self::Language,
            GroupName::Aws => Self::Aws,
            GroupName::Dr => Self::Dr,
            GroupName::Security => Self::Security,
        }
    }
}

pub(crate) fn run(arguments: &CheckArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let bar = Bar::of(&arguments.deny)?;
    let mut groups: Vec<Group> = arguments.rules.iter().copied().map(Group::from).collect();
    if arguments.input.is_plan() {
        // What a plan was made from has passed the language's rules.
        groups.retain(|group| *group != Group::Language);
    }
    let (reading, model) = subject(&arguments.input, &groups)?;
    let (reading, model) = (Kept::new(reading), Kept::new(model));
    let allowances = allow::read()?;
    let mut findings = proof::check(&Subject::new(&reading, &model), &groups);
    findings.retain(|finding| !allowances.iter().any(|allowance| allow::answers(allowance, finding)));
    let cells = proof::coverage(&model);
    let mut places = Places::new(Some(&reading.configuration), arguments.input.named());
    output::write(arguments.format, &findings, &cells, &mut places, printer)?;
    if arguments.format == Format::Text {
        printer.verdict(coverage::table(&cells).as_bytes())?;
        reading.configuration.unread().for_each(|sentence| printer.note(&format!("note: {sentence}")));
    }
    // Of what is in a module that was not read, nothing can be told.
    let is_unknown = bar.unknown && reading.configuration.unread().next().is_some();
    let is_denied = is_unknown || findings.iter().any(|finding| bar.denies(finding));
    Ok(if is_denied { ExitStatus::Findings } else { ExitStatus::Success })
}

/// What the rules of these groups look at: the objects are made only for rules that look at objects.
fn subject(input: &InputArguments, groups: &[Group]) -> Result<(Reading, Model), Failure> {
    let read = if groups == [Group::Language] { input.read_without_values()? } else { input.read()? };
    Ok(match read {
        Input::Plan(model) => (Reading::default(), model),
        Input::Configuration(reading, _) if groups == [Group::Language] => (reading, Model::default()),
        Input::Configuration(reading, inputs) => {
            let model = model::from_configuration(&reading.configuration, &inputs);
            (reading, model)
        }
    })
}

/// Which findings make the command fail.
struct Bar {
    severity: Severity,
    rules: Vec<&'static str>,
    unknown: bool,
}

impl Bar {
    /// Warnings and errors, unless something else is denied.
    fn of(words: &[String]) -> Result<Self, Failure> {
        let mut bar = Self { severity: Severity::Warning, rules: Vec::new(), unknown: false };
        for word in words {
            match word.as_str() {
                "error" => bar.severity = Severity::Error,
                "warning" => bar.severity = Severity::Warning,
                "note" => bar.severity = Severity::Note,
                "unknown" => bar.unknown = true,
                rule => bar.rules.push(explain::find(rule)?.id),
            }
        }
        Ok(bar)
    }

    fn denies(&self, finding: &Finding) -> bool {
        finding.severity >= self.severity
            || self.rules.contains(&finding.rule)
            || (self.unknown && finding.severity == Severity::Unknown)
    }
}
