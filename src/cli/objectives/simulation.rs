//! What many faults came to, for people and for programs.

use std::fmt::Write as _;

use dr_synth::proof::objectives::{Percentiles, Simulation};
use serde_json::{Value, json};

use super::json::rounded;

pub(super) fn text(text: &mut String, played: &Result<Simulation, String>) {
    let simulation = match played {
        Ok(simulation) => simulation,
        Err(reason) => {
            let _ = writeln!(text, "\nSimulation: cannot tell, because {reason}");
            return;
        }
    };
    let _ = writeln!(
        text,
        "\nSimulation of {} faults, seed {}: seconds until payments work, of so many in a hundred; how often each fault happens is \
         assumed",
        simulation.faults, simulation.seed
    );
    let _ = writeln!(
        text,
        "  {:41}  {:>8}  {:>7}  {:>7}  {:>7}  {:>7}  {:>6}",
        "", "faults", "50", "95", "99", "longest", "people"
    );
    row(text, "all", &simulation.all);
    for of in &simulation.by_fault {
        row(text, of.fault.name(), &of.percentiles);
    }
    text.push_str(
        "  `people` is how often a person was needed; `-` where so many in a hundred are not back by themselves\n",
    );
    if let Some((simulated, computed)) = simulation.mean {
        let _ = writeln!(
            text,
            "\nWhere nothing fails but the region: {simulated:.1} s simulated on average, {computed:.1} s computed ({:+.1} %)",
            percent(simulated, computed)
        );
    }
    if !simulation.worst.is_empty() {
        text.push_str("\nThe longest that needed no operator\n");
    }
    for (at, what) in &simulation.worst {
        let _ = writeln!(text, "  {at:7.1} s  {what}");
    }
}

fn row(text: &mut String, name: &str, found: &Percentiles) {
    let seconds = |seconds: Option<f64>| seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.0}"));
    let [half, of_95, of_99, longest] = [found.half, found.of_95, found.of_99, found.longest].map(seconds);
    let _ = writeln!(
        text,
        "  {name:41}  {:>8}  {half:>7}  {of_95:>7}  {of_99:>7}  {longest:>7}  {:>6}",
        found.faults, found.people
    );
}

fn percent(simulated: f64, computed: f64) -> f64 {
    (simulated / computed - 1.0) * 100.0
}

pub(super) fn document(played: &Result<Simulation, String>) -> Value {
    let simulation = match played {
        Ok(simulation) => simulation,
        Err(reason) => return json!({ "cannot_tell_because": reason }),
    };
    let by_fault = simulation.by_fault.iter().map(|of| {
        let mut row = percentiles(&of.percentiles);
        row["fault"] = of.fault.name().into();
        row["assumed_percent"] = of.fault.percent().into();
        row
    });
    let worst = simulation.worst.iter().map(|(at, what)| json!({ "seconds": rounded(*at), "what": what }));
    json!({
        "faults": simulation.faults,
        "seed": simulation.seed,
        "all": percentiles(&simulation.all),
        "by_fault": by_fault.collect::<Vec<_>>(),
        "mean_seconds": simulation.mean.map(|(simulated, computed)| {
            json!({ "simulated": rounded(simulated), "computed": rounded(computed) })
        }),
        "longest": worst.collect::<Vec<_>>(),
    })
}

fn percentiles(found: &Percentiles) -> Value {
    json!({
        "faults": found.faults,
        "people_needed": found.people,
        "seconds": {
            "50": found.half.map(rounded),
            "95": found.of_95.map(rounded),
            "99": found.of_99.map(rounded),
            "longest": found.longest.map(rounded),
        },
    })
}
