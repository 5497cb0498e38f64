//! How long the service is away once its region is lost: the ways that lead back, side by side.

use super::automation::Automation;
use super::dns::Dns;
use super::span::Span;
use super::step::Step;
use super::targets::Target;
use super::verdict::Verdict;
use crate::proof::model::{Model, Node, Resource, Truth};

/// The steps of one way, each after the one before.
#[derive(Debug, Clone)]
pub struct Way {
    /// What comes back.
    pub name: String,
    /// The steps, or why it cannot be told what they are.
    pub steps: Result<Vec<Step>, String>,
}

/// The time until payments, or whatever the service does, work in the other region.
#[derive(Debug, Clone)]
pub struct RecoveryTime {
    /// The ways; the service is back when the last of them has ended.
    pub ways: Vec<Way>,
    /// All of it, where every way is known.
    pub total: Option<Span>,
    /// What came of the objective.
    pub verdict: Verdict,
    /// How long the promotion may take before the objective is missed at worst, where there is one.
    pub longest_promotion: Option<f64>,
    /// After how long people are called because the promotion has not ended.
    pub people_are_called_after: Option<Span>,
}

impl Way {
    /// From the first step's beginning to the last one's end.
    pub fn total(&self) -> Option<Span> {
        Some(self.steps.as_ref().ok()?.iter().map(|step| step.span).sum())
    }
}

/// The recovery of a region that is lost.
pub(super) fn recovery_time(
    model: &Model,
    dns: &Dns<'_>,
    automation: &Result<Automation<'_>, String>,
    target: Option<&Target>,
) -> RecoveryTime {
    let mut ways = traffic(model, dns);
    let promoted = need_promotion(model);
    let first = ways.len();
    for database in &promoted {
        let steps = match (database.kind.as_str(), automation) {
            ("aws_rds_global_cluster", Ok(automation)) => Ok(automation.steps(model)),
            ("aws_rds_global_cluster", Err(reason)) => Err(reason.clone()),
            _ => Err(
                "AWS says nothing of how long a promotion takes that is started manually, or of when an operator starts it"
                    .to_owned(),
            ),
        };
        ways.push(Way { name: format!("database: {}", database.address), steps });
    }
    let totals: Option<Vec<Span>> = ways.iter().map(Way::total).collect();
    let total =
        totals.filter(|totals| !totals.is_empty()).map(|totals| totals.into_iter().fold(Span::default(), Span::and));
    let promotion = super::durations::PROMOTION.span().worst;
    let by_database = ways.get(first).and_then(Way::total);
    RecoveryTime {
        verdict: Verdict::of(total.map(|span| span.worst), target),
        longest_promotion: by_database
            .zip(target)
            .map(|(span, target)| target.seconds - (span.worst - promotion))
            .filter(|_| automation.is_ok()),
        people_are_called_after: automation.as_ref().ok().and_then(Automation::promotion_limit),
        ways,
        total,
    }
}

/// How customers are sent elsewhere: each name that fails over by itself.
fn traffic(model: &Model, dns: &Dns<'_>) -> Vec<Way> {
    let ways: Vec<Way> = dns
        .of_customers()
        .map(|record| Way {
            name: format!("traffic: {}", record.at("name").text().get().unwrap_or_else(|| record.address.clone())),
            steps: dns
                .change(model, record)
                .map(|change| change.steps().into())
                .map_err(|reason| format!("{}: {reason}", record.address)),
        })
        .collect();
    if !ways.is_empty() {
        return ways;
    }
    let reason = "no Route 53 record of this configuration with an address has failover routing: who else sends customers to another \
                  region, and when, is not written here";
    vec![Way { name: "traffic".to_owned(), steps: Err(reason.to_owned()) }]
}

/// The databases that stand in another region too, and take no writes there before they are promoted.
fn need_promotion(model: &Model) -> Vec<&Resource> {
    let global = ["aws_rds_global_cluster", "aws_docdb_global_cluster", "aws_neptune_global_cluster"];
    let globals = global.into_iter().flat_map(|kind| model.of_type(kind));
    let follow = [
        ("aws_rds_cluster", "replication_source_identifier"),
        ("aws_docdb_cluster", "replication_source_identifier"),
        ("aws_neptune_cluster", "replication_source_identifier"),
        ("aws_db_instance", "replicate_source_db"),
    ];
    let replicas = follow.into_iter().flat_map(|(kind, argument)| model.of_type(kind).map(move |one| (one, argument)));
    let replicas = replicas.filter(|(replica, argument)| {
        let source = replica.at(argument);
        // Only an ARN names a source in another region. What follows as a member of a global database is promoted with it.
        source.text().get().is_some_and(|text| text.starts_with("arn:"))
            && !replica.at("global_cluster_identifier").is_set()
            && crosses(model, replica, source) != Truth::No
    });
    globals.chain(replicas.map(|(replica, _)| replica)).collect()
}

fn crosses(model: &Model, replica: &Resource, source: &Node) -> Truth {
    match model.resolve(&[&replica.kind], source, replica) {
        crate::proof::model::Target::Found(found) if found.region == replica.region => Truth::No,
        crate::proof::model::Target::Found(_) => Truth::Yes,
        _ => Truth::Unknown("its source stands somewhere else".to_owned()),
    }
}
