//! `terraform.tfvars.example`: every variable with its description and its default, ready to be copied.

use handlebars::{Handlebars, no_escape};
use serde::Serialize;

use super::template_error::TemplateError;
use crate::terraform::{Module, TypeConstraint};

const TEMPLATE: &str = include_str!("../../templates/terraform.tfvars.hbs");

/// What has to be set before an apply on AWS, beside what has no default. Everything else is commented out: a copied default would win over the defaults of later
/// versions and over flags.
const TO_SET: [&str; 5] = ["domain_name", "hosted_zone_id", "primary_endpoint", "dr_endpoint", SUBSCRIBERS];

/// Where the topics exist, it stays empty.
const SUBSCRIBERS: &str = "alert_emails";

/// A variable that is there where the topics exist.
const EXISTING_TOPIC: &str = "dr_alert_topic_arn";

/// Where comments break, not counting the `# ` before them.
const COMMENT_WIDTH: usize = 98;

#[derive(Serialize)]
struct Example {
    authorship: String,
    /// How many variables are not commented out.
    to_set: String,
    variables: Vec<VariableExample>,
}

#[derive(Serialize)]
struct VariableExample {
    name: String,
    comment: Vec<String>,
    /// What stands before the assignment: the sign of a comment, or nothing.
    sign: &'static str,
    value: String,
}

/// An empty value of a type, which the variable's own words refuse.
fn nothing(constraint: Option<&TypeConstraint>) -> String {
    match constraint {
        Some(TypeConstraint::List(_) | TypeConstraint::Set(_) | TypeConstraint::Tuple(_)) => "[]".to_owned(),
        Some(TypeConstraint::Map(_)) => "{}".to_owned(),
        Some(TypeConstraint::Object(attributes)) => {
            let required = attributes.iter().filter(|attribute| !attribute.optional);
            let entries: Vec<_> = required
                .map(|attribute| format!("{} = {}", attribute.name, nothing(Some(&attribute.of_type))))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        _ => "\"\"".to_owned(),
    }
}

/// The example file of a module's variables.
///
/// # Errors
/// The template does not fit the variables, which a test rules out.
pub fn tfvars_example(module: &Module) -> Result<String, TemplateError> {
    let existing_topics = module.variables().iter().any(|variable| variable.name() == EXISTING_TOPIC);
    let stays_empty = |name: &str| existing_topics && name == SUBSCRIBERS;
    let is_to_set = |name: &str| TO_SET.contains(&name) && !stays_empty(name);
    let variables: Vec<_> = module
        .variables()
        .iter()
        .map(|variable| VariableExample {
            name: variable.name().to_owned(),
            comment: wrap(variable.description_text().unwrap_or_default()),
            sign: if is_to_set(variable.name()) || variable.default_value().is_none() { "" } else { "#" },
            value: variable.default_value().map_or_else(|| nothing(variable.type_constraint()), ToString::to_string),
        })
        .collect();
    let mut templates = Handlebars::new();
    templates.register_escape_fn(no_escape);
    let to_set = in_words(variables.iter().filter(|variable| variable.sign.is_empty()).count());
    let example = Example { authorship: super::authorship(), to_set, variables };
    Ok(templates.render_template(TEMPLATE, &example)?)
}

fn in_words(number: usize) -> String {
    const WORDS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= COMMENT_WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::{Expression, Value, Variable};

    #[test]
    fn every_variable_is_listed_with_its_description_and_default() {
        let mut module = Module::new();
        let _: Value<String> =
            module.add_variable(Variable::new("suffix").description("Ends every name.").default("dev"));
        let _: Value<Vec<String>> =
            module.add_variable(Variable::new("alert_emails").default(Expression::List(Vec::new())));
        let example = tfvars_example(&module).unwrap();
        assert!(example.contains("\n# Ends every name.\n#suffix = \"dev\"\n"), "{example}");
        assert!(example.ends_with("\nalert_emails = []\n"), "{example}");
    }

    #[test]
    fn a_variable_without_a_default_is_to_be_set() {
        let mut module = Module::new();
        let _: Value<String> = module.add_variable(Variable::new("vpc_id").description("The VPC."));
        let list = TypeConstraint::List(Box::new(TypeConstraint::String));
        let _: Value<Vec<String>> = module.add_variable(Variable::new("subnet_ids").of_type(list));
        let _: Value<String> = module.add_variable(Variable::new("suffix").default("dev"));
        let example = tfvars_example(&module).unwrap();
        assert!(example.contains("set the two that"), "{example}");
        assert!(example.contains("\nvpc_id = \"\"\n"), "{example}");
        assert!(example.contains("\nsubnet_ids = []\n"), "{example}");
    }

    #[test]
    fn long_descriptions_break_between_words() {
        let lines = wrap(&"word ".repeat(60));
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= COMMENT_WIDTH));
        assert_eq!(lines.join(" "), "word ".repeat(60).trim());
    }
}
