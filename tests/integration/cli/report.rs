//! `dr-synth report`: one file, with everything in it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::common::{Run, dr_synth, golden};

fn in_stack(arguments: &str) -> Run {
    dr_synth(arguments).file("main.tf.json", &dr_synth("").succeed().stdout())
}

pub(crate) const GAME_DAY: &str = r#"{"schema_version": 1, "started_at": 1796000000, "finished": true, "passed": true, "scenarios": [
    {"name": "region-lost", "what": "the primary is cut off", "outcome": "passed", "checks": [],
     "figures": {"rto_seconds": 121.5, "rto_with_aws_promotion_seconds": 240.0, "rpo_seconds": 0, "acknowledged": 400,
                 "lost": [], "doubled": 0, "notices": []}}]}"#;

#[test]
fn a_page_is_printed_or_written() {
    let printed = in_stack("report --title payments-prod").succeed().stdout();
    assert!(printed.contains("<title>Disaster recovery of payments-prod</title>"));
    let written = in_stack("report --title payments-prod -o report.html").succeed();
    assert_eq!(written.stderr(), "wrote report.html\n");
    // The mark of the file has its kind and a hash too.
    let (mark, page) = written.read("report.html").split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(printed.split_once('\n').unwrap().1, page);
    assert!(mark.starts_with("<!-- Written by dr-synth") && mark.contains("; report in HTML, sha256 "), "{mark}");
    assert!(
        in_stack("report -o report.html").file("report.html", "<!doctype html>").refuse().contains("did not write")
    );
}

#[test]
fn evidence_stands_in_it_or_is_refused() {
    let page = in_stack("report --evidence gameday.json").file("gameday.json", GAME_DAY).succeed().stdout();
    assert!(page.contains("<section id=\"days\"") && page.contains("121.5 s") && page.contains("2026-11-30"), "{page}");
    let refused = in_stack("report --evidence gameday.json").file("gameday.json", "{}").refuse();
    assert!(refused.contains("gameday.json") && refused.contains("schema_version"), "{refused}");
}

#[test]
fn any_configuration_has_a_report() {
    let page = dr_synth("report").file("main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n").succeed().stdout();
    assert!(page.contains("aws_s3_bucket.b") && page.contains("There is none: this is no stack of dr-synth"), "{page}");
    dr_synth("report").file("main.tf.json", "{\"locals\": {\"a\": 1}}").succeed();
    assert_eq!(dr_synth("report").finish().status(), 2);
}

/// The parts of a page that give it its structure, one a line: headings, captions, pictures and verdicts. What the runbook says
/// is compared elsewhere.
fn structure(page: &str) -> String {
    let body = page.split("<section id=\"runbook\"").next().unwrap();
    let mut text = String::new();
    for (at, _) in body.match_indices('<') {
        let rest = &body[at + 1..];
        let (indent, end) = match rest.split([' ', '>']).next().unwrap() {
            "h1" | "h2" => ("", "</h"),
            "h3" => ("  ", "</h3>"),
            "caption" => ("    ", "</caption>"),
            "svg" => ("    ", "</svg>"),
            "li" if rest.starts_with("li class=\"tile") => ("    ", "</li>"),
            _ => continue,
        };
        let element = rest.split(end).next().unwrap().split("</desc>").next().unwrap();
        let words: String = element.split('>').skip(1).map(|part| part.split('<').next().unwrap()).collect();
        let name = rest.split([' ', '>']).next().unwrap();
        let _ = writeln!(text, "{indent}{name}: {}", words.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    text
}

#[test]
fn the_structure_of_the_default_page() {
    let page = in_stack("report --title payments-prod").succeed().stdout();
    golden("tests/integration/cli/snapshots/report.structure.txt", &structure(&page));
}

#[test]
fn the_picture_and_the_timeline_are_those_of_graph_and_objectives() {
    let page = in_stack("report").succeed().stdout();
    let picture = in_stack("graph --format svg").succeed().stdout();
    let picture = picture.split_once('\n').unwrap().1;
    assert!(page.contains(picture), "the picture is another one");
    let found = in_stack("objectives --format json").succeed().document();
    let ways = found["recovery_time"]["ways"].as_array().unwrap();
    let chart = page.split("<svg class=\"chart timeline\"").nth(1).unwrap().split("</svg>").next().unwrap();
    let steps: Vec<&Value> = ways.iter().flat_map(|way| way["steps"].as_array().unwrap()).collect();
    // Each step has two bars, and the legend too.
    assert_eq!(chart.matches("<rect ").count(), 2 * steps.len() + 2, "{chart}");
    let escaped = |step: &Value| step["name"].as_str().unwrap().replace('\'', "&#39;");
    assert!(steps.iter().all(|step| chart.contains(&escaped(step))), "{chart}");
    assert!(chart.contains("objective: 300 s") && chart.contains("<desc id="), "{chart}");
}

#[test]
fn what_nobody_can_tell_has_no_chart_and_says_why() {
    let page = dr_synth("report").file("main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n").succeed().stdout();
    assert!(!page.contains("<svg class=\"chart timeline\"") && page.contains("Cannot tell, because"), "{page}");
    assert!(page.contains("no objective is stated"), "{page}");
    let empty = dr_synth("report").file("main.tf.json", "{\"locals\": {\"a\": 1}}").succeed().stdout();
    assert!(empty.contains("There is nothing in this configuration that takes requests"), "{empty}");
}

/// Members by their names and types. Of a list the first element stands for all.
fn shape(value: &Value, indent: usize, text: &mut String) {
    let pad = "  ".repeat(indent);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let _ = writeln!(text, "{pad}{name}: {}", kind(value));
                if indent < 2 {
                    shape(value, indent + 1, text);
                }
            }
        }
        Value::Array(all) => all.first().into_iter().for_each(|first| shape(first, indent, text)),
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

#[test]
fn programs_get_what_each_command_says_by_itself() {
    let report =
        in_stack("report --format json --evidence gameday.json").file("gameday.json", GAME_DAY).succeed().document();
    let mut text = String::new();
    shape(&report, 0, &mut text);
    golden("tests/integration/cli/snapshots/report.shape.txt", &text);
    for (member, command) in [("objectives", "objectives --format json"), ("cost", "cost --format json")] {
        assert_eq!(report[member], in_stack(command).finish().document(), "{command}");
    }
    let mut graph = in_stack("graph --format json").succeed().document();
    graph.as_object_mut().unwrap().remove("//");
    assert_eq!(report["graph"], graph);
    assert_eq!(report["findings"], in_stack("check --format json").finish().document()["findings"]);
    assert_eq!(report["runbook"]["names"], in_stack("runbook --format json").succeed().document()["names"]);
    assert_eq!((&report["version"], &report["game_days"][0]["rto_seconds"]), (&1.into(), &121.5.into()));
}

#[test]
fn a_report_for_programs_is_overwritten_too() {
    let written = in_stack("report --format json -o report.json").succeed().read("report.json");
    let again = in_stack("report --format json --title other -o report.json").file("report.json", &written).succeed();
    assert_eq!(again.stderr(), "wrote report.json\n");
    assert_ne!(again.read("report.json"), written);
}
