//! The dashboard: both regions side by side, on one screen.

use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::cloudwatch;
use crate::settings::Region;
use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Handle, Object, Value};

/// A dashboard is 24 units wide; two widgets share a row.
const WIDGET_WIDTH: u32 = 12;
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

/// A metric as it is shown: namespace, name, dimension and statistic.
struct Metric {
    title: &'static str,
    namespace: &'static str,
    name: &'static str,
    dimension: &'static str,
    statistic: &'static str,
    of: fn(&RegionMetrics) -> &Value<String>,
}

const METRICS: [Metric; 6] = [
    Metric {
        title: "Aurora CPU, percent",
        namespace: "AWS/RDS",
        name: "CPUUtilization",
        dimension: "DBClusterIdentifier",
        statistic: "Average",
        of: |region| &region.cluster_identifier,
    },
    Metric {
        title: "Aurora replication lag (RPO), milliseconds",
        namespace: "AWS/RDS",
        name: "AuroraGlobalDBRPOLag",
        dimension: "DBClusterIdentifier",
        statistic: "Maximum",
        of: |region| &region.cluster_identifier,
    },
    Metric {
        title: "Lambda invocations",
        namespace: "AWS/Lambda",
        name: "Invocations",
        dimension: "FunctionName",
        statistic: "Sum",
        of: |region| &region.function_name,
    },
    Metric {
        title: "Lambda errors",
        namespace: "AWS/Lambda",
        name: "Errors",
        dimension: "FunctionName",
        statistic: "Sum",
        of: |region| &region.function_name,
    },
    Metric {
        title: "API requests",
        namespace: "AWS/ApiGateway",
        name: "Count",
        dimension: "ApiName",
        statistic: "Sum",
        of: |region| &region.api_name,
    },
    Metric {
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
    let widgets = METRICS
        .iter()
        .zip(0u32..)
        .flat_map(|(metric, row)| {
            columns.iter().zip(0u32..).map(move |(shown, column)| widget(metric, shown, row, column))
        })
        .collect();
    let body: Object = [("widgets", Expression::List(widgets))].into_iter().collect();
    let name = region.name(NameKind::Dashboard, "failover");
    region.add(cloudwatch::Dashboard::new("failover", jsonencode(body), name))
}

fn widget(metric: &Metric, shown: &RegionMetrics, row: u32, column: u32) -> Expression {
    let series = Expression::List(vec![
        metric.namespace.into(),
        metric.name.into(),
        metric.dimension.into(),
        (metric.of)(shown).clone().into(),
    ]);
    let properties: Object = [
        ("title", Expression::from(format!("{}: {}", shown.region.name(), metric.title))),
        ("region", shown.region.name().into()),
        ("metrics", Expression::List(vec![series])),
        ("stat", metric.statistic.into()),
        ("period", PERIOD_SECONDS.into()),
        ("view", "timeSeries".into()),
        ("stacked", false.into()),
    ]
    .into_iter()
    .collect();
    let widget: Object = [
        ("type", Expression::from("metric")),
        ("x", (column * WIDGET_WIDTH).into()),
        ("y", (row * WIDGET_HEIGHT).into()),
        ("width", WIDGET_WIDTH.into()),
        ("height", WIDGET_HEIGHT.into()),
        ("properties", properties.into()),
    ]
    .into_iter()
    .collect();
    widget.into()
}
