//! The work as a user of the library does it: typed resources, handles, a check, a document.

use dr_synth::aws::iam_policy::{PolicyDocument, Statement};
use dr_synth::aws::{cloudwatch, iam, lambda, sqs, vpc};
use dr_synth::terraform::{
    Diagnostic, Document, Documents, Handle, Map, Module, ModulePath, Provider, RequiredProvider, Scope,
    TerraformSettings, Value, concat,
};

use super::{REGIONS, Region, UNIT_RESOURCES, network_number, unit_name};

/// The module of this many resources.
pub(crate) fn module(resources: usize) -> Module {
    units(resources, None)
}

/// The same resources, whose units stand in so many modules in turn, and each of which knows a queue of the unit before.
pub(crate) fn spread_module(resources: usize, modules: usize) -> Module {
    units(resources, Some(modules))
}

/// The documents of this many resources in so many modules.
///
/// # Errors
/// What the check finds, which is nothing.
pub(crate) fn configuration(resources: usize, modules: usize) -> Result<Documents, Vec<Diagnostic>> {
    Documents::new(spread_module(resources, modules), dr_synth::aws::schemas())
}

fn units(resources: usize, modules: Option<usize>) -> Module {
    let mut module = Module::new();
    module.settings(TerraformSettings::new().required_version(">= 1.11.0").required_provider(
        "aws",
        RequiredProvider {
            source: "hashicorp/aws".into(),
            version: Some(">= 5.100.0".into()),
            configuration_aliases: Vec::new(),
        },
    ));
    let regions = REGIONS
        .map(|region| (region, module.add_provider(Provider::aliased("aws", region.alias).set("region", region.name))));
    let mut previous = None;
    for number in 0..resources / UNIT_RESOURCES {
        let (region, provider) = &regions[number % regions.len()];
        let mut scope = Scope::new(&mut module, unit_name(number), provider);
        if let Some(modules) = modules {
            scope = scope.in_shared_module(&ModulePath::new(format!("part_{:02}", number % modules)));
        }
        let queue = Unit { number, region: *region, scope, previous: previous.take() }.add();
        previous = modules.map(|_| queue.url());
    }
    module
}

/// The document of this many resources.
///
/// # Errors
/// What the check finds, which is nothing.
pub(crate) fn document(resources: usize) -> Result<Document, Vec<Diagnostic>> {
    Document::new(module(resources), dr_synth::aws::schemas())
}

/// A unit that is being added.
struct Unit<'module> {
    number: usize,
    region: Region,
    scope: Scope<'module>,
    /// The URL of a queue of the unit before.
    previous: Option<Value<String>>,
}

impl Unit<'_> {
    fn add(mut self) -> Handle<sqs::Queue> {
        let network = self.network();
        self.subnets(&network);
        self.security_groups(&network);
        let queue = self.queue();
        let role = self.role(&queue);
        self.functions(&role, &queue);
        queue
    }

    fn name(&self, purpose: &str) -> String {
        format!("{}-{purpose}", self.scope.prefix())
    }

    fn tags(&self, purpose: &str) -> [(&'static str, Value<String>); 2] {
        [("Name", self.name(purpose).into()), ("Service", "payments".into())]
    }

    fn network(&mut self) -> Handle<vpc::Vpc> {
        let network = vpc::Vpc::new("network")
            .cidr_block(format!("10.{}.0.0/16", network_number(self.number)))
            .enable_dns_hostnames(true)
            .enable_dns_support(true)
            .tags(self.tags("network"));
        self.scope.add(network)
    }

    fn subnets(&mut self, network: &Handle<vpc::Vpc>) {
        let routes = self.scope.add(vpc::RouteTable::new("private", network.id()).tags(self.tags("private")));
        for (zone, block) in [("a", 1), ("b", 2)] {
            let subnet = vpc::Subnet::new(zone, network.id())
                .availability_zone(format!("{}{zone}", self.region.name))
                .cidr_block(format!("10.{}.{block}.0/24", network_number(self.number)))
                .tags(self.tags(zone));
            let subnet = self.scope.add(subnet);
            self.scope.add(vpc::RouteTableAssociation::new(zone, routes.id()).subnet_id(subnet.id()));
        }
    }

    fn security_groups(&mut self, network: &Handle<vpc::Vpc>) {
        let [function, database] = ["function", "database"].map(|purpose| {
            let group = vpc::SecurityGroup::new(purpose)
                .name(self.name(purpose))
                .description("Opened only to what is listed")
                .vpc_id(network.id())
                .tags(self.tags(purpose));
            self.scope.add(group)
        });
        let postgres = vpc::SecurityGroupIngressRule::new("database_from_function", "tcp", database.id())
            .from_port(5432)
            .to_port(5432)
            .referenced_security_group_id(function.id());
        self.scope.add(postgres);
        let https = vpc::SecurityGroupIngressRule::new("function_from_network", "tcp", function.id())
            .from_port(443)
            .to_port(443)
            .cidr_ipv4("10.0.0.0/8");
        self.scope.add(https);
    }

    fn queue(&mut self) -> Handle<sqs::Queue> {
        let [queue, _] = ["refunds", "dead_letters"].map(|purpose| {
            let queue = sqs::Queue::new(purpose)
                .name(self.name(purpose))
                .message_retention_seconds(1_209_600)
                .sqs_managed_sse_enabled(true)
                .tags(self.tags(purpose));
            self.scope.add(queue)
        });
        queue
    }

    fn role(&mut self, queue: &Handle<sqs::Queue>) -> Handle<iam::Role> {
        let assumed_by = PolicyDocument::assumed_by_service("lambda.amazonaws.com");
        let role = iam::Role::new("function", assumed_by).name(self.name("function")).tags(self.tags("function"));
        let role = self.scope.add(role);
        let [log_group, _] = ["charge", "refund"].map(|purpose| {
            let group = cloudwatch::LogGroup::new(purpose)
                .name(format!("/aws/lambda/{}", self.name(purpose)))
                .retention_in_days(30)
                .tags(self.tags(purpose));
            self.scope.add(group)
        });
        let policy = PolicyDocument::new([
            Statement::allow("Enqueue").action("sqs:SendMessage").resource(queue.arn()),
            Statement::allow("Log")
                .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
                .resource(concat([log_group.arn(), ":*".into()])),
        ]);
        self.scope.add(iam::RolePolicy::new("function", policy, role.id()).name("refunds"));
        role
    }

    fn functions(&mut self, role: &Handle<iam::Role>, queue: &Handle<sqs::Queue>) {
        let previous = self.previous.clone().map(|url| ("PREVIOUS_QUEUE_URL", url));
        let variables: Value<Map<String>> = [("REFUNDS_QUEUE_URL", queue.url())].into_iter().chain(previous).collect();
        let environment = lambda::function::Environment::new().variables(variables);
        let charge = self.function("charge", role).environment(environment);
        self.scope.add(charge);
        let refund = self.function("refund", role);
        let refund = self.scope.add(refund);
        self.alarms(&refund);
    }

    fn function(&self, purpose: &'static str, role: &Handle<iam::Role>) -> lambda::Function {
        lambda::Function::new(purpose, self.name(purpose), role.arn())
            .filename("function.zip")
            .handler("payments.handler")
            .memory_size(512)
            .runtime("python3.13")
            .timeout(10)
            .tags(self.tags(purpose))
    }

    fn alarms(&mut self, refund: &Handle<lambda::Function>) {
        for (purpose, metric, description) in [
            ("errors", "Errors", "Refunds fail: ${not an interpolation}"),
            ("throttles", "Throttles", "Refunds are throttled"),
        ] {
            let alarm = cloudwatch::MetricAlarm::new(purpose, self.name(purpose), "GreaterThanThreshold", 3)
                .alarm_description(description)
                .namespace("AWS/Lambda")
                .metric_name(metric)
                .dimensions([("FunctionName", refund.function_name())])
                .period(60)
                .statistic("Sum")
                .threshold(0)
                .treat_missing_data("notBreaching")
                .tags(self.tags(purpose));
            self.scope.add(alarm);
        }
    }
}
