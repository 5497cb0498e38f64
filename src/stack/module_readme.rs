//! The `README.md` of a module: how it is called, what goes in and what comes out.

use handlebars::{Handlebars, RenderError, RenderErrorReason, no_escape};
use serde::Serialize;

use super::foundations::{DR_MODULE, GLOBAL_MODULE, PRIMARY_MODULE};
use super::template_error::TemplateError;
use crate::terraform::{Expression, Module, ModuleCall, ModulePath, Output, Variable};

const TEMPLATE: &str = include_str!("../../templates/module_readme.hbs");

/// What the template is known by.
const NAME: &str = "module_readme";

#[derive(Serialize)]
struct Readme<'a> {
    authorship: String,
    name: &'a str,
    purpose: &'static str,
    providers: Vec<String>,
    required: Vec<Input<'a>>,
    inputs: Vec<Input<'a>>,
    outputs: Vec<OutputRow<'a>>,
}

#[derive(Serialize, Clone)]
struct Input<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    of_type: String,
    default: Option<String>,
    /// What the whole stack gives it.
    argument: String,
    description: String,
}

#[derive(Serialize)]
struct OutputRow<'a> {
    name: &'a str,
    description: String,
}

/// Makes the files of modules, from a template that is read once.
#[derive(Debug)]
pub struct ModuleReadmes(Handlebars<'static>);

impl ModuleReadmes {
    /// Reads the template.
    ///
    /// # Errors
    /// It is none, which a test rules out.
    pub fn new() -> Result<Self, TemplateError> {
        let mut templates = Handlebars::new();
        templates.register_escape_fn(no_escape);
        templates
            .register_template_string(NAME, TEMPLATE)
            .map_err(|error| RenderError::from(RenderErrorReason::from(error)))?;
        Ok(Self(templates))
    }

    /// The file of one module, with the call of it that the whole stack makes.
    ///
    /// # Errors
    /// The template does not fit the module, which a test rules out.
    pub fn of(&self, path: &ModulePath, module: &Module, call: &ModuleCall) -> Result<String, TemplateError> {
        let mut inputs: Vec<Input<'_>> = module.variables().iter().map(|variable| input(variable, call)).collect();
        inputs.sort_by_key(|input| (input.default.is_some(), input.name));
        let mut outputs: Vec<OutputRow<'_>> = module.outputs().iter().map(output).collect();
        outputs.sort_by_key(|output| output.name);
        let readme = Readme {
            authorship: super::authorship(),
            name: path.name(),
            purpose: purpose(path),
            providers: module.expected_providers().map(ToString::to_string).collect(),
            required: inputs.iter().filter(|input| input.default.is_none()).cloned().collect(),
            inputs,
            outputs,
        };
        Ok(self.0.render(NAME, &readme)?)
    }
}

fn purpose(path: &ModulePath) -> &'static str {
    match path.name() {
        PRIMARY_MODULE => "The region that takes payments in ordinary times, and what the other one has replicas of.",
        DR_MODULE => "The standby: all that the primary region has, and what tells that payments have moved to it.",
        GLOBAL_MODULE => "What stands above both regions: replication both ways, DNS, the failover and the dashboard.",
        _ => "A part of the stack.",
    }
}

fn input<'a>(variable: &'a Variable, call: &ModuleCall) -> Input<'a> {
    Input {
        argument: call.arguments().get(variable.name()).map(Expression::to_string).unwrap_or_default(),
        name: variable.name(),
        of_type: variable.type_constraint().map_or_else(|| "any".to_owned(), ToString::to_string),
        default: variable.default_value().map(Expression::to_string),
        description: cell(variable.description_text()),
    }
}

fn output(output: &Output) -> OutputRow<'_> {
    OutputRow { name: output.name(), description: cell(output.description_text()) }
}

/// Text as a cell of a table takes it.
fn cell(text: Option<&str>) -> String {
    text.unwrap_or_default().replace('|', "\\|")
}
