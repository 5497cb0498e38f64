//! `dr-synth graph`: what it draws, and where to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::{dr_synth, golden};

fn drawn(flags: &str) -> String {
    let document = dr_synth("").succeed().stdout();
    dr_synth(&format!("graph {flags}")).file("main.tf.json", &document).succeed().stdout()
}

#[test]
fn the_default_document_in_every_language() {
    golden("tests/integration/cli/snapshots/graph.mmd", &drawn(""));
    golden("tests/integration/cli/snapshots/graph.dot", &drawn("--format dot"));
    golden("tests/integration/cli/snapshots/graph.json", &drawn("--format json"));
    assert_eq!(drawn("--format text"), drawn(""), "text is what people read: Mermaid");
}

/// The ids of boxes, and how many arrows there are: a box has a label in quotes, an arrow has ends.
fn of_text(text: &str) -> (BTreeSet<String>, usize) {
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with('b'));
    let (boxes, arrows): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.contains('"') && !line.contains("->"));
    let id = |line: &&str| line.split(['[', '(', ' ']).next().unwrap().to_owned();
    (boxes.iter().map(id).collect(), arrows.len())
}

#[test]
fn every_arrow_joins_boxes_that_are_there() {
    for flags in ["", "--detail"] {
        let document: Value = serde_json::from_str(&drawn(&format!("--format json {flags}"))).unwrap();
        let all = |member: &str| document[member].as_array().unwrap().clone();
        let boxes: BTreeSet<String> = all("boxes").iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(boxes.len(), all("boxes").len(), "an id stands twice");
        let arrows: Vec<[String; 2]> = all("arrows")
            .iter()
            .map(|arrow| ["from", "to"].map(|end| arrow[end].as_str().unwrap().to_owned()))
            .collect();
        assert!(!arrows.is_empty() && arrows.iter().flatten().all(|end| boxes.contains(end)), "{arrows:?}");
        for format in ["mermaid", "dot"] {
            let text = drawn(&format!("--format {format} {flags}"));
            assert_eq!(of_text(&text), (boxes.clone(), arrows.len()), "{format}: {text}");
        }
    }
}

#[test]
fn blocks_and_elements_end_where_they_should() {
    let mermaid = drawn("--detail");
    let count = |word: &str| mermaid.lines().filter(|line| line.trim().split(' ').next() == Some(word)).count();
    assert_eq!((count("subgraph"), count("flowchart")), (count("end"), 1), "{mermaid}");
    let dot = drawn("--format dot --detail");
    assert_eq!(dot.matches('{').count(), dot.matches('}').count(), "{dot}");
    for flags in ["", "--detail"] {
        let svg = drawn(&format!("--format svg {flags}"));
        assert_eq!(unclosed(&svg), Vec::<String>::new(), "{svg}");
    }
}

/// What a reader of XML would stumble over: elements that are not closed, or closed in the wrong order.
fn unclosed(xml: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut wrong = Vec::new();
    for tag in xml.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).filter(|tag| !tag.starts_with('!')) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap().to_owned();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) if open.pop().as_ref() != Some(&name) => wrong.push(name),
            (false, false) => open.push(name),
            _ => {}
        }
        if tag.matches('"').count() % 2 == 1 {
            wrong.push(tag.to_owned());
        }
    }
    wrong.extend(open);
    wrong
}

#[test]
fn elements_that_are_not_closed_are_noticed() {
    assert_eq!(unclosed("<a b=\"c\"><d/></a>"), Vec::<String>::new());
    assert_eq!(unclosed("<a><b></a>"), ["a", "a"]);
    assert_eq!(unclosed("<a b=\"></a>"), ["a b=\""]);
}

/// The README shows it.
#[test]
fn the_picture_of_the_readme_is_drawn_from_the_default_document() {
    golden("docs/graph.svg", &drawn("--format svg"));
    let readme = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.contains("docs/graph.svg"));
}

#[test]
fn only_its_own_files_are_overwritten() {
    let document = dr_synth("").succeed().stdout();
    for (format, name) in [("mermaid", "a.mmd"), ("dot", "a.dot"), ("svg", "a.svg"), ("json", "a.json")] {
        let run = |content: &str, flags: &str| {
            dr_synth(&format!("graph --format {format} -o {name} {flags}"))
                .file("main.tf.json", &document)
                .file(name, content)
                .finish()
        };
        let refused = run("somebody's", "");
        assert_eq!((refused.status(), refused.read(name)), (2, "somebody's".to_owned()), "{format}");
        assert_eq!(run("somebody's", "--force").status(), 0, "{format}");
        let own = run("somebody's", "--force").read(name);
        assert_eq!(run(&own.replace("us-east-1", "us-east-9"), "").read(name), own, "{format}");
    }
}
