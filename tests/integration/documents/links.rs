//! No link of the documents leads nowhere: neither to a file nor to a heading that is not there.

use std::fmt::Write as _;
use std::path::Path;

use super::{pages, root};

/// A page's text without its code, in which brackets are no links.
fn prose(page: &str) -> String {
    let mut prose = String::new();
    let mut fenced = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            // Every other piece between backticks is code.
            let outside = line.split('`').enumerate().map(|(index, piece)| if index % 2 == 0 { piece } else { "code" });
            let _ = writeln!(prose, "{}", outside.collect::<String>());
        }
    }
    prose
}

/// The targets of a page's links, without those of the web.
fn targets(page: &str) -> Vec<String> {
    let prose = prose(page);
    let after_text = prose.split("](").skip(1);
    let targets = after_text.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(page: &str) -> Vec<String> {
    let mut fenced = false;
    let mut anchors = Vec::new();
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        if !fenced && heading.len() < line.len() && heading.starts_with(' ') {
            let lower = heading.trim().to_lowercase();
            let kept = lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            anchors.push(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
        }
    }
    anchors
}

/// What is wrong with a link of a page.
fn fault(page: &Path, text: &str, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let there = if file.is_empty() { page.to_owned() } else { page.parent()?.join(file) };
    if !there.exists() {
        return Some(format!("{target}: no such file"));
    }
    if anchor.is_empty() {
        return None;
    }
    let there = if file.is_empty() { text.to_owned() } else { std::fs::read_to_string(there).ok()? };
    (!anchors(&there).iter().any(|heading| heading == anchor)).then(|| format!("{target}: no such heading"))
}

#[test]
fn no_link_is_dead() {
    let mut links = 0;
    let mut dead = String::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in targets(&text) {
            links += 1;
            if let Some(fault) = fault(&page, &text, &target) {
                let _ = writeln!(dead, "{}: {fault}", page.strip_prefix(root()).unwrap().display());
            }
        }
    }
    assert!(dead.is_empty(), "{dead}");
    assert!(links > 30, "only {links} links were found");
}

#[test]
fn a_dead_link_is_found() {
    let page = root().join("README.md");
    assert_eq!(fault(&page, "# One\n", "#one"), None);
    assert_eq!(fault(&page, "# One\n", "#two").as_deref(), Some("#two: no such heading"));
    assert_eq!(fault(&page, "", "docs/nowhere.md").as_deref(), Some("docs/nowhere.md: no such file"));
    assert_eq!(targets("[a](b.md) `[c](d.md)` [e](https://f)"), ["b.md"]);
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let contents = std::fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed = targets(&contents);
    let docs = root().join("docs");
    for name in pages().iter().filter_map(|page| page.strip_prefix(&docs).ok()?.to_str()) {
        assert!(
            name == "SUMMARY.md" || listed.iter().any(|target| target == name),
            "docs/SUMMARY.md does not list {name}"
        );
    }
}
