//! What `terraform init` and `terraform validate` refuse: nothing more, nothing less, as far as it can be told without a
//! provider.

use super::aws::values;
use super::{Examine, Group, Rule, Subject};
use crate::aws::{Admitted, Provider};
use crate::proof::finding::{Finding, Severity};
use crate::terraform::{Configuration, Diagnostic, DiagnosticKind};

const SOURCE: &str = "what terraform 1.11 says to the same document";

const fn rule(id: &'static str, title: &'static str, reason: &'static str) -> Rule {
    Rule {
        id,
        group: Group::Language,
        severity: Severity::Error,
        title,
        reason,
        source: SOURCE,
        examine: Examine::Language,
    }
}

/// The rules about the language, one for each kind of mistake.
pub const RULES: &[Rule] = &[
    rule(
        "TF001",
        "A file is valid JSON and every text in it a valid template",
        "Terraform does not load it otherwise.",
    ),
    rule(
        "TF002",
        "A name is a letter or an underscore, then letters, digits, underscores and dashes",
        "References could not name it.",
    ),
    rule("TF003", "Every block has an address of its own", "Terraform would not know which of the two is meant."),
    rule("TF004", "An argument or key is given once", "One of the two values would be lost."),
    rule("TF005", "A reference names a block that is there", "There is nothing it could evaluate to."),
    rule("TF006", "A reference names an attribute that the block has", "There is nothing it could evaluate to."),
    rule("TF007", "A function exists and gets the arguments it takes", "The call could not be evaluated."),
    rule(
        "TF008",
        "A resource, data source or ephemeral is of a type that its provider has",
        "No provider can create it.",
    ),
    rule("TF009", "An argument or nested block is one that its block takes", "It would have no effect."),
    rule("TF010", "Every required argument and nested block is there", "The provider cannot do without it."),
    rule("TF011", "What only the provider sets is not set", "The value is the provider's to decide."),
    rule(
        "TF012",
        "A value has the type that its place takes",
        "Terraform converts only what it can convert without loss.",
    ),
    rule("TF013", "Arguments that exclude each other are not given together", "The provider takes one of them."),
    rule(
        "TF014",
        "A nested block is there as often as its block takes it",
        "The provider has no place for more, and cannot do with fewer.",
    ),
    rule("TF015", "A provider configuration that is used is there", "Terraform would not know whom to ask."),
    rule(
        "TF016",
        "A reference stands where it means something",
        "Terraform evaluates it where the value is not known yet, or never.",
    ),
    rule(
        "TF017",
        "An instance is named where a block has several, and nowhere else",
        "Terraform would not know which one is meant.",
    ),
    rule("TF018", "Blocks do not refer to each other in a circle", "Terraform would not know where to begin."),
    rule("TF019", "Everything in a document can be reached", "It would have no effect."),
    rule("TF020", "What is sensitive is not shown", "Terraform refuses to print it."),
    rule("TF021", "A number is within what its place takes", "It could not be used."),
    rule("TF022", "Versions and their constraints are met", "Terraform stops before it looks at anything else."),
    rule("TF023", "What is used is in the version of Terraform", "An older Terraform does not load it."),
    rule("TF024", "A module that is called can be found", "There is nothing to call."),
];

/// The rule that a kind of mistake breaks.
pub fn rule_of(kind: DiagnosticKind) -> &'static str {
    match kind {
        DiagnosticKind::Syntax => "TF001",
        DiagnosticKind::IllegalName => "TF002",
        DiagnosticKind::DuplicateAddress => "TF003",
        DiagnosticKind::DuplicateKey => "TF004",
        DiagnosticKind::UndefinedAddress => "TF005",
        DiagnosticKind::UndefinedAttribute => "TF006",
        DiagnosticKind::UnknownFunction => "TF007",
        DiagnosticKind::UnknownType => "TF008",
        DiagnosticKind::UnknownArgument => "TF009",
        DiagnosticKind::MissingArgument => "TF010",
        DiagnosticKind::ReadOnlyArgument => "TF011",
        DiagnosticKind::WrongType => "TF012",
        DiagnosticKind::Conflict => "TF013",
        DiagnosticKind::BlockCount => "TF014",
        DiagnosticKind::Provider => "TF015",
        DiagnosticKind::MisplacedReference => "TF016",
        DiagnosticKind::Instances => "TF017",
        DiagnosticKind::Cycle => "TF018",
        DiagnosticKind::Unreachable => "TF019",
        DiagnosticKind::Sensitive => "TF020",
        DiagnosticKind::OutOfRange => "TF021",
        DiagnosticKind::Version => "TF022",
        DiagnosticKind::Construct => "TF023",
        DiagnosticKind::ModuleSource => "TF024",
        DiagnosticKind::Refused => values::RULE.id,
    }
}

/// What is wrong with the files and with what they say together.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let reading = subject.reading;
    for problem in reading.problems.iter().chain(&reading.tests.problems) {
        let file = Some(problem.path.clone());
        findings.push(Finding::of_diagnostic(rule_of(problem.diagnostic.kind), "", file, problem.diagnostic.clone()));
    }
    // Terraform does not evaluate what it could not load.
    if findings.is_empty() {
        for (module, diagnostic) in refused(&reading.configuration) {
            findings.push(Finding::of_diagnostic(rule_of(diagnostic.kind), &module, None, diagnostic));
        }
        for (run, configuration) in &reading.tests.modules {
            for (module, diagnostic) in refused(configuration) {
                let module = if module.is_empty() { run.clone() } else { format!("{run}.{module}") };
                findings.push(Finding::of_diagnostic(rule_of(diagnostic.kind), &module, None, diagnostic));
            }
        }
    }
}

/// What is refused with the version of the provider that the configuration asks for. Where it admits both that are known, it is held to
/// the one that was asked itself, unless it says what only the other one takes.
fn refused(configuration: &Configuration) -> Vec<(String, Diagnostic)> {
    let by = |provider: &'static Provider| configuration.refused(&|source| provider.by_source(source));
    match Admitted::by(configuration) {
        Admitted::One(provider) => by(provider),
        Admitted::Both => {
            let found = by(Provider::asked());
            if found.is_empty() {
                return found;
            }
            let published = by(Provider::published());
            if published.len() < found.len() { published } else { found }
        }
    }
}
