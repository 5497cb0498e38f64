//! The dashboard: which region takes payments and whether the other one could, and below it both regions side by side.

use super::failover::metrics::{DIMENSION, DRILL_AGE_DAYS, LATCH_ACTIVE, PROBE_FAILURES, READY};
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::cloudwatch;
use crate::aws::dashboard::{DashboardBody, GRID_WIDTH, Metric, MetricWidget, Rectangle, View};
use crate::settings::Region;
use crate::terraform::{Handle, Value};

/// Two widgets share a row: one for each region.
const WIDGET_WIDTH: u32 = GRID_WIDTH / 2;
const WIDGET_HEIGHT: u32 = 6;

const PERIOD_SECONDS: u32 = 60;

/// Readiness is checked every half hour.
const READINESS_SECONDS: u32 = 1800;

/// What is shown of a region.
#[derive(Debug, Clone)]
pub struct RegionMetrics {
    /// The region.
    pub region: Region,
    /// Its Aurora cluster.
    pub cluster_identifier: Value<String>,
    /// Its payment function, if the stack makes one.
    pub function_name: Option<Value<String>>,
    /// Its API, if the stack makes one.
    pub api_name: Option<Value<String>>,
}

/// What is shown of the failover.
#[derive(Debug, Clone)]
pub struct FailoverMetrics {
    /// The region that can take over, where the metrics are.
    pub region: Region,
    /// Their namespace.
    pub namespace: Value<String>,
    /// The value of their dimension.
    pub environment: Value<String>,
}

/// A tile: the latest value of one metric of the failover.
struct Tile {
    title: &'static str,
    metric: &'static str,
    statistic: &'static str,
    period_seconds: u32,
}

const TILES: [Tile; 4] = [
    Tile {
        title: "Payments are taken here (1) or in the other region (0)",
        metric: LATCH_ACTIVE,
        statistic: "Maximum",
        period_seconds: PERIOD_SECONDS,
    },
    Tile { title: "Could take over now (1)", metric: READY, statistic: "Minimum", period_seconds: READINESS_SECONDS },
    Tile {
        title: "Failed probes in a row",
        metric: PROBE_FAILURES,
        statistic: "Maximum",
        period_seconds: PERIOD_SECONDS,
    },
    Tile {
        title: "Days since a drill passed",
        metric: DRILL_AGE_DAYS,
        statistic: "Maximum",
        period_seconds: READINESS_SECONDS,
    },
];

const TILE_WIDTH: u32 = GRID_WIDTH / 4;
const TILE_HEIGHT: u32 = 4;

/// A row: one metric of both regions.
struct Row {
    title: &'static str,
    namespace: &'static str,
    name: &'static str,
    dimension: &'static str,
    statistic: &'static str,
    /// The value of the dimension; a region without it has no such row.
    of: fn(&RegionMetrics) -> Option<&Value<String>>,
}

const ROWS: [Row; 6] = [
    Row {
        title: "Aurora CPU, percent",
        namespace: "AWS/RDS",
        name: "CPUUtilization",
        dimension: "DBClusterIdentifier",
        statistic: "Average",
        of: |region| Some(&region.cluster_identifier),
    },
    Row {
        title: "Aurora replication lag (RPO), milliseconds",
        namespace: "AWS/RDS",
        name: "AuroraGlobalDBRPOLag",
        dimension: "DBClusterIdentifier",
        statistic: "Maximum",
        of: |region| Some(&region.cluster_identifier),
    },
    Row {
        title: "Lambda invocations",
        namespace: "AWS/Lambda",
        name: "Invocations",
        dimension: "FunctionName",
        statistic: "Sum",
        of: |region| region.function_name.as_ref(),
    },
    Row {
        title: "Lambda errors",
        namespace: "AWS/Lambda",
        name: "Errors",
        dimension: "FunctionName",
        statistic: "Sum",
        of: |region| region.function_name.as_ref(),
    },
    Row {
        title: "API requests",
        namespace: "AWS/ApiGateway",
        name: "Count",
        dimension: "ApiName",
        statistic: "Sum",
        of: |region| region.api_name.as_ref(),
    },
    Row {
        title: "API server errors",
        namespace: "AWS/ApiGateway",
        name: "5XXError",
        dimension: "ApiName",
        statistic: "Sum",
        of: |region| region.api_name.as_ref(),
    },
];

/// Adds the dashboard: tiles of the failover above a row for each metric and a column for each region.
pub fn dashboard(
    region: &mut RegionScope<'_>,
    failover: &FailoverMetrics,
    columns: &[RegionMetrics; 2],
) -> Handle<cloudwatch::Dashboard> {
    let tiles = TILES.iter().zip(0u32..).map(|(tile, number)| tile_widget(tile, failover, number));
    let rows = ROWS.iter().filter(|row| columns.iter().all(|shown| (row.of)(shown).is_some()));
    let graphs = rows.zip(0u32..).flat_map(|(row, number)| {
        columns.iter().zip(0u32..).map(move |(shown, column)| widget(row, shown, number, column))
    });
    let name = region.name(NameKind::Dashboard, "failover");
    region.add(cloudwatch::Dashboard::new("failover", DashboardBody::new(tiles.chain(graphs)).to_json(), name))
}

fn tile_widget(tile: &Tile, shown: &FailoverMetrics, number: u32) -> MetricWidget {
    MetricWidget {
        title: format!("{}: {}", shown.region.name(), tile.title).into(),
        region: shown.region.name().into(),
        metrics: vec![Metric {
            namespace: shown.namespace.clone(),
            name: tile.metric,
            dimensions: vec![(DIMENSION, shown.environment.clone())],
        }],
        view: View::SingleValue,
        statistic: tile.statistic,
        period_seconds: tile.period_seconds,
        place: Rectangle { x: number * TILE_WIDTH, y: 0, width: TILE_WIDTH, height: TILE_HEIGHT },
    }
}

fn widget(row: &Row, shown: &RegionMetrics, number: u32, column: u32) -> MetricWidget {
    MetricWidget {
        title: format!("{}: {}", shown.region.name(), row.title).into(),
        region: shown.region.name().into(),
        metrics: vec![Metric {
            namespace: row.namespace.into(),
            name: row.name,
            dimensions: vec![(row.dimension, (row.of)(shown).cloned().unwrap_or_else(Value::null))],
        }],
        view: View::TimeSeries,
        statistic: row.statistic,
        period_seconds: PERIOD_SECONDS,
        place: Rectangle {
            x: column * WIDGET_WIDTH,
            y: TILE_HEIGHT + number * WIDGET_HEIGHT,
            width: WIDGET_WIDTH,
            height: WIDGET_HEIGHT,
        },
    }
}
