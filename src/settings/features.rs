//! What is built beside the core.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use crate::terraform::nearest::nearest;

/// Something that is built beside the core, or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Feature {
    /// Private routes between the two regions' networks.
    Peering,
    /// A web application firewall before each region's API.
    Waf,
    /// DNSSEC signatures of the hosted zone that the stack makes.
    Dnssec,
    /// Traces of functions and API stages in X-Ray.
    Xray,
    /// The account's X-Ray traces encrypted with a key of one's own.
    XrayEncryption,
    /// VPC flow logs.
    FlowLogs,
    /// Logs of who called the APIs and who read and wrote receipts.
    AccessLogs,
    /// Operating-system metrics and Performance Insights of the databases.
    DatabaseInsights,
    /// The two-region dashboard.
    Dashboard,
    /// Templates of fault injection experiments.
    Experiments,
    /// Backups in vaults of both regions, and tests that they can be restored.
    Backup,
    /// A monthly budget and its notices.
    Budget,
    /// AWS Config: a recorder, and rules that watch what the stack promises.
    Config,
    /// A stack set that brings alert topics to other accounts of an organization.
    StackSets,
}

impl Feature {
    /// Every feature, in the order that people read them in.
    pub const ALL: [Self; 14] = [
        Self::Peering,
        Self::Waf,
        Self::Dnssec,
        Self::Xray,
        Self::XrayEncryption,
        Self::FlowLogs,
        Self::AccessLogs,
        Self::DatabaseInsights,
        Self::Dashboard,
        Self::Experiments,
        Self::Backup,
        Self::Budget,
        Self::Config,
        Self::StackSets,
    ];

    /// The name in settings, such as `flow_logs`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Peering => "peering",
            Self::Waf => "waf",
            Self::Dnssec => "dnssec",
            Self::Xray => "xray",
            Self::XrayEncryption => "xray_encryption",
            Self::FlowLogs => "flow_logs",
            Self::AccessLogs => "access_logs",
            Self::DatabaseInsights => "database_insights",
            Self::Dashboard => "dashboard",
            Self::Experiments => "experiments",
            Self::Backup => "backup",
            Self::Budget => "budget",
            Self::Config => "config",
            Self::StackSets => "stacksets",
        }
    }

    /// Whether it is built when nobody chooses. What is left out is missed when a region is down, so a feature is off
    /// only if it needs something that an account may not have, or may have already.
    pub fn is_default(self) -> bool {
        match self {
            Self::Peering
            | Self::Waf
            | Self::Dnssec
            | Self::Xray
            | Self::FlowLogs
            | Self::AccessLogs
            | Self::DatabaseInsights
            | Self::Dashboard
            | Self::Experiments
            | Self::Backup
            | Self::Budget => true,
            // One setting for a whole account in a region; one recorder, perhaps there already; an organization.
            Self::XrayEncryption | Self::Config | Self::StackSets => false,
        }
    }
}

impl Display for Feature {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Feature {
    type Err = SettingsError;

    /// On a command line `flow-logs` is as natural as `flow_logs`: both are taken.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.replace('-', "_");
        Self::ALL.into_iter().find(|feature| feature.name() == name).ok_or_else(|| {
            SettingsError::new(format!("unknown feature `{}`", text.escape_debug()))
                .help(format!("choose from {}", Self::ALL.map(Self::name).join(", ")))
                .candidates(nearest(&name.to_lowercase(), Self::ALL.map(Self::name)))
        })
    }
}

/// The features that are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features(BTreeSet<Feature>);

impl Features {
    /// Whether a feature is on.
    pub fn has(&self, feature: Feature) -> bool {
        self.0.contains(&feature)
    }

    /// Switches a feature on or off.
    pub fn set(&mut self, feature: Feature, on: bool) {
        if on {
            self.0.insert(feature);
        } else {
            self.0.remove(&feature);
        }
    }

    /// These features and one more.
    #[must_use]
    pub fn with(mut self, feature: Feature) -> Self {
        self.set(feature, true);
        self
    }

    /// These features without one.
    #[must_use]
    pub fn without(mut self, feature: Feature) -> Self {
        self.set(feature, false);
        self
    }

    /// No feature at all.
    pub fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Every feature there is.
    pub fn all() -> Self {
        Self(Feature::ALL.into())
    }
}

impl Default for Features {
    fn default() -> Self {
        Self(Feature::ALL.into_iter().filter(|feature| feature.is_default()).collect())
    }
}
