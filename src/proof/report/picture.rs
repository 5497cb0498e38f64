//! The architecture: the picture of `dr-synth graph`, and what it shows in words.

use serde_json::{Value, json};

use crate::proof::graph::{Component, Graph};

/// The section, as the template takes it.
pub(super) fn of(graph: &Graph, picture: &Result<String, String>) -> Value {
    let (svg, missing) = match picture {
        Ok(svg) => (svg.as_str(), None),
        Err(reason) => ("", Some(reason)),
    };
    let arrows: Vec<_> = graph
        .arrows
        .iter()
        .map(|arrow| {
            let [from, to] = [arrow.from, arrow.to].map(|end| graph.boxes.get(end).map(described));
            json!({"from": from, "meaning": arrow.meaning.name(), "to": to})
        })
        .collect();
    json!({
        "svg": svg,
        "missing": missing,
        "is_empty": graph.boxes.is_empty(),
        "boxes": graph.boxes.iter().map(|one| json!({
            "name": described(one), "region": one.region, "addresses": one.addresses,
        })).collect::<Vec<_>>(),
        "arrows": arrows,
    })
}

/// A box by its name, kind and place.
fn described(one: &Component) -> String {
    let place = one.region.as_ref().map(|region| format!(", {region}")).unwrap_or_default();
    format!("{} ({}{place})", one.name, one.what)
}
