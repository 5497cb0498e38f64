//! Tasks on Fargate that take payments, in the private subnets of their region, from its own stores only.
//!
//! ```text
//! API ─> VPC link ─> network load balancer ─> tasks ─> endpoints, stores
//! ```
//!
//! Nothing of it has a public address. The API's VPC link reaches the load balancer through AWS's own network, and nothing else
//! reaches it at all. The tasks carry the security group that functions would, so that the network is the same for both.

mod alarms;
mod balancer;
mod definition;
mod roles;
mod service;

use super::database_setup::DatabaseSetup;
use super::endpoints::WaysOut;
use super::log_group::{LogGroupInputs, log_group};
use super::naming::NameKind;
use super::network::Network;
use super::region_scope::RegionScope;
use super::stores::Stores;
use crate::aws::{apigateway, elb, sns};
use crate::terraform::{Any, Handle, Map, Number, Value, concat};

/// The container's name in its task.
const CONTAINER: &str = "service";

/// What a region gives its tasks.
#[derive(Debug)]
pub struct TaskInputs<'a> {
    /// The image, in a repository of the region.
    pub image_uri: &'a Value<String>,
    /// The port on which the container answers HTTP.
    pub port: &'a Value<Number>,
    /// The user and group ids that the container runs as.
    pub user: &'a Value<String>,
    /// Whether its root file system is read-only.
    pub read_only: &'a Value<bool>,
    /// The processors that the tasks run on.
    pub architecture: &'a Value<String>,
    /// CPU units of a task.
    pub cpu: &'a Value<Number>,
    /// Memory of a task in MiB.
    pub memory_mb: &'a Value<Number>,
    /// How many tasks run.
    pub count: &'a Value<Number>,
    /// The user's own part of the environment.
    pub environment: &'a Value<Map<String>>,
    /// What the tasks may do beside what the stack lets them do.
    pub permissions: &'a Value<Any>,
    /// Where they run.
    pub network: &'a Network,
    /// By which ways they reach AWS's services.
    pub ways_out: &'a WaysOut,
    /// Where payments are written.
    pub stores: &'a Stores<'a>,
    /// What must have been done to the database before; see [`super::payments_function::FunctionInputs::setup`].
    pub setup: Option<&'a DatabaseSetup>,
    /// Where their log goes.
    pub logs: &'a LogGroupInputs,
    /// Whom alarms tell.
    pub topic: &'a Handle<sns::Topic>,
    /// Whether the load balancer is protected against deletion.
    pub deletion_protection: &'a Value<bool>,
}

/// The tasks, as an API reaches them.
#[derive(Debug)]
pub struct Tasks {
    /// The way to the load balancer.
    pub link: Handle<apigateway::VpcLink>,
    /// What divides requests among the tasks.
    balancer: Handle<elb::Lb>,
}

impl Tasks {
    /// Where the API sends requests of a path.
    pub fn address(&self, path: &str) -> Value<String> {
        concat(["http://".into(), self.balancer.dns_name(), format!("/{path}").into()])
    }
}

/// Adds the tasks and the way to them.
pub fn tasks(region: &mut RegionScope<'_>, inputs: &TaskInputs<'_>) -> Tasks {
    let name = region.name(NameKind::Container, "tasks");
    let log = log_group(region, "tasks", concat(["/aws/ecs/".into(), name.clone()]), inputs.logs);
    let roles = roles::roles(region, inputs, &log);
    let definition = definition::definition(region, inputs, &name, &roles, &log);
    let balancer = balancer::balancer(region, inputs);
    let service = service::service(region, inputs, &name, &definition, &roles, &balancer);
    alarms::alarms(region, inputs.topic, &service, &balancer);
    Tasks { link: balancer.link, balancer: balancer.balancer }
}
