//! Graphviz's language: <https://graphviz.org/doc/info/lang.html>.

use std::fmt::Write as _;

use super::{Component, Graph, Kind, Meaning, plain};

pub(super) fn text(graph: &Graph) -> String {
    let mut text = String::from(
        "digraph {\n  compound=true; node [shape=box, style=rounded, fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for (position, one) in graph.boxes.iter().enumerate().filter(|(_, one)| one.region.is_none()) {
        let _ = writeln!(text, "  {}", node(position, one));
    }
    for (number, region) in graph.regions().into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph cluster_{number} {{\n    label=\"{}\"; style=rounded;", plain(region));
        for (position, one) in graph.boxes.iter().enumerate().filter(|(_, one)| one.region.as_deref() == Some(region)) {
            let _ = writeln!(text, "    {}", node(position, one));
        }
        text.push_str("  }\n");
    }
    for arrow in &graph.arrows {
        let look = match arrow.meaning {
            Meaning::Sends => " [penwidth=2]",
            Meaning::FailsOver => " [style=dashed, label=\"fails over\"]",
            Meaning::Calls => "",
            Meaning::Replicates => " [penwidth=2, label=\"replicates\"]",
        };
        let _ = writeln!(text, "  b{} -> b{}{look};", arrow.from, arrow.to);
    }
    text.push_str("}\n");
    text
}

fn node(position: usize, one: &Component) -> String {
    let shape = match one.kind {
        Kind::Database | Kind::Table | Kind::Storage | Kind::Vault => ", shape=cylinder, style=\"\"",
        _ => "",
    };
    format!("b{position} [label=\"{}\\n{}\"{shape}];", plain(&one.name), plain(&one.what))
}
