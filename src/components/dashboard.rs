//! The dashboard: both regions side by side, on one screen.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::cloudwatch;
use crate::aws::dashboard::{DashboardBody, GRID_WIDTH, Metric, MetricWidget, Place};
use crate::settings::Region;
use crate::terraform::{Handle, Value};

/// Two widgets share a row: one for each region.
const WIDGET_WIDTH: u32 = GRID_WIDTH / 2;
const WIDGET_HEIGHT: u32 = 6;

const PERIOD_SECONDS: u32 = 60;

/// What is shown of a region.
#[derive(Debug, Clone)]
pub struct RegionMetrics {
    /// The region.
    pub region: Region,
    /// Its Aurora cluster.
    pub cluster_identifier: Value<String>,
    /// Its payment function.
    pub function_name: Value<String>,
    /// Its API.
    pub api_name: Value<String>,
}

/// A row: one metric of both regions.
struct Row {
    title: &'static str,
    namespace: &'static str,
    name: &'static str,
    dimension: &'static str,
    statistic: &'static str,
    of: fn(&RegionMetrics) -> &Value<String>,
}

const ROWS: [Row; 6] = [
    Row {
        title: "Aurora CPU, percent",
        namespace: "AWS/RDS",
        name: "CPUUtilization",
        dimension: "DBClusterIdentifier",
        statistic: "Average",
        of: |region| &region.cluster_identifier,
    },
    Row {
        title: "Aurora replication lag (RPO), milliseconds",
        namespace: "AWS/RDS",
        name: "AuroraGlobalDBRPOLag",
        dimension: "DBClusterIdentifier",
        statistic: "Maximum",
        of: |region| &region.cluster_identifier,
    },
    Row {
        title: "Lambda invocations",
        namespace: "AWS/Lambda",
        name: "Invocations",
        dimension: "FunctionName",
        statistic: "Sum",
        of: |region| &region.function_name,
    },
    Row {
        title: "Lambda errors",
        namespace: "AWS/Lambda",
        name: "Errors",
        dimension: "FunctionName",
        statistic: "Sum",
        of: |region| &region.function_name,
    },
    Row {
        title: "API requests",
        namespace: "AWS/ApiGateway",
        name: "Count",
        dimension: "ApiName",
        statistic: "Sum",
        of: |region| &region.api_name,
    },
    Row {
        title: "API server errors",
        namespace: "AWS/ApiGateway",
        name: "5XXError",
        dimension: "ApiName",
        statistic: "Sum",
        of: |region| &region.api_name,
    },
];

/// Adds the dashboard: a row for each metric, a column for each region.
pub fn dashboard(region: &mut RegionScope<'_>, columns: &[RegionMetrics; 2]) -> Handle<cloudwatch::Dashboard> {
    let widgets = ROWS.iter().zip(0u32..).flat_map(|(row, number)| {
        columns.iter().zip(0u32..).map(move |(shown, column)| widget(row, shown, number, column))
    });
    let name = region.name(NameKind::Dashboard, "failover");
    region.add(cloudwatch::Dashboard::new("failover", DashboardBody::new(widgets).to_json(), name))
}

fn widget(row: &Row, shown: &RegionMetrics, number: u32, column: u32) -> MetricWidget {
    MetricWidget {
        title: format!("{}: {}", shown.region.name(), row.title).into(),
        region: shown.region.name().into(),
        metrics: vec![Metric {
            namespace: row.namespace,
            name: row.name,
            dimensions: vec![(row.dimension, (row.of)(shown).clone())],
        }],
        statistic: row.statistic,
        period_seconds: PERIOD_SECONDS,
        place: Place {
            x: column * WIDGET_WIDTH,
            y: number * WIDGET_HEIGHT,
            width: WIDGET_WIDTH,
            height: WIDGET_HEIGHT,
        },
    }
}
