//! What the user chose before synthesis: the shape of the stack. Values (names, sizes, ranges) are Terraform variables.
//!
//! ```text
//! flags ─────┐
//! variables ─┼─> Choices (each with its origin) ──> Settings (every rule holds)
//! file ──────┘
//! ```

pub mod api_authorization;
pub mod backend;
pub mod choices;
pub mod cidr;
pub mod environment_suffix;
pub mod error;
pub mod failover_mode;
pub mod features;
pub mod file;
pub mod layout;
pub mod objectives;
pub mod provenance;
pub mod region;
pub mod regional_support;
mod written;

use std::ops::RangeInclusive;

use sha2::{Digest, Sha256};

use crate::terraform::Backend;

pub use api_authorization::ApiAuthorization;
pub use choices::{Choice, Choices};
pub use cidr::Cidr;
pub use environment_suffix::EnvironmentSuffix;
pub use error::{Origin, SettingsError};
pub use failover_mode::FailoverMode;
pub use features::{Feature, Features};
pub use layout::Layout;
pub use objectives::Objectives;
pub use region::Region;

/// How many availability zones a region's network can span: Aurora needs two subnets in different zones, and a fourth
/// zone costs endpoints without making the stack safer.
pub const AVAILABILITY_ZONES: RangeInclusive<u8> = 2..=3;

/// How many minutes a person may be given to approve a failover.
pub const APPROVAL_MINUTES: RangeInclusive<u8> = 1..=60;

/// Enough to wake up, open a computer and look.
const DEFAULT_APPROVAL_MINUTES: u8 = 15;

/// The shape of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The default of the `environment_suffix` variable.
    pub environment_suffix: EnvironmentSuffix,
    /// Where payments are taken in ordinary times.
    pub primary_region: Region,
    /// Where they are taken after a failover.
    pub dr_region: Region,
    /// How many availability zones each region's network spans, one of [`AVAILABILITY_ZONES`].
    pub availability_zones: u8,
    /// The default of the variable for the primary region's address range.
    pub primary_cidr: Cidr,
    /// The default of the variable for the DR region's address range.
    pub dr_cidr: Cidr,
    /// How callers prove who they are.
    pub api_authorization: ApiAuthorization,
    /// Who decides that a failover starts.
    pub failover_mode: FailoverMode,
    /// How many minutes a person has to approve a failover, one of [`APPROVAL_MINUTES`].
    pub approval_minutes: u8,
    /// How long payments may fail, and how much of them may be lost.
    pub objectives: Objectives,
    /// Whether Terraform refuses every plan that destroys a data store. A shape, because `prevent_destroy` takes no
    /// variable.
    pub prevent_destroy: bool,
    /// What is built beside the core.
    pub features: Features,
    /// How many documents it is written as.
    pub layout: Layout,
    /// Where the state lives; Terraform's default, a local file, if absent.
    pub backend: Option<Backend>,
}

/// Digits of a settings digest: enough to tell two documents' settings apart at a glance.
const DIGEST_DIGITS: usize = 12;

impl Settings {
    /// A short digest of all settings, which tells whether two documents were made from the same ones.
    pub fn digest(&self) -> String {
        let mut text = crate::digest::hexadecimal(Sha256::new_with_prefix(self.to_toml()));
        text.truncate(DIGEST_DIGITS);
        text
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            environment_suffix: EnvironmentSuffix::default(),
            primary_region: Region::US_EAST_1,
            dr_region: Region::US_EAST_2,
            availability_zones: *AVAILABILITY_ZONES.start(),
            primary_cidr: Cidr::DEFAULT_PRIMARY,
            dr_cidr: Cidr::DEFAULT_DR,
            api_authorization: ApiAuthorization::None,
            failover_mode: FailoverMode::default(),
            approval_minutes: DEFAULT_APPROVAL_MINUTES,
            objectives: Objectives::DEFAULT,
            prevent_destroy: false,
            features: Features::default(),
            layout: Layout::default(),
            backend: None,
        }
    }
}
