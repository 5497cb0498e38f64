//! What is built beside the core.

use std::collections::BTreeSet;

use super::named::named;

named! {
    /// Something that is built beside the core, or left out.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum Feature: "feature", taken_as settings_name, alike str::to_lowercase, {
        /// Private routes between the two regions' networks.
        Peering = "peering",
        /// A web application firewall before each region's API.
        Waf = "waf",
        /// DNSSEC signatures of the hosted zone that the stack makes.
        Dnssec = "dnssec",
        /// Traces of functions and API stages in X-Ray.
        Xray = "xray",
        /// The account's X-Ray traces encrypted with a key of one's own.
        XrayEncryption = "xray_encryption",
        /// VPC flow logs.
        FlowLogs = "flow_logs",
        /// Logs of who called the APIs and who read and wrote receipts.
        AccessLogs = "access_logs",
        /// Operating-system metrics and Performance Insights of the databases.
        DatabaseInsights = "database_insights",
        /// The two-region dashboard.
        Dashboard = "dashboard",
        /// Templates of fault injection experiments.
        Experiments = "experiments",
        /// Backups in vaults of both regions, and tests that they can be restored.
        Backup = "backup",
        /// A monthly budget and its notices.
        Budget = "budget",
        /// AWS Config: a recorder, and rules that watch what the stack promises.
        Config = "config",
        /// A stack set that brings alert topics to other accounts of an organization.
        StackSets = "stacksets",
    }
}

/// On a command line `flow-logs` is as natural as `flow_logs`: both are taken.
fn settings_name(text: &str) -> String {
    text.replace('-', "_")
}

impl Feature {
    /// What belongs to a network rather than to what runs in it.
    pub const OF_THE_NETWORK: [Self; 2] = [Self::Peering, Self::FlowLogs];

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
