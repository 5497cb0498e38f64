//! What the user chose before synthesis: the shape of the stack. Values (names, sizes, ranges) are Terraform variables.

pub mod region;

use crate::terraform::Backend;

pub use region::Region;

/// The shape of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The default of the `environment_suffix` variable.
    pub environment_suffix: String,
    /// Where payments are taken in ordinary times.
    pub primary_region: Region,
    /// Where they are taken after a failover.
    pub dr_region: Region,
    /// How many availability zones each region's network spans, 2 or 3.
    pub availability_zones: u8,
    /// How callers prove who they are.
    pub api_authorization: ApiAuthorization,
    /// Whether Terraform refuses every plan that destroys a data store. A shape, because `prevent_destroy` takes no
    /// variable.
    pub prevent_destroy: bool,
    /// What is built beside the core.
    pub features: Features,
    /// Where the state lives; Terraform's default, a local file, if absent.
    pub backend: Option<Backend>,
}

/// How callers of the API prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiAuthorization {
    /// Anyone may call.
    None,
    /// Requests are signed (SigV4) by an identity that may invoke the API.
    AwsIam,
    /// Requests carry `x-api-key`.
    ApiKey,
}

/// What is built beside the core, each on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// Traces of functions and API stages in X-Ray.
    pub xray: bool,
    /// VPC flow logs.
    pub flow_logs: bool,
    /// Operating-system metrics and Performance Insights of the databases.
    pub database_insights: bool,
    /// The two-region dashboard.
    pub dashboard: bool,
}
