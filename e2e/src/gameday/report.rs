//! What a game day has found, scenario by scenario, in `target/gameday.json`. Its form is `e2e/gameday.schema.json`.
//!
//! It is written whenever something is known, so that a run that fails, or is ended, leaves what it knows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use super::ledger::Comparison;

/// The report of one run.
pub struct Report {
    file: PathBuf,
    started_at: u64,
    content: Mutex<Content>,
}

#[derive(Default)]
struct Content {
    is_over: bool,
    scenarios: Vec<Entry>,
    trouble: Option<String>,
}

/// One scenario.
struct Entry {
    name: String,
    what: String,
    began: Option<Instant>,
    took: Option<Duration>,
    checks: Vec<Check>,
    figures: Figures,
}

/// One check of a scenario, with the reason if it has failed.
struct Check {
    name: String,
    seconds: f64,
    failure: Option<String>,
}

/// What a scenario has measured. What it has not, stays out.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// From the outage until the last customer could pay again.
    pub rto: Option<Duration>,
    /// The same with AWS's plan value for a promotion.
    pub rto_with_aws_promotion: Option<Duration>,
    /// How far back the oldest lost payment was acknowledged before the outage.
    pub rpo: Option<Duration>,
    /// Planned moves, each with the longest time for which one customer could not pay.
    pub planned_waits: BTreeMap<&'static str, Duration>,
    /// Payments that customers hold an acknowledgement of.
    pub acknowledged: Option<usize>,
    /// Those of them that are not in the database.
    pub lost: Option<Vec<String>>,
    /// Payments that are in the database more than once.
    pub doubled: Option<usize>,
    /// What people were told, in order.
    pub notices: Vec<String>,
}

impl Figures {
    /// Takes over what a comparison of all acknowledged payments has found.
    pub fn count(&mut self, acknowledged: usize, comparison: &Comparison) {
        self.acknowledged = Some(acknowledged);
        self.lost = Some(comparison.lost_ids());
        self.doubled = Some(comparison.doubled.len());
    }
}

impl Report {
    /// An empty report of these scenarios, each with its name and what it is about.
    pub fn of<'a>(file: &Path, scenarios: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let entry = |(name, what): (&str, &str)| Entry {
            name: name.to_owned(),
            what: what.to_owned(),
            began: None,
            took: None,
            checks: Vec::new(),
            figures: Figures::default(),
        };
        let content = Content { scenarios: scenarios.into_iter().map(entry).collect(), ..Content::default() };
        let started_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let report = Self { file: file.to_owned(), started_at, content: Mutex::new(content) };
        report.save();
        report
    }

    /// A scenario begins.
    pub fn begin(&self, name: &str) {
        self.change(name, |entry| entry.began = Some(Instant::now()));
    }

    /// A check of a scenario has passed, or failed for this reason.
    pub fn check(&self, name: &str, check: &str, took: Duration, failure: Option<&str>) {
        self.change(name, |entry| {
            entry.checks.push(Check {
                name: check.to_owned(),
                seconds: took.as_secs_f64(),
                failure: failure.map(str::to_owned),
            });
        });
    }

    /// A scenario has measured something.
    pub fn note(&self, name: &str, note: impl FnOnce(&mut Figures)) {
        self.change(name, |entry| note(&mut entry.figures));
    }

    /// A scenario is over.
    pub fn end(&self, name: &str) {
        self.change(name, |entry| entry.took = entry.began.map(|began| began.elapsed()));
    }

    /// The run is over.
    ///
    /// # Errors
    ///
    /// When the report could not be written, now or before.
    pub fn conclude(&self) -> Result<()> {
        self.content().is_over = true;
        self.save();
        match self.content().trouble.take() {
            None => Ok(()),
            Some(trouble) => bail!("{trouble}"),
        }
    }

    /// The report as it stands.
    pub fn to_json(&self) -> Value {
        let content = self.content();
        let scenarios: Vec<_> = content.scenarios.iter().map(Entry::to_json).collect();
        json!({
            "schema_version": 1,
            "started_at": self.started_at,
            "finished": content.is_over,
            "passed": content.is_over && content.scenarios.iter().all(Entry::has_passed),
            "scenarios": scenarios,
        })
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let content = self.content();
        let mut lines = vec![format!(
            "{:16} {:8} {:>7} {:>7} {:>6} {:>8} {:>8}",
            "scenario", "outcome", "seconds", "RTO s", "lost", "doubled", "notices"
        )];
        for entry in &content.scenarios {
            let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
            let figures = &entry.figures;
            lines.push(format!(
                "{:16} {:8} {:>7} {:>7} {:>6} {:>8} {:>8}",
                entry.name,
                entry.outcome(),
                text(entry.took.map(|took| took.as_secs().to_string())),
                text(figures.rto.map(|rto| format!("{:.1}", rto.as_secs_f64()))),
                text(figures.lost.as_ref().map(|lost| lost.len().to_string())),
                text(figures.doubled.map(|doubled| doubled.to_string())),
                figures.notices.len()
            ));
            for (what, wait) in &figures.planned_waits {
                lines.push(format!(
                    "{:16} longest wait of a customer: {:.1} s",
                    format!("  {what}"),
                    wait.as_secs_f64()
                ));
            }
        }
        lines.join("\n")
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.content().scenarios.iter_mut().find(|entry| entry.name == name) {
            change(entry);
        }
        self.save();
    }

    /// Another file first, then its name: nobody ever reads half a report.
    fn save(&self) {
        let text = format!("{:#}\n", self.to_json());
        let mut content = self.content();
        if let Err(error) = write(&self.file, &text) {
            content.trouble = Some(format!("{error:#}"));
        }
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn has_passed(&self) -> bool {
        self.took.is_some() && self.checks.iter().all(|check| check.failure.is_none())
    }

    fn outcome(&self) -> &'static str {
        match (self.began, self.took) {
            (None, _) => "not run",
            (Some(_), None) => "broken",
            _ if self.has_passed() => "passed",
            _ => "failed",
        }
    }

    fn to_json(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("name".to_owned(), self.name.clone().into());
        entry.insert("what".to_owned(), self.what.clone().into());
        entry.insert("outcome".to_owned(), self.outcome().replace(' ', "_").into());
        if let Some(took) = self.took {
            entry.insert("seconds".to_owned(), seconds(took));
        }
        entry.insert("checks".to_owned(), self.checks.iter().map(Check::to_json).collect());
        entry.insert("figures".to_owned(), self.figures.to_json());
        Value::Object(entry)
    }
}

impl Check {
    fn to_json(&self) -> Value {
        let mut check = json!({"name": self.name, "passed": self.failure.is_none(), "seconds": rounded(self.seconds)});
        if let Some(failure) = &self.failure {
            check["failure"] = failure.clone().into();
        }
        check
    }
}

impl Figures {
    fn to_json(&self) -> Value {
        let durations = [
            ("rto_seconds", self.rto),
            ("rto_with_aws_promotion_seconds", self.rto_with_aws_promotion),
            ("rpo_seconds", self.rpo),
        ];
        let known = durations.into_iter().filter_map(|(name, value)| Some((name, seconds(value?))));
        let mut figures: Map<String, Value> = known.map(|(name, value)| (name.to_owned(), value)).collect();
        let mut insert = |name: &str, value: Option<Value>| {
            figures.extend(value.map(|value| (name.to_owned(), value)));
        };
        insert("acknowledged", self.acknowledged.map(Value::from));
        insert("lost", self.lost.clone().map(Value::from));
        insert("doubled", self.doubled.map(Value::from));
        let waits: Map<_, _> =
            self.planned_waits.iter().map(|(what, wait)| ((*what).to_owned(), seconds(*wait))).collect();
        insert("planned_wait_seconds", (!waits.is_empty()).then_some(Value::Object(waits)));
        insert("notices", Some(self.notices.clone().into()));
        Value::Object(figures)
    }
}

fn seconds(duration: Duration) -> Value {
    rounded(duration.as_secs_f64())
}

fn rounded(seconds: f64) -> Value {
    json!((seconds * 1000.0).round() / 1000.0)
}

fn write(file: &Path, text: &str) -> Result<()> {
    let draft = file.with_extension("json.new");
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    fs::write(&draft, text).with_context(|| format!("writing {}", draft.display()))?;
    fs::rename(&draft, file).with_context(|| format!("writing {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use serde_json::Value;

    use super::Report;

    const SCHEMA: &str = include_str!("../../gameday.schema.json");

    fn problems(report: &Value) -> Vec<String> {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn report(folder: &tempfile::TempDir) -> Report {
        Report::of(&folder.path().join("target/gameday.json"), [("first", "One day."), ("second", "Another.")])
    }

    fn read(folder: &tempfile::TempDir) -> Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join("target/gameday.json")).unwrap()).unwrap()
    }

    #[test]
    fn every_report_has_the_documented_form() {
        let folder = tempfile::tempdir().unwrap();
        let report = report(&folder);
        let none: [String; 0] = [];
        assert_eq!(problems(&read(&folder)), none, "before the first scenario");
        report.begin("first");
        report.check("first", "something", Duration::from_millis(1500), Some("it was not so"));
        report.note("first", |figures| {
            figures.rto = Some(Duration::from_millis(125_400));
            figures.rto_with_aws_promotion = Some(Duration::from_secs(250));
            figures.rpo = Some(Duration::ZERO);
            figures.planned_waits.insert("failback", Duration::from_secs(61));
            figures.acknowledged = Some(400);
            figures.lost = Some(vec!["p-1".to_owned()]);
            figures.doubled = Some(0);
            figures.notices.push("Failover done".to_owned());
        });
        assert_eq!(problems(&read(&folder)), none, "in the middle of a scenario");
        report.end("first");
        report.conclude().unwrap();
        assert_eq!(problems(&read(&folder)), none, "at the end");
    }

    #[test]
    fn the_schema_refuses_what_is_no_report() {
        let folder = tempfile::tempdir().unwrap();
        let good = report(&folder).to_json();
        let spoil = |spoil: fn(&mut Value)| {
            let mut report = good.clone();
            spoil(&mut report);
            problems(&report)
        };
        assert!(!spoil(|report| report["scenarios"][0]["outcome"] = "fine".into()).is_empty());
        assert!(!spoil(|report| report["scenarios"][0]["figures"]["rto_seconds"] = "fast".into()).is_empty());
        assert!(!spoil(|report| report["scenarios"][0]["figures"]["speed"] = 1.into()).is_empty());
        assert!(!spoil(|report| report["passed"] = Value::Null).is_empty());
    }

    #[test]
    fn a_run_that_ends_early_leaves_what_it_knows() {
        let folder = tempfile::tempdir().unwrap();
        let report = report(&folder);
        report.begin("first");
        report.check("first", "something", Duration::ZERO, None);
        drop(report);
        let left = read(&folder);
        assert_eq!((&left["finished"], &left["passed"]), (&Value::Bool(false), &Value::Bool(false)));
        assert_eq!(left["scenarios"][0]["outcome"], "broken");
        assert_eq!(left["scenarios"][0]["checks"][0]["passed"], true);
        assert_eq!(left["scenarios"][1]["outcome"], "not_run");
    }

    #[test]
    fn a_report_that_cannot_be_written_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("target"), "a file where the folder has to be").unwrap();
        let error = report(&folder).conclude().unwrap_err();
        assert!(error.to_string().contains("target"), "{error}");
    }

    #[test]
    fn people_see_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let report = report(&folder);
        report.begin("first");
        report.note("first", |figures| {
            figures.lost = Some(Vec::new());
            figures.planned_waits.insert("drill", Duration::from_secs(58));
        });
        report.end("first");
        let table = report.table();
        assert!(table.contains("first            passed"), "{table}");
        assert!(table.contains("second           not run"), "{table}");
        assert!(table.contains("longest wait of a customer: 58.0 s"), "{table}");
    }
}
