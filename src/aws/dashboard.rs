//! The body of a `CloudWatch` dashboard (`CloudWatch` API reference, "Dashboard body structure and syntax").

use std::borrow::Cow;

use crate::terraform::functions::jsonencode;
use crate::terraform::{Expression, Object, Value};

/// Units that a dashboard is wide.
pub const GRID_WIDTH: u32 = 24;

/// What a dashboard shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DashboardBody {
    widgets: Vec<MetricWidget>,
}

/// A graph of metrics over time.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricWidget {
    /// What stands above it.
    pub title: Cow<'static, str>,
    /// The region that its metrics are read from.
    pub region: Cow<'static, str>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// How they are drawn.
    pub view: View,
    /// How the values of a period become one, such as `Sum`.
    pub statistic: &'static str,
    /// Seconds that become one point.
    pub period_seconds: u32,
    /// Where it stands.
    pub place: Rectangle,
}

/// How metrics are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// A line over time.
    TimeSeries,
    /// The latest value, in large digits.
    SingleValue,
}

impl View {
    fn name(self) -> &'static str {
        match self {
            Self::TimeSeries => "timeSeries",
            Self::SingleValue => "singleValue",
        }
    }
}

/// A metric of one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Whose metric it is, such as `AWS/RDS`.
    pub namespace: Value<String>,
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub dimensions: Vec<(&'static str, Value<String>)>,
}

/// A rectangle on the dashboard's grid, in its units, from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectangle {
    /// Units from the left, below [`GRID_WIDTH`].
    pub x: u32,
    /// Units from the top.
    pub y: u32,
    /// Units wide.
    pub width: u32,
    /// Units high.
    pub height: u32,
}

impl DashboardBody {
    /// A body of these widgets.
    pub fn new(widgets: impl IntoIterator<Item = MetricWidget>) -> Self {
        Self { widgets: widgets.into_iter().collect() }
    }

    /// The body as JSON text.
    pub fn to_json(&self) -> Value<String> {
        let widgets = self.widgets.iter().map(|widget| Expression::Object(widget.to_object())).collect();
        jsonencode([("widgets", Expression::List(widgets))].into_iter().collect::<Object>())
    }
}

impl MetricWidget {
    fn to_object(&self) -> Object {
        let metrics = self.metrics.iter().map(Metric::to_expression).collect();
        let properties: Object = [
            ("title", Expression::from(self.title.clone())),
            ("region", self.region.clone().into()),
            ("metrics", Expression::List(metrics)),
            ("stat", self.statistic.into()),
            ("period", self.period_seconds.into()),
            ("view", self.view.name().into()),
            ("stacked", false.into()),
        ]
        .into_iter()
        .collect();
        let Rectangle { x, y, width, height } = self.place;
        [
            ("type", Expression::from("metric")),
            ("x", x.into()),
            ("y", y.into()),
            ("width", width.into()),
            ("height", height.into()),
            ("properties", properties.into()),
        ]
        .into_iter()
        .collect()
    }
}

impl Metric {
    /// Namespace, name, and then a name and a value for each dimension, all in one list.
    fn to_expression(&self) -> Expression {
        let dimensions = self.dimensions.iter().flat_map(|(name, value)| [(*name).into(), value.clone().into()]);
        Expression::List([self.namespace.clone().into(), self.name.into()].into_iter().chain(dimensions).collect())
    }
}
