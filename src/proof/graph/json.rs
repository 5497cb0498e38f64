//! Boxes and arrows for programs: version 1 of the document, whose members stay what they are.

use serde_json::{Value, json};

use super::{Arrow, Component, Graph};

pub(super) fn document(graph: &Graph) -> Value {
    json!({
        "version": 1,
        "regions": graph.regions(),
        "boxes": graph.boxes.iter().enumerate().map(|(position, one)| of_box(position, one)).collect::<Vec<_>>(),
        "arrows": graph.arrows.iter().map(of_arrow).collect::<Vec<_>>(),
    })
}

/// As Mermaid and dot call it.
fn id(position: usize) -> String {
    format!("b{position}")
}

fn of_box(position: usize, one: &Component) -> Value {
    json!({
        "id": id(position),
        "kind": one.kind.name(),
        "name": one.name,
        "what": one.what,
        "region": one.region,
        "addresses": one.addresses,
    })
}

fn of_arrow(arrow: &Arrow) -> Value {
    json!({ "from": id(arrow.from), "to": id(arrow.to), "meaning": arrow.meaning.id() })
}
