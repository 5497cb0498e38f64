//! What the user chose before synthesis: the shape of the stack. Values (names, sizes, ranges) are Terraform variables.
//!
//! ```text
//! flags ─────┐
//! variables ─┼─> Choices (each with its origin) ──> Settings (every rule holds)
//! file ──────┘
//! ```

pub mod api_authorization;
pub mod backend;
mod backend_section;
pub mod choices;
pub mod cidr;
pub mod dialect;
pub mod endpoints;
pub mod environment_suffix;
pub mod error;
pub mod failover_mode;
pub mod features;
mod fields;
pub mod file;
pub mod layout;
mod name_part;
mod named;
pub mod objectives;
pub mod package_kind;
pub mod provenance;
pub mod provider_version;
pub mod region;
pub mod regional_support;
pub mod service_name;
pub mod workload_kind;
mod written;

use std::ops::RangeInclusive;

use sha2::{Digest, Sha256};

pub use api_authorization::ApiAuthorization;
pub use backend::{BackendKind, StateBackend};
pub use choices::{Choice, Choices};
pub use cidr::Cidr;
pub use dialect::Dialect;
pub use endpoints::Endpoints;
pub use environment_suffix::EnvironmentSuffix;
pub use error::{Origin, SettingsError};
pub use failover_mode::FailoverMode;
pub use features::{Feature, Features};
use fields::with_settings;
pub use layout::Layout;
pub use objectives::Objectives;
pub use package_kind::PackageKind;
pub use provider_version::ProviderVersion;
pub use region::Region;
pub use service_name::ServiceName;
pub use workload_kind::WorkloadKind;

/// How many availability zones a region's network can span: Aurora needs two subnets in different zones, and a fourth
/// zone costs endpoints without making the stack safer.
pub const AVAILABILITY_ZONES: RangeInclusive<u8> = 2..=3;

/// How many minutes a person may be given to approve a failover.
pub const APPROVAL_MINUTES: RangeInclusive<u8> = 1..=60;

/// Enough to wake up, open a computer and look.
const DEFAULT_APPROVAL_MINUTES: u8 = 15;

macro_rules! declare_settings {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $section:literal, $key:literal, $kind:ident$(($check:path))?;)*) => {
        /// The shape of a stack.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Settings {
            $($(#[$doc])* pub $field: $type,)*
            /// What is built beside the core.
            pub features: Features,
            /// Where the state is kept; without a block, which is a local file for Terraform, if absent.
            pub backend: Option<StateBackend>,
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: $default,)* features: Features::default(), backend: None }
            }
        }
    };
}

with_settings!(declare_settings);

/// Digits of a settings digest: enough to tell two documents' settings apart at a glance.
const DIGEST_DIGITS: usize = 12;

impl Settings {
    /// How long payments may fail, and how much of them may be lost.
    pub const fn objectives(&self) -> Objectives {
        Objectives::new(self.rto, self.rpo)
    }

    /// The defaults where the networks are there already or not: what belongs to the owner of a network is then left alone
    /// unless it is asked for.
    pub fn defaults_of_network(existing: bool) -> Self {
        let defaults = Self { existing_network: existing, ..Self::default() };
        if !existing {
            return defaults;
        }
        let features = Feature::OF_THE_NETWORK.into_iter().fold(Features::default(), Features::without);
        Self { features, endpoints: Endpoints::Existing, ..defaults }
    }

    /// A short digest of all settings, which tells whether two documents were made from the same ones.
    pub fn digest(&self) -> String {
        let mut text = crate::digest::hexadecimal(Sha256::new_with_prefix(self.counted()));
        text.truncate(DIGEST_DIGITS);
        text
    }
}
