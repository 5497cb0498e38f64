//! What is built beside the core.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use crate::terraform::nearest::nearest;

/// What is built beside the core, each on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches; no combination of them is a state of its own")]
pub struct Features {
    /// Traces of functions and API stages in X-Ray.
    pub xray: bool,
    /// VPC flow logs.
    pub flow_logs: bool,
    /// Operating-system metrics and Performance Insights of the databases.
    pub database_insights: bool,
    /// The two-region dashboard.
    pub dashboard: bool,
    /// Templates of fault injection experiments.
    pub experiments: bool,
}

/// The name of one of the [`Features`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// [`Features::xray`].
    Xray,
    /// [`Features::flow_logs`].
    FlowLogs,
    /// [`Features::database_insights`].
    DatabaseInsights,
    /// [`Features::dashboard`].
    Dashboard,
    /// [`Features::experiments`].
    Experiments,
}

impl Features {
    /// Switches a feature on or off.
    pub fn set(&mut self, feature: Feature, on: bool) {
        *match feature {
            Feature::Xray => &mut self.xray,
            Feature::FlowLogs => &mut self.flow_logs,
            Feature::DatabaseInsights => &mut self.database_insights,
            Feature::Dashboard => &mut self.dashboard,
            Feature::Experiments => &mut self.experiments,
        } = on;
    }
}

impl Default for Features {
    /// Everything: what is left out is missed when a region is down.
    fn default() -> Self {
        Self { xray: true, flow_logs: true, database_insights: true, dashboard: true, experiments: true }
    }
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 5] = [Self::Xray, Self::FlowLogs, Self::DatabaseInsights, Self::Dashboard, Self::Experiments];

    /// The name in settings, such as `flow_logs`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xray => "xray",
            Self::FlowLogs => "flow_logs",
            Self::DatabaseInsights => "database_insights",
            Self::Dashboard => "dashboard",
            Self::Experiments => "experiments",
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
