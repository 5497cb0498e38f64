//! A flowchart of Mermaid: <https://mermaid.js.org/syntax/flowchart.html>.

use std::fmt::Write as _;

use super::{Component, Graph, Kind, Meaning, plain};

pub(super) fn text(graph: &Graph) -> String {
    let mut text = String::from("flowchart TB\n");
    for (position, one) in graph.boxes.iter().enumerate().filter(|(_, one)| one.region.is_none()) {
        let _ = writeln!(text, "  {}", node(position, one));
    }
    for (number, region) in graph.regions().into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph r{number} [\"{}\"]", plain(region));
        for (position, one) in graph.boxes.iter().enumerate().filter(|(_, one)| one.region.as_deref() == Some(region)) {
            let _ = writeln!(text, "    {}", node(position, one));
        }
        text.push_str("  end\n");
    }
    for arrow in &graph.arrows {
        let line = match arrow.meaning {
            Meaning::Sends => "==>",
            Meaning::FailsOver => "-. fails over .->",
            Meaning::Calls => "-->",
            Meaning::Replicates => "== replicates ==>",
        };
        let _ = writeln!(text, "  b{} {line} b{}", arrow.from, arrow.to);
    }
    text
}

fn node(position: usize, one: &Component) -> String {
    let label = format!("{}<br/>{}", plain(&one.name), plain(&one.what));
    match one.kind {
        Kind::Database | Kind::Table | Kind::Storage | Kind::Vault => format!("b{position}[(\"{label}\")]"),
        Kind::Name => format!("b{position}([\"{label}\"])"),
        _ => format!("b{position}[\"{label}\"]"),
    }
}
