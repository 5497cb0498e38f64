//! A region's API: REST, regional, the payment function behind every route.

use sha2::{Digest, Sha256};

use super::access_logs::access_log_settings;
use super::naming::NameKind;
use super::payments_function::PaymentsFunction;
use super::region_scope::RegionScope;
use crate::aws::iam_policy::PolicyDocument;
use crate::aws::{apigateway, cloudwatch, iam, lambda};
use crate::settings::{ApiAuthorization, Region};
use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Handle, Lifecycle, Number, Object, Resource, Value, concat, text};

/// The stage that callers use, and the path under which Route 53 finds the health route.
pub const STAGE: &str = "live";

/// The path of the health route below the stage.
pub const HEALTH_PATH: &str = "health";

/// The path of the latch below the stage, on the API of the region that can take over.
pub const LATCH_PATH: &str = "latch";

/// What the API is made from.
#[derive(Debug)]
pub struct ApiInputs<'a> {
    /// What answers.
    pub function: &'a PaymentsFunction,
    /// How callers prove who they are.
    pub authorization: ApiAuthorization,
    /// Requests a second, in the long run.
    pub rate_limit: &'a Value<Number>,
    /// Requests at one moment.
    pub burst_limit: &'a Value<Number>,
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
}

impl PaymentsApi {
    /// Where the stage answers, without a slash at the end.
    pub fn url(&self) -> Value<String> {
        self.stage.invoke_url()
    }

    /// The name of the host in `region` that answers.
    pub fn host(&self, region: Region) -> Value<String> {
        concat([self.api.id(), text(format!(".execute-api.{}.amazonaws.com", region.name()))])
    }

    /// Where the host in `region` tells whether payments are taken. Other than [`Self::url`] it is known before the stage.
    pub fn health_url(&self, region: Region) -> Value<String> {
        concat([text("https://"), self.host(region), text(format!("/{STAGE}/{HEALTH_PATH}"))])
    }
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
    let validator = routes(region, inputs, &api, &mut definition);
    for route in inputs.further_routes {
        further_route(region, route, &validator, &api, &mut definition);
    }
    refusals(region, &api, &mut definition);
    let deployment = definition.deploy(region, &api);
    let stage = stage(region, inputs, &api, &deployment);
    let everything = concat([api.execution_arn(), "/".into(), STAGE.into(), "/*".into()]);
    permit(region, "api", &inputs.function.function, everything);
    if inputs.authorization == ApiAuthorization::ApiKey {
        usage_plan(region, inputs, &api, &stage);
    }
    PaymentsApi { api, stage, name }
}

/// What a deployment freezes. Its digest triggers a new deployment exactly when something deployed has changed.
#[derive(Debug, Default)]
struct Definition {
    digest: Sha256,
    parts: Vec<Expression>,
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

    fn deploy(self, region: &mut RegionScope<'_>, api: &Handle<apigateway::RestApi>) -> Handle<apigateway::Deployment> {
        let digest = crate::digest::hexadecimal(self.digest);
        let deployment = apigateway::Deployment::new("payments", api.id())
            .triggers([("definition", Value::<String>::from(digest))])
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
        definition.add(region, apigateway::Resource::new("payments", api.root_resource_id(), "payments", api.id()));
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
        let function = &inputs.function.function;
        integrate(region, function, api, definition, (format!("post_{route}"), post, resource_id));
    }
    // Open to all, because Route 53's checkers prove nothing about themselves. It tells only whether payments are taken.
    let get = apigateway::Method::new("get_health", "NONE", "GET", health.id(), api.id())
        .request_validator_id(validator.id());
    integrate(region, &inputs.function.function, api, definition, ("get_health".to_owned(), get, health.id()));
    validator
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
    integrate(region, &route.function, api, definition, (route.name.to_owned(), get, resource.id()));
    let path = format!("/{STAGE}/GET/{}", route.path);
    permit(region, route.name, &route.function, concat([api.execution_arn(), path.into()]));
}

/// Lets the API's requests of these paths run the function.
fn permit(
    region: &mut RegionScope<'_>,
    name: &'static str,
    function: &Handle<lambda::Function>,
    requests: Value<String>,
) {
    region.add(
        lambda::Permission::new(name, "lambda:InvokeFunction", function.function_name(), "apigateway.amazonaws.com")
            .statement_id("AllowPaymentsApi")
            .source_arn(requests),
    );
}

fn integrate(
    region: &mut RegionScope<'_>,
    function: &Handle<lambda::Function>,
    api: &Handle<apigateway::RestApi>,
    definition: &mut Definition,
    (name, method, resource_id): (String, apigateway::Method, Value<String>),
) {
    let method = definition.add(region, method);
    definition.add(
        region,
        apigateway::Integration::new(name, method.http_method(), resource_id, api.id(), "AWS_PROXY")
            // Functions are invoked by POST, whatever the caller's method.
            .integration_http_method("POST")
            .uri(function.invoke_arn()),
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
) -> Handle<apigateway::Stage> {
    let account = logging_role(region, inputs.manage_account);
    let stage = apigateway::Stage::new("payments", deployment.id(), api.id(), STAGE)
        .xray_tracing_enabled(inputs.tracing)
        // Without the account's role a stage that logs is refused.
        .depends_on(&account);
    let stage = region.add(match inputs.access_log {
        Some(log) => stage.access_log_settings(access_log_settings(log)),
        None => stage,
    });
    region.add(apigateway::MethodSettings::new(
        "payments",
        "*/*",
        api.id(),
        stage.stage_name(),
        apigateway::method_settings::Settings::new()
            .metrics_enabled(true)
            // Bodies are card data: they are not logged.
            .data_trace_enabled(false)
            .logging_level("ERROR")
            .throttling_rate_limit(inputs.rate_limit)
            .throttling_burst_limit(inputs.burst_limit),
    ));
    stage
}

/// The role with which API Gateway writes logs is a setting of the whole account in a region. A second stack in the same
/// account sets it too, to a role of its own that serves as well, so neither undoes the other's.
fn logging_role(region: &mut RegionScope<'_>, manage_account: &Value<bool>) -> Handle<apigateway::Account> {
    let name = region.name(NameKind::Role, "api-logs");
    // API Gateway tries the role when it is set. Its developer guide ("Set up CloudWatch logging") knows no condition of
    // the role's trust, and says nothing about the account that it acts for.
    let role = region.add(
        iam::Role::new("api_logs", PolicyDocument::assumed_by_service("apigateway.amazonaws.com").to_json())
            .name(name)
            .description("Writes logs of API Gateway"),
    );
    let policy = region.add(iam::RolePolicyAttachment::new(
        "api_logs",
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        role.name(),
    ));
    region.add(
        apigateway::Account::new("logging")
            .only_if(manage_account)
            .cloudwatch_role_arn(role.arn())
            .depends_on(&policy)
            .lifecycle(Lifecycle::new().ignore_changes(["cloudwatch_role_arn"])),
    )
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
