//! The two objectives, and where they come from.

use super::step::Source;
use crate::proof::model::Model;

/// The objectives that are given, instead of those that the configuration declares.
#[derive(Debug, Clone, Copy, Default)]
pub struct GivenTargets {
    /// For how many seconds at most the service may be away.
    pub rto_seconds: Option<f64>,
    /// The writes of how many last seconds at most may be lost.
    pub rpo_seconds: Option<f64>,
}

/// An objective, and who says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// In seconds.
    pub seconds: f64,
    /// Who says so.
    pub source: Source,
}

/// Both, as far as there are any.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    /// For how long the service may be away.
    pub rto: Option<Target>,
    /// How many seconds of writes may be lost.
    pub rpo: Option<Target>,
}

impl Targets {
    /// What was named, else what functions of the configuration are told: those of dr-synth's drill and guards.
    pub(super) fn of(model: &Model, wanted: GivenTargets) -> Self {
        let named = |seconds: f64, flag: &str| Target { seconds, source: Source::Text(flag.to_owned()) };
        Self {
            rto: wanted
                .rto_seconds
                .map(|seconds| named(seconds, "--rto"))
                .or_else(|| declared(model, "RECOVERY_OBJECTIVE_SECONDS", 1.0)),
            rpo: wanted
                .rpo_seconds
                .map(|seconds| named(seconds, "--rpo"))
                .or_else(|| declared(model, "MAXIMUM_LAG_MS", 1_000.0)),
        }
    }
}

/// What the first function with this variable in its environment is told.
fn declared(model: &Model, variable: &str, of_a_second: f64) -> Option<Target> {
    let field = format!("environment.variables.{variable}");
    model.of_type("aws_lambda_function").find_map(|function| {
        let seconds = function.at(&field).number().get()? / of_a_second;
        Some(Target { seconds, source: Source::field(&function.address, field.clone()) })
    })
}
