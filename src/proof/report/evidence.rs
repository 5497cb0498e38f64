//! What game days measured: the report that `make gameday` writes (`e2e/gameday.schema.json`).

use serde_json::Value;

/// The version of the file that is known here.
const VERSION: u64 = 1;

/// A scenario of a game day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Its name.
    pub name: String,
    /// What happens in it.
    pub what: String,
    /// `passed`, `failed`, `broken` or `not_run`.
    pub outcome: String,
    /// When the run began, in seconds since 1970.
    pub started_at: u64,
    /// How long one customer could not pay at the most, as measured.
    pub rto_seconds: Option<f64>,
    /// The same with the time that AWS plans for a promotion.
    pub rto_with_aws_seconds: Option<f64>,
    /// How old the oldest lost payment was.
    pub rpo_seconds: Option<f64>,
    /// Payments that were acknowledged.
    pub acknowledged: Option<u64>,
    /// Of them those that are gone.
    pub lost: Option<usize>,
    /// Payments that are there more than once.
    pub doubled: Option<u64>,
}

/// The text is no report of a game day: why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no report of a game day: {0}")]
pub struct EvidenceError(String);

/// Every scenario of a report.
pub(super) fn read(text: &str) -> Result<Vec<Day>, EvidenceError> {
    let report: Value = serde_json::from_str(text).map_err(|error| EvidenceError(error.to_string()))?;
    match report["schema_version"].as_u64() {
        Some(VERSION) => {}
        Some(other) => return Err(EvidenceError(format!("its version is {other}, and {VERSION} is known"))),
        None => return Err(EvidenceError("it has no `schema_version`".to_owned())),
    }
    let started_at = report["started_at"].as_u64().ok_or_else(|| EvidenceError("it has no `started_at`".to_owned()))?;
    let scenarios = report["scenarios"].as_array().filter(|all| !all.is_empty());
    let scenarios = scenarios.ok_or_else(|| EvidenceError("it has no `scenarios`".to_owned()))?;
    scenarios.iter().map(|scenario| day(scenario, started_at)).collect()
}

fn day(scenario: &Value, started_at: u64) -> Result<Day, EvidenceError> {
    let text = |name: &str| {
        let text = scenario[name].as_str().ok_or_else(|| EvidenceError(format!("a scenario has no `{name}`")))?;
        Ok(text.to_owned())
    };
    let outcome = text("outcome")?;
    if !OUTCOMES.contains(&outcome.as_str()) {
        return Err(EvidenceError(format!("`{}` is not an outcome of a scenario", outcome.escape_debug())));
    }
    let figures = &scenario["figures"];
    Ok(Day {
        name: text("name")?,
        what: text("what")?,
        outcome,
        started_at,
        rto_seconds: figure(figures, "rto_seconds", seconds)?,
        rto_with_aws_seconds: figure(figures, "rto_with_aws_promotion_seconds", seconds)?,
        rpo_seconds: figure(figures, "rpo_seconds", seconds)?,
        acknowledged: figure(figures, "acknowledged", Value::as_u64)?,
        lost: figure(figures, "lost", |value| value.as_array().map(Vec::len))?,
        doubled: figure(figures, "doubled", Value::as_u64)?,
    })
}

/// What may become of a scenario.
const OUTCOMES: [&str; 4] = ["passed", "failed", "broken", "not_run"];

/// Longer than any game day.
const MOST_SECONDS: f64 = 1e7;

fn seconds(value: &Value) -> Option<f64> {
    value.as_f64().filter(|seconds| (0.0..=MOST_SECONDS).contains(seconds))
}

/// A figure that may be missing, and must be one where it is there.
fn figure<T>(figures: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, EvidenceError> {
    match &figures[name] {
        Value::Null => Ok(None),
        value => {
            read(value).map(Some).ok_or_else(|| EvidenceError(format!("its `{name}` is not what a game day writes")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn scenarios_with_what_was_measured() {
        let report = json!({
            "schema_version": 1, "started_at": 1_790_000_000, "finished": true, "passed": true,
            "scenarios": [{
                "name": "region-lost", "what": "the primary is cut off", "outcome": "passed", "checks": [],
                "figures": {"rto_seconds": 121.5, "lost": ["a"], "doubled": 0, "notices": []},
            }],
        });
        let days = read(&report.to_string()).unwrap();
        assert_eq!((days[0].rto_seconds, days[0].lost, days[0].rpo_seconds), (Some(121.5), Some(1), None));
    }

    #[test]
    fn anything_else_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "EOF"),
            ("{}", "schema_version"),
            ("{\"schema_version\": 2}", "version is 2"),
            ("{\"schema_version\": 1, \"started_at\": 1, \"scenarios\": []}", "scenarios"),
            ("{\"schema_version\": 1, \"started_at\": 1, \"scenarios\": [1]}", "outcome"),
        ] {
            assert!(read(text).unwrap_err().to_string().contains(reason), "{text}");
        }
        for (figure, value) in [
            ("rto_seconds", json!("12")),
            ("rto_with_aws_promotion_seconds", json!(1e300)),
            ("rpo_seconds", json!(-1)),
            ("lost", json!(3)),
            ("doubled", json!(-1)),
        ] {
            let scenario = json!({"name": "a", "what": "b", "outcome": "passed", "figures": {figure: value}});
            let report = json!({"schema_version": 1, "started_at": 1, "scenarios": [scenario]});
            assert!(read(&report.to_string()).unwrap_err().to_string().contains(figure), "{figure}");
        }
        let scenario = json!({"name": "a", "what": "b", "outcome": "splendid"});
        let report = json!({"schema_version": 1, "started_at": 1, "scenarios": [scenario]});
        assert!(read(&report.to_string()).unwrap_err().to_string().contains("splendid"));
    }
}
