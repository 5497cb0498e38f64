//! Variables of what the user's code is given beside what the stack gives it: environment, permissions, ways to services.

use super::{each_matches, matches};
use crate::components::endpoints::{SERVICES, SERVICES_OF_TASKS};
use crate::components::stores::OWN_ENVIRONMENT;
use crate::settings::{Endpoints, Settings};
use crate::terraform::expression::For;
use crate::terraform::functions::{alltrue, bound, contains, each_of, jsonencode, keys, length};
use crate::terraform::variable::ObjectAttribute;
use crate::terraform::{Any, Condition, Expression, Map, Module, Object, TypeConstraint, Value, Variable};

/// Names that Lambda sets itself and takes from no one (Lambda developer guide, "Defined runtime environment variables").
const RESERVED_ENVIRONMENT: [&str; 17] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "TZ",
];

/// What ends so names a secret, unless the value is the ARN of one.
const NAMES_OF_SECRETS: &str = "(?i)(passwd|password|secret|token|api_?key|private_?key|credentials?)$";

/// Values that are secrets under any name: private keys, and access keys of AWS.
const SECRETS: &str = "(-----BEGIN|AKIA[0-9A-Z]{16})";

/// Names that Fargate sets itself (Amazon ECS developer guide, "Environment variables available to your application").
const RESERVED_BY_FARGATE: [&str; 6] = [
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_REGION",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
];

/// Whose code it is: a service's names of variables and limits.
struct Subject {
    environment: &'static str,
    environment_description: &'static str,
    /// What a name looks like, and in words.
    names: (&'static str, &'static str),
    /// Names that are taken, and by whom.
    reserved: (&'static [&'static str], &'static str),
    secret_advice: &'static str,
    longest_environment: (u64, &'static str),
    permissions: &'static str,
    permissions_description: &'static str,
    /// Whether a statement may be for the health function, too.
    has_health_function: bool,
    endpoint_services: &'static str,
    endpoint_description: &'static str,
    /// Services that are reached already.
    services: &'static [&'static str],
}

const FUNCTIONS: Subject = Subject {
    environment: "function_environment",
    environment_description: "Environment variables of both functions in both regions, beside those of the stack. They are no place for \
                              secrets: the state and every reader of the function show them.",
    names: (
        "^[a-zA-Z][a-zA-Z0-9_]+$",
        "names of two characters at least: letters, digits and underscores, a letter first. Lambda takes no others.",
    ),
    reserved: (&RESERVED_ENVIRONMENT, "Lambda"),
    secret_advice: "in the function",
    // Of the 4 KB that Lambda takes. The stack's own names and values need less than the rest.
    longest_environment: (3000, "Lambda takes 4 KB, with the stack's own"),
    permissions: "function_permissions",
    permissions_description: "What the payment function of each region may do beside what the stack lets it do; with health = true the \
                              health function, too.",
    has_health_function: true,
    endpoint_services: "function_endpoint_services",
    endpoint_description: "AWS services that the functions reach beside DynamoDB, S3 and the Data API, such as secretsmanager: an \
                           interface endpoint for each in both regions. There is no other way out of the network.",
    services: &SERVICES,
};

const TASKS: Subject = Subject {
    environment: "task_environment",
    environment_description: "Environment variables of the container in both regions, beside those of the stack. They are no place for \
                              secrets: the state and every reader of the task definition show them.",
    names: ("^[a-zA-Z_][a-zA-Z0-9_]*$", "names of letters, digits and underscores, not with a digit first."),
    reserved: (&RESERVED_BY_FARGATE, "Fargate"),
    secret_advice: "in the service",
    // Of the 64 KB that ECS takes for a task definition.
    longest_environment: (16_000, "ECS takes 64 KB for a task definition"),
    permissions: "task_permissions",
    permissions_description: "What the tasks of each region may do beside what the stack lets them do.",
    has_health_function: false,
    endpoint_services: "task_endpoint_services",
    endpoint_description: "AWS services that the tasks reach beside DynamoDB, S3, the Data API, ECR and CloudWatch Logs, such as \
                           secretsmanager: an interface endpoint for each in both regions. There is no other way out of the network.",
    services: &SERVICES_OF_TASKS,
};

/// Of the 10,240 characters that IAM takes for the policies in a role. The stack's own need less than the rest.
const LONGEST_PERMISSIONS: u64 = 6000;

/// Resources that are all of a service, or all there are.
const EVERYTHING: &str = r"^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*+)$";

/// What the functions' code is given.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "each field is the variable of that name, described where it is declared")]
pub struct AccessVariables {
    pub environment: Value<Map<String>>,
    pub permissions: Value<Any>,
    pub endpoint_services: Value<Vec<String>>,
}

pub(super) fn of_functions(module: &mut Module, settings: &Settings) -> AccessVariables {
    declare(module, settings, &FUNCTIONS)
}

pub(super) fn of_tasks(module: &mut Module, settings: &Settings) -> AccessVariables {
    declare(module, settings, &TASKS)
}

fn declare(module: &mut Module, settings: &Settings, subject: &Subject) -> AccessVariables {
    let (environment, permissions) = (environment(module, subject), permissions(module, subject));
    let endpoint_services = match settings.endpoints {
        Endpoints::Own => endpoint_services(module, subject),
        Endpoints::Existing => Value::empty(),
    };
    AccessVariables { environment, permissions, endpoint_services }
}

fn environment(module: &mut Module, subject: &Subject) -> Value<Map<String>> {
    let name = subject.environment;
    let own = || Variable::reference::<Map<String>>(name);
    let (reserved, by) = subject.reserved;
    let (pattern, form) = subject.names;
    let (longest, why) = subject.longest_environment;
    let taken: Vec<_> = reserved.iter().copied().chain(OWN_ENVIRONMENT).collect();
    let is_free = !contains::<String>(taken.clone(), bound::<String>("name"));
    module.add_variable(
        Variable::new(name)
            .description(subject.environment_description)
            .default(Expression::Object(Object::default()))
            .nullable(false)
            .validation(Condition::new(
                each_matches(pattern, keys(own())),
                format!("{name} must have {form}"),
            ))
            .validation(Condition::new(
                alltrue(each_of("name", keys(own()), is_free)),
                format!("{name} has a name that {by} or the stack sets: {}.", taken.join(", ")),
            ))
            .validation(Condition::new(
                no_secret(own()),
                format!(
                    "{name} seems to hold a secret. Keep it in Secrets Manager, give its ARN here, and read it {}. A name that \
                     ends as those of secrets do, such as API_KEY, must have an ARN.",
                    subject.secret_advice
                ),
            ))
            .validation(shorter(own(), longest, name, why)),
    )
}

/// An ARN alone stands under the name of a secret, and nothing that is a secret itself under any.
fn no_secret(environment: Value<Map<String>>) -> Value<bool> {
    let value = || bound::<String>("value");
    let is_fine = (!matches(NAMES_OF_SECRETS, bound("name"))).or(matches("^arn:aws:", value()));
    alltrue(Value::<Vec<bool>>::new(Expression::For(Box::new(For {
        key: Some("name".to_owned()),
        value: "value".to_owned(),
        collection: environment.into(),
        result_key: None,
        result: is_fine.and(!matches(SECRETS, value())).into(),
        grouping: false,
        condition: None,
    }))))
}

fn shorter<T>(value: Value<T>, longest: u64, name: &str, why: &str) -> Condition {
    Condition::new(
        length::<String>(jsonencode(value)).at_most(longest),
        format!("{name} must be {longest} characters of JSON at most: {why}."),
    )
}

fn permissions(module: &mut Module, subject: &Subject) -> Value<Any> {
    let name = subject.permissions;
    let own = || Variable::reference::<Any>(name);
    let of = |field: &'static str| bound::<Any>("statement").field::<Vec<String>>(field);
    let of_each = |holds: Value<bool>| alltrue(each_of("statement", own(), holds));
    let is_some = length(of("actions")).at_least(1).and(length(of("resources")).at_least(1));
    let is_named = each_matches("^[a-z0-9-]+:[A-Za-z0-9*?]+$", of("actions"));
    let is_placed = each_matches(r"^(\*|arn:aws:\S+)$", of("resources"));
    let is_everything = matches(EVERYTHING, bound("resource"));
    let is_bounded = alltrue(each_of("resource", of("resources"), !is_everything));
    module.add_variable(
        Variable::new(name)
            .description(subject.permissions_description)
            .of_type(TypeConstraint::List(Box::new(TypeConstraint::Object(statement_type(subject)))))
            .default(Expression::List(Vec::new()))
            .nullable(false)
            .validation(Condition::new(
                of_each(is_some.and(is_named).and(is_placed)),
                format!(
                    "{name} must be statements with actions of a service, such as sqs:SendMessage, and with resources, which are \
                     ARNs or *."
                ),
            ))
            .validation(Condition::new(
                of_each(each_matches(r"^[^*?]*$", of("actions")).or(is_bounded)),
                format!(
                    "{name} has actions with * or ? on all resources. Name the actions or the resources: code that everyone can \
                     call must not reach everything."
                ),
            ))
            .validation(shorter(own(), LONGEST_PERMISSIONS, name, "IAM takes 10,240 for a role, with the stack's own")),
    )
}

fn statement_type(subject: &Subject) -> Vec<ObjectAttribute> {
    let list = || TypeConstraint::List(Box::new(TypeConstraint::String));
    let conditions = TypeConstraint::Map(Box::new(TypeConstraint::Map(Box::new(list()))));
    let attribute = |name: &str, of_type, default: Option<&str>| ObjectAttribute {
        name: name.to_owned(),
        of_type,
        optional: default.is_some(),
        default: default.map(str::to_owned),
    };
    let health = subject.has_health_function.then(|| attribute("health", TypeConstraint::Bool, Some("false")));
    let always = [
        attribute("actions", list(), None),
        attribute("resources", list(), None),
        attribute("conditions", conditions, Some("{}")),
    ];
    always.into_iter().chain(health).collect()
}

fn endpoint_services(module: &mut Module, subject: &Subject) -> Value<Vec<String>> {
    let name = subject.endpoint_services;
    let own = || Variable::reference::<Vec<String>>(name);
    let is_new = !contains::<String>(subject.services.to_vec(), bound::<String>("service"));
    module.add_variable(
        Variable::new(name)
            .description(subject.endpoint_description)
            .default(Expression::List(Vec::new()))
            .nullable(false)
            .validation(Condition::new(
                each_matches("^[a-z0-9]+([.-][a-z0-9]+)*$", own()).and(alltrue(each_of("service", own(), is_new))),
                format!(
                    "{name} must be services as their endpoints name them, such as secretsmanager or sqs, and none of {}, which \
                     are reached already.",
                    subject.services.join(", ")
                ),
            )),
    )
}
