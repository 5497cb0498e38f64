//! A region's API: REST, regional, the payment function behind the routes of payments, the health function behind
//! `/health`; or tasks behind all of them, by a private link.
//!
//! `/health` is open to everybody in every mode of authorization, on purpose: Route 53's checkers cannot sign a request or
//! carry a key, and an address list of theirs would leave out the detector, which has no address of its own. So it has a
//! throttle of its own, as every route that anyone may GET: payments over their limit do not keep checkers out, and whoever
//! floods it reaches a function that can take no payment.

use sha2::{Digest, Sha256};

use super::access_logs::access_log_settings;
use super::health_function::{REQUESTS_AT_ONCE, REQUESTS_PER_SECOND};
use super::log_group::{LogGroupInputs, log_group};
use super::logging_role::{LoggingRole, logging_role};
use super::naming::NameKind;
use super::payments_function::PaymentsFunction;
use super::region_scope::RegionScope;
use super::tasks::Tasks;
use super::workload::Probed;
use crate::aws::{apigateway, cloudwatch, lambda};
use crate::settings::{ApiAuthorization, Region};
use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Handle, Lifecycle, Number, Object, Resource, Value, concat, text};

/// The stage that callers use, and the path under which Route 53 finds the health route.
pub const STAGE: &str = "live";

/// The path of the health route below the stage.
pub const HEALTH_PATH: &str = "health";

/// The path for payments below the stage, beside the stage's root.
const PAYMENTS_PATH: &str = "payments";

/// The path of the latch below the stage, on the API of the region that can take over.
pub const LATCH_PATH: &str = "latch";

/// What answers behind the API.
#[derive(Debug, Clone, Copy)]
pub enum Behind<'a> {
    /// Functions of the stack's own.
    Functions {
        /// What takes payments.
        payments: &'a PaymentsFunction,
        /// What tells whether they can be taken.
        health: &'a PaymentsFunction,
    },
    /// Tasks that do both.
    Tasks(&'a Tasks),
}

/// What the API is made from.
#[derive(Debug)]
pub struct ApiInputs<'a> {
    /// What takes payments, and tells whether they can be taken.
    pub behind: Behind<'a>,
    /// How callers prove who they are.
    pub authorization: ApiAuthorization,
    /// Requests a second, in the long run.
    pub rate_limit: &'a Value<Number>,
    /// Requests at one moment.
    pub burst_limit: &'a Value<Number>,
    /// What log groups share.
    pub logs: &'a LogGroupInputs,
    /// Where it is written who called.
    pub access_log: Option<&'a Handle<cloudwatch::LogGroup>>,
    /// Whether this stack sets the account's logging role for API Gateway in the region.
    pub manage_account: &'a Value<bool>,
    /// Whether requests are traced.
    pub tracing: bool,
    /// What it answers beside payments and health.
    pub further_routes: &'a [Route],
}

/// A path that anyone may GET, answered by a function of its own.
#[derive(Debug, Clone)]
pub struct Route {
    /// The local name of its blocks.
    pub name: &'static str,
    /// The path below the stage.
    pub path: &'static str,
    /// What answers.
    pub function: Handle<lambda::Function>,
}

/// An API that answers.
#[derive(Debug)]
pub struct PaymentsApi {
    /// The API.
    pub api: Handle<apigateway::RestApi>,
    /// Its stage.
    pub stage: Handle<apigateway::Stage>,
    /// Its name, known before the API is.
    pub name: Value<String>,
    /// With which role it writes logs.
    pub logging: LoggingRole,
}

impl PaymentsApi {
    /// Where the stage answers, without a slash at the end.
    pub fn url(&self) -> Value<String> {
        self.stage.invoke_url()
    }

    /// The name of the host in `region` that answers.
    pub fn host(&self, region: Region) -> Value<String> {
        host(&self.api, region)
    }

    /// The ARN of a payment at its path, for whoever signs.
    pub fn payments_arn(&self) -> Value<String> {
        concat([self.api.execution_arn(), text(format!("/{STAGE}/POST/{PAYMENTS_PATH}"))])
    }

    /// Where the host in `region` tells whether payments are taken. Other than [`Self::url`] it is known before the stage.
    pub fn health(&self, region: Region) -> Probed {
        Probed { host: self.host(region), path: format!("/{STAGE}/{HEALTH_PATH}") }
    }

    /// Where the region that can take over tells whether it has.
    pub fn latch(&self, region: Region) -> Probed {
        Probed { host: self.host(region), path: format!("/{STAGE}/{LATCH_PATH}") }
    }
}

fn host(api: &Handle<apigateway::RestApi>, region: Region) -> Value<String> {
    concat([api.id(), text(format!(".execute-api.{}.amazonaws.com", region.name()))])
}

/// An API that answers one open route.
#[derive(Debug)]
pub struct OpenApi {
    /// The local name of its blocks.
    pub local_name: &'static str,
    /// Its name.
    pub name: Value<String>,
    /// What it does.
    pub description: &'static str,
}

/// Adds an API with a route that anyone may GET, and nothing else: no log, because it would need the account's role, and
/// what it answers everybody may know.
pub fn open_api(region: &mut RegionScope<'_>, inputs: &OpenApi, route: &Route) -> Probed {
    let OpenApi { local_name, .. } = *inputs;
    let api = region.add(
        apigateway::RestApi::new(local_name, &inputs.name)
            .description(inputs.description)
            .endpoint_configuration(apigateway::rest_api::EndpointConfiguration::new(["REGIONAL"])),
    );
    let mut definition = Definition::default();
    let validator = definition.add(
        region,
        apigateway::RequestValidator::new(local_name, "parameters", api.id()).validate_request_parameters(true),
    );
    further_route(region, route, &validator, &api, &mut definition);
    let deployment = definition.deploy(region, local_name, &api);
    let stage = region.add(apigateway::Stage::new(local_name, deployment.id(), api.id(), STAGE));
    let limit = Throttle { path: "*/*".to_owned(), rate: REQUESTS_PER_SECOND.into(), burst: REQUESTS_AT_ONCE.into() };
    region.add(throttle(local_name, &api, &stage, limit, LogLevel::Off));
    Probed { host: host(&api, region.region()), path: format!("/{STAGE}/{}", route.path) }
}

/// What API Gateway writes of a stage's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LogLevel {
    Off,
    Error,
}

/// Adds the API.
pub fn payments_api(region: &mut RegionScope<'_>, inputs: &ApiInputs<'_>) -> PaymentsApi {
    let name = region.name(NameKind::Api, "api");
    let api = region.add(
        apigateway::RestApi::new("payments", &name)
            .description("Takes payments")
            .endpoint_configuration(apigateway::rest_api::EndpointConfiguration::new(["REGIONAL"])),
    );
    let mut definition = Definition::default();
    let everything = concat([api.execution_arn(), "/".into(), STAGE.into(), "/*".into()]);
    match inputs.behind {
        Behind::Functions { payments, .. } => {
            definition.wait_for(&permit(region, "api", &payments.function, everything));
        }
        Behind::Tasks(tasks) => definition.triggers.push(("link", tasks.link.id())),
    }
    let validator = routes(region, inputs, &api, &mut definition);
    for route in inputs.further_routes {
        further_route(region, route, &validator, &api, &mut definition);
    }
    refusals(region, &api, &mut definition);
    let deployment = definition.deploy(region, "payments", &api);
    let logging = logging_role(region, inputs.manage_account);
    let stage = stage(region, inputs, &api, &deployment, &logging);
    throttles(region, inputs, &api, &stage);
    if inputs.authorization == ApiAuthorization::ApiKey {
        usage_plan(region, inputs, &api, &stage);
    }
    PaymentsApi { api, stage, name, logging }
}

/// What a deployment freezes. Its digest triggers a new deployment exactly when something deployed has changed.
#[derive(Debug, Default)]
struct Definition {
    digest: Sha256,
    parts: Vec<Expression>,
    /// What else must trigger a new deployment, because it is deployed and known to AWS only.
    triggers: Vec<(&'static str, Value<String>)>,
}

impl Definition {
    fn add<R: Resource>(&mut self, region: &mut RegionScope<'_>, mut part: R) -> Handle<R> {
        let block = part.block_mut();
        self.digest.update(block.address().to_string());
        self.digest.update(Expression::Object(block.arguments().clone()).to_string());
        let handle = region.add(part);
        self.parts.push(Expression::from(&handle));
        handle
    }

    /// Puts something before the deployment that the deployment does not freeze.
    fn wait_for<R: Resource>(&mut self, handle: &Handle<R>) {
        self.parts.push(Expression::from(handle));
    }

    fn deploy(
        self,
        region: &mut RegionScope<'_>,
        local_name: &'static str,
        api: &Handle<apigateway::RestApi>,
    ) -> Handle<apigateway::Deployment> {
        let digest = crate::digest::hexadecimal(self.digest);
        let definition = ("definition", Value::<String>::from(digest));
        let deployment = apigateway::Deployment::new(local_name, api.id())
            .triggers([definition].into_iter().chain(self.triggers).collect::<Value<_>>())
            // A deployment that a stage uses cannot be deleted, so its successor comes first.
            .lifecycle(Lifecycle::new().create_before_destroy());
        region.add(self.parts.into_iter().fold(deployment, Resource::depends_on))
    }
}

/// Returns what validates requests, for further routes.
fn routes(
    region: &mut RegionScope<'_>,
    inputs: &ApiInputs<'_>,
    api: &Handle<apigateway::RestApi>,
    definition: &mut Definition,
) -> Handle<apigateway::RequestValidator> {
    let validator = definition.add(
        region,
        apigateway::RequestValidator::new("body", "body", api.id())
            .validate_request_body(true)
            .validate_request_parameters(true),
    );
    let model = definition.add(
        region,
        apigateway::Model::new("payment", "application/json", "Payment", api.id())
            .description("A payment")
            .schema(jsonencode(payment_schema())),
    );
    let payments =
        definition.add(region, apigateway::Resource::new("payments", api.root_resource_id(), PAYMENTS_PATH, api.id()));
    let health =
        definition.add(region, apigateway::Resource::new("health", api.root_resource_id(), HEALTH_PATH, api.id()));
    for (route, resource_id) in [("root", api.root_resource_id()), ("payments", payments.id())] {
        let post = apigateway::Method::new(
            format!("post_{route}"),
            authorization_type(inputs.authorization),
            "POST",
            resource_id.clone(),
            api.id(),
        )
        .api_key_required(inputs.authorization == ApiAuthorization::ApiKey)
        .request_validator_id(validator.id())
        .request_models([("application/json", model.name())]);
        let payments = match inputs.behind {
            Behind::Functions { payments, .. } => Integrated::Function(&payments.function),
            Behind::Tasks(tasks) => Integrated::Tasks { tasks, path: if route == "root" { "" } else { PAYMENTS_PATH } },
        };
        integrate(region, payments, api, definition, (format!("post_{route}"), post, resource_id));
    }
    // Open to all, because Route 53's checkers prove nothing about themselves. It tells only whether payments are taken.
    let get = apigateway::Method::new("get_health", "NONE", "GET", health.id(), api.id())
        .request_validator_id(validator.id());
    let get = ("get_health".to_owned(), get, health.id());
    match inputs.behind {
        Behind::Functions { health, .. } => {
            integrate(region, Integrated::Function(&health.function), api, definition, get);
            let request = get_request(api, HEALTH_PATH);
            // Whoever asks while the deployment changes must not be refused.
            definition.wait_for(&permit(region, "health", &health.function, request));
        }
        Behind::Tasks(tasks) => {
            integrate(region, Integrated::Tasks { tasks, path: HEALTH_PATH }, api, definition, get);
        }
    }
    validator
}

/// The GET requests of a path, as a permission names them.
fn get_request(api: &Handle<apigateway::RestApi>, path: &str) -> Value<String> {
    concat([api.execution_arn(), format!("/{STAGE}/GET/{path}").into()])
}

fn further_route(
    region: &mut RegionScope<'_>,
    route: &Route,
    validator: &Handle<apigateway::RequestValidator>,
    api: &Handle<apigateway::RestApi>,
    definition: &mut Definition,
) {
    let resource =
        definition.add(region, apigateway::Resource::new(route.name, api.root_resource_id(), route.path, api.id()));
    let get = apigateway::Method::new(route.name, "NONE", "GET", resource.id(), api.id())
        .request_validator_id(validator.id());
    let function = Integrated::Function(&route.function);
    integrate(region, function, api, definition, (route.name.to_owned(), get, resource.id()));
    // Route 53's checkers ask as soon as there is a deployment.
    definition.wait_for(&permit(region, route.name, &route.function, get_request(api, route.path)));
}

/// Lets the API's requests of these paths run the function.
fn permit(
    region: &mut RegionScope<'_>,
    name: &'static str,
    function: &Handle<lambda::Function>,
    requests: Value<String>,
) -> Handle<lambda::Permission> {
    region.add(
        lambda::Permission::new(name, "lambda:InvokeFunction", function.function_name(), "apigateway.amazonaws.com")
            .statement_id("AllowPaymentsApi")
            .source_arn(requests),
    )
}

/// What a method is answered by.
#[derive(Debug, Clone, Copy)]
enum Integrated<'a> {
    Function(&'a Handle<lambda::Function>),
    Tasks { tasks: &'a Tasks, path: &'static str },
}

fn integrate(
    region: &mut RegionScope<'_>,
    with: Integrated<'_>,
    api: &Handle<apigateway::RestApi>,
    definition: &mut Definition,
    (name, method, resource_id): (String, apigateway::Method, Value<String>),
) {
    let method = definition.add(region, method);
    let integration = |kind| apigateway::Integration::new(name, method.http_method(), resource_id, api.id(), kind);
    definition.add(
        region,
        match with {
            // Functions are invoked by POST, whatever the caller's method.
            Integrated::Function(function) => {
                integration("AWS_PROXY").integration_http_method("POST").uri(function.invoke_arn())
            }
            Integrated::Tasks { tasks, path } => integration("HTTP_PROXY")
                .integration_http_method(method.http_method())
                .connection_type("VPC_LINK")
                .connection_id(tasks.link.id())
                .uri(tasks.address(path)),
        },
    );
}

fn authorization_type(authorization: ApiAuthorization) -> &'static str {
    match authorization {
        ApiAuthorization::AwsIam => "AWS_IAM",
        ApiAuthorization::None | ApiAuthorization::ApiKey => "NONE",
    }
}

/// What API Gateway checks before the function runs: only what it can explain. The function checks every field and answers
/// with the reason, for which API Gateway has no words of its own but `Invalid request body`.
fn payment_schema() -> Object {
    [("$schema", "http://json-schema.org/draft-04/schema#"), ("title", "Payment"), ("type", "object")]
        .into_iter()
        .collect()
}

/// A body that is no JSON object is refused in the shape of the function's own refusals.
fn refusals(region: &mut RegionScope<'_>, api: &Handle<apigateway::RestApi>, definition: &mut Definition) {
    let reason = r#"{"error":"invalid_request","field":"body","message":"the body must be a JSON object"}"#;
    definition.add(
        region,
        apigateway::GatewayResponse::new("bad_body", "BAD_REQUEST_BODY", api.id())
            .status_code("400")
            .response_templates([("application/json", reason)]),
    );
}

fn stage(
    region: &mut RegionScope<'_>,
    inputs: &ApiInputs<'_>,
    api: &Handle<apigateway::RestApi>,
    deployment: &Handle<apigateway::Deployment>,
    logging: &LoggingRole,
) -> Handle<apigateway::Stage> {
    let execution_log = execution_log(region, api, inputs.logs);
    let stage = apigateway::Stage::new("payments", deployment.id(), api.id(), STAGE)
        .xray_tracing_enabled(inputs.tracing)
        // Without the account's role a stage that logs is refused.
        .depends_on(&logging.account)
        .depends_on(&execution_log);
    region.add(match inputs.access_log {
        Some(log) => stage.access_log_settings(access_log_settings(log)),
        None => stage,
    })
}

/// One for payments, and one for each route that anyone may GET: what checkers need and not more.
fn throttles(
    region: &mut RegionScope<'_>,
    inputs: &ApiInputs<'_>,
    api: &Handle<apigateway::RestApi>,
    stage: &Handle<apigateway::Stage>,
) {
    let payments =
        Throttle { path: "*/*".to_owned(), rate: inputs.rate_limit.clone(), burst: inputs.burst_limit.clone() };
    let mut before = region.add(throttle("payments", api, stage, payments, LogLevel::Error));
    let open = inputs.further_routes.iter().map(|route| (route.name, route.path));
    for (name, path) in [("health", HEALTH_PATH)].into_iter().chain(open) {
        let limit =
            Throttle { path: format!("{path}/GET"), rate: REQUESTS_PER_SECOND.into(), burst: REQUESTS_AT_ONCE.into() };
        // Each changes the stage, which takes one change at a time.
        before = region.add(throttle(name, api, stage, limit, LogLevel::Error).depends_on(&before));
    }
}

/// Requests of one path of the stage.
struct Throttle {
    path: String,
    rate: Value<Number>,
    burst: Value<Number>,
}

fn throttle(
    name: &'static str,
    api: &Handle<apigateway::RestApi>,
    stage: &Handle<apigateway::Stage>,
    limit: Throttle,
    log: LogLevel,
) -> apigateway::MethodSettings {
    apigateway::MethodSettings::new(
        name,
        limit.path,
        api.id(),
        stage.stage_name(),
        apigateway::method_settings::Settings::new()
            .metrics_enabled(true)
            // Bodies are card data: they are not logged.
            .data_trace_enabled(false)
            .logging_level(if log == LogLevel::Error { "ERROR" } else { "OFF" })
            .throttling_rate_limit(limit.rate)
            .throttling_burst_limit(limit.burst),
    )
}

/// API Gateway names the group of a stage's execution logs itself, and makes it when there is none: without a key, kept
/// forever, and left behind by a destroy (API Gateway developer guide, "Set up CloudWatch logging for REST APIs"). So it is
/// there before the stage, and goes after it.
fn execution_log(
    region: &mut RegionScope<'_>,
    api: &Handle<apigateway::RestApi>,
    logs: &LogGroupInputs,
) -> Handle<cloudwatch::LogGroup> {
    let name = concat([text("API-Gateway-Execution-Logs_"), api.id(), text(format!("/{STAGE}"))]);
    log_group(region, "api_execution", name, logs)
}

/// Keys themselves are not made here: their value would lie in the state, and both regions must know the same one.
fn usage_plan(
    region: &mut RegionScope<'_>,
    inputs: &ApiInputs<'_>,
    api: &Handle<apigateway::RestApi>,
    stage: &Handle<apigateway::Stage>,
) {
    let name = region.name(NameKind::Api, "callers");
    region.add(
        apigateway::UsagePlan::new("callers", name)
            .description("Callers with an API key")
            .api_stages(apigateway::usage_plan::ApiStages::new(api.id(), stage.stage_name()))
            .throttle_settings(
                apigateway::usage_plan::ThrottleSettings::new()
                    .rate_limit(inputs.rate_limit)
                    .burst_limit(inputs.burst_limit),
            ),
    );
}
