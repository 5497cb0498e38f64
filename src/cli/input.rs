//! The one way in: what every command that reads a configuration is given, `[DIR|FILE|--plan PLAN.json]` with `--var` and
//! `--var-file`.

use std::env;
use std::fs;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, FromArgMatches};
use dr_synth::proof::model::{self, Model};
use dr_synth::terraform::evaluation::{Evaluator, Inputs, ModuleId, ModuleTree, NoSchemas};
use dr_synth::terraform::read::{self, Given, VariablesError};
use dr_synth::terraform::{Address, Configuration, Diagnostic, DiagnosticKind, Module, Problem, ReadError, Reading};

use super::report::{Failure, Report};

/// What is kept to the end of the process, which gives its memory back at once: doing so expression after expression takes time.
pub(crate) type Kept<T> = ManuallyDrop<T>;

/// A configuration with the values of its variables, or a plan.
#[derive(Debug, Args)]
pub(crate) struct InputArguments {
    /// A folder of Terraform files, one file of them alone, or `-` for standard input
    #[arg(value_name = "DIR|FILE", value_hint = clap::ValueHint::AnyPath, default_value = ".")]
    path: PathBuf,

    /// A plan instead, as `terraform show -json PLANFILE` prints it; `-` for standard input
    #[arg(long, value_name = "PLAN.json", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["path", "var", "var_file"])]
    plan: Option<PathBuf>,

    #[command(flatten)]
    variables: VariableArguments,
}

/// Values of variables, in the order of the command line.
#[derive(Debug, Default)]
pub(crate) struct VariableArguments {
    given: Vec<Given>,
}

#[derive(Debug, Args)]
struct Flags {
    /// The value of a variable of the root module; may be given more than once
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,

    /// A file of such values, besides those that Terraform reads by itself; may be given more than once
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    var_file: Vec<PathBuf>,
}

/// What was read.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one of it in a process")]
pub(crate) enum Input {
    /// A configuration, with what is wrong with its files, and what a run would be given.
    Configuration(Reading, Inputs),
    /// What a plan says will be there.
    Plan(Model),
}

impl InputArguments {
    /// Whether it is a plan that is named.
    pub(crate) fn is_plan(&self) -> bool {
        self.plan.is_some()
    }

    /// What is named: a folder, a file, a plan or `-`.
    pub(crate) fn named(&self) -> &Path {
        self.plan.as_deref().unwrap_or(&self.path)
    }

    /// What is named. Mistakes in the files of a configuration are in what is returned; without values for its variables
    /// nothing else is read, as by `terraform validate`.
    ///
    /// # Errors
    /// Something that cannot be read, or a plan that is none.
    pub(crate) fn read_without_values(&self) -> Result<Input, Failure> {
        match &self.plan {
            Some(path) => Ok(Input::Plan(plan(path)?)),
            None => Ok(Input::Configuration(reading(&self.path)?, Inputs::default())),
        }
    }

    /// What is named, with the values of its variables. Mistakes in the files of a configuration are in what is returned.
    ///
    /// # Errors
    /// Something that cannot be read, a plan that is none, or a value that its variable does not take.
    pub(crate) fn read(&self) -> Result<Input, Failure> {
        let mut input = self.read_without_values()?;
        if let Input::Configuration(reading, inputs) = &mut input {
            *inputs = self.variables.of(&self.path, &reading.configuration)?;
            verify(&reading.configuration, inputs)?;
        }
        Ok(input)
    }

    /// The objects of what is named, for commands that have nothing to say of files with mistakes in them.
    ///
    /// # Errors
    /// As [`Self::read`], and mistakes in the files.
    pub(crate) fn model(&self) -> Result<Kept<Model>, Failure> {
        match self.read()? {
            Input::Plan(model) => Ok(Kept::new(model)),
            Input::Configuration(reading, inputs) => {
                let configuration = Kept::new(reading.into_configuration()?);
                Ok(Kept::new(model::from_configuration(&configuration, &inputs)))
            }
        }
    }
}

impl InputArguments {
    /// The objects of another configuration that this one is compared with, with the same values for the variables that it has.
    ///
    /// # Errors
    /// As [`Self::model`].
    pub(crate) fn model_of_other(&self, path: &Path) -> Result<Model, Failure> {
        let configuration = reading(path)?.into_configuration()?;
        let own = match self.read_without_values()? {
            Input::Configuration(reading, _) => reading.configuration.module().clone(),
            Input::Plan(_) => Module::new(),
        };
        let inputs = self.variables.of_either(path, &configuration, &own)?;
        Ok(model::from_configuration(&configuration, &inputs))
    }
}

impl VariableArguments {
    /// What a run of a configuration is given. Whether variables take their values shows when they are evaluated.
    ///
    /// # Errors
    /// Values that cannot be read, or are for no variable.
    pub(crate) fn of(&self, path: &Path, configuration: &Configuration) -> Result<Inputs, Failure> {
        inputs(path, configuration, &self.given)
    }

    /// What runs of two configurations are given that are compared: a flag may name a variable that only one of them has.
    ///
    /// # Errors
    /// As [`Self::of`], and values that their variables do not take.
    pub(crate) fn of_either(&self, path: &Path, side: &Configuration, other: &Module) -> Result<Inputs, Failure> {
        let is_meant = |given: &&Given| match given {
            Given::Variable(text) => declares(side.module(), text) || !declares(other, text),
            Given::File(_) => true,
        };
        let given: Vec<Given> = self.given.iter().filter(is_meant).cloned().collect();
        let inputs = inputs(path, side, &given)?;
        verify(side, &inputs)?;
        Ok(inputs)
    }
}

/// The values of variables by Terraform's precedence, and where a run would be.
fn inputs(path: &Path, configuration: &Configuration, given: &[Given]) -> Result<Inputs, Failure> {
    let environment =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    // What stands beside a file that is named alone is not its own.
    let beside = path.is_dir().then_some(path);
    let variables = read::variables(configuration.module(), beside, environment, given)?;
    let folder = folder(path);
    Ok(Inputs { variables, workspace: workspace(&folder), folder: Some(folder) })
}

fn declares(module: &Module, given: &str) -> bool {
    let name = given.split('=').next().unwrap_or_default().trim();
    module.variables().iter().any(|variable| variable.name() == name)
}

/// The variables take the values that they are given.
fn verify(configuration: &Configuration, inputs: &Inputs) -> Result<(), Failure> {
    let tree = ModuleTree::of_root(configuration.module());
    let evaluator = Evaluator::new(&tree, inputs, &NoSchemas);
    let mut reports = Vec::new();
    for variable in configuration.module().variables() {
        if !inputs.variables.contains_key(variable.name()) {
            continue;
        }
        let address = Address::Variable(variable.name().to_owned().into());
        if let Err(error) = evaluator.value_of(ModuleId::ROOT, &address) {
            let what = format!("variable `{}` does not take the value that it is given", variable.name());
            let fix = "look at --var, --var-file, *.tfvars files and TF_VAR_ variables of the environment";
            reports.push(Report::new(what).because(error.to_string()).fix(fix));
        }
    }
    if reports.is_empty() { Ok(()) } else { Err(Failure::bad_input(reports)) }
}

/// The folder that functions find files in.
fn folder(path: &Path) -> PathBuf {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}

/// The workspace that Terraform would be in: the environment's, or the one that was selected in the folder.
fn workspace(folder: &Path) -> String {
    let named = env::var("TF_WORKSPACE").ok().filter(|name| !name.is_empty());
    let selected = || fs::read_to_string(folder.join(".terraform").join("environment")).ok();
    named.or_else(selected).unwrap_or_default().trim().to_owned()
}

/// The blocks of a configuration alone.
///
/// # Errors
/// Something that cannot be read, or mistakes in the files.
pub(crate) fn configuration(path: &Path) -> Result<Configuration, Failure> {
    Ok(reading(path)?.into_configuration()?)
}

/// Modules without end are something that Terraform refuses, too.
fn reading(path: &Path) -> Result<Reading, Failure> {
    match read::read(path) {
        Err(ReadError::TooLarge(path)) => {
            let message = "modules call each other in a circle, and have no end";
            let diagnostic = Diagnostic::new(DiagnosticKind::ModuleSource, "module", message);
            Ok(Reading { problems: vec![Problem { path, diagnostic }], ..Reading::default() })
        }
        other => Ok(other?),
    }
}

fn plan(path: &Path) -> Result<Model, Failure> {
    let named = |report: Report| report.at(path.display().to_string());
    let text = read::text(path).map_err(|error| named(Report::new(format!("the plan cannot be read: {error}"))))?;
    Ok(model::from_plan(&text).map_err(|error| named(Report::new(error.to_string())))?)
}

impl FromArgMatches for VariableArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let flags = Flags::from_arg_matches(matches)?;
        let at = |name: &str| matches.indices_of(name).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
        let variables = at("var").into_iter().zip(flags.var.into_iter().map(Given::Variable));
        let files = at("var_file").into_iter().zip(flags.var_file.into_iter().map(Given::File));
        let mut given: Vec<_> = variables.chain(files).collect();
        given.sort_by_key(|(index, _)| *index);
        Ok(Self { given: given.into_iter().map(|(_, given)| given).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for VariableArguments {
    fn augment_args(command: clap::Command) -> clap::Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Flags::augment_args_for_update(command)
    }
}

impl From<VariablesError> for Failure {
    fn from(error: VariablesError) -> Self {
        Report::new(error.message).at(error.place).into()
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let report = match error {
            ReadError::Io { path, error } => {
                Report::new(format!("cannot read the configuration: {error}")).at(path.display().to_string())
            }
            ReadError::Syntax { path, diagnostics } => {
                let path = path.display().to_string();
                let reports = diagnostics.into_iter().map(|diagnostic| Report::from(diagnostic).first_at(path.clone()));
                return Self::bad_input(reports.collect());
            }
            ReadError::NothingToRead { path, others } => {
                let report = Report::new("there is no configuration here").at(path.display().to_string());
                let why =
                    others.into_iter().next().unwrap_or_else(|| "the folder has neither *.tf nor *.tf.json".to_owned());
                report.because(why).fix("name the folder of a root module, or a file")
            }
            ReadError::TooLarge(path) => {
                Report::new("the configuration has no end").at(path.display().to_string()).because(
                    "modules call each other in a circle, or locals name each other more often than can be followed",
                )
            }
            other => Report::new(other.to_string()),
        };
        report.into()
    }
}
