//! The documents keep to the table of STYLE.md.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{pages, root};

/// Pages that do not keep to the table yet: they are for those who change dr-synth.
const NOT_YET: [&str; 2] = ["ARCHITECTURE.md", "CHANGELOG.md"];

/// Words of the table's first column that are words of the field elsewhere: they are for a reader to judge.
const FOR_A_READER: [&str; 7] = ["guard", "home", "house", "rights", "room", "by hand", "whoever"];

/// The phrases to avoid.
fn avoided() -> Vec<String> {
    let style = std::fs::read_to_string(root().join("STYLE.md")).unwrap();
    let rows = style.lines().filter_map(|line| line.strip_prefix("| ")).map(|row| row.split('|').next().unwrap());
    let cells = rows.filter(|cell| !cell.starts_with("avoid") && !cell.starts_with("---"));
    let phrases = cells.flat_map(|cell| {
        cell.split('(').next().unwrap().split(',').map(|phrase| phrase.trim().to_owned()).collect::<Vec<_>>()
    });
    phrases.filter(|phrase| !phrase.is_empty() && !FOR_A_READER.contains(&phrase.as_str())).collect()
}

/// Whether the phrase is in the line, as whole words.
fn has(line: &str, phrase: &str) -> bool {
    let lower = line.to_lowercase();
    lower.match_indices(phrase).any(|(start, _)| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !letter(lower[..start].chars().next_back()) && !letter(lower[start + phrase.len()..].chars().next())
    })
}

#[test]
fn the_documents_keep_to_the_style() {
    let phrases = avoided();
    assert!(phrases.len() > 10, "{phrases:?}");
    let mut faults = String::new();
    let pages = pages();
    for page in pages.iter().filter(|page| !NOT_YET.iter().any(|name| page.ends_with(name))) {
        let text = std::fs::read_to_string(page).unwrap();
        for (number, line) in text.lines().enumerate() {
            for phrase in phrases.iter().filter(|phrase| has(line, phrase)) {
                let _ = writeln!(faults, "{}:{}: avoid `{phrase}`", page.display(), number + 1);
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The texts in a line of code: what is between quotation marks and has more than one word.
fn texts(line: &str) -> impl Iterator<Item = &str> {
    let code = !line.trim_start().starts_with(['#', '/']) && !line.contains("\"\"\"");
    line.split('"').skip(1).step_by(2).filter(move |text| code && text.contains(' '))
}

/// Sources with texts of notifications. Those of the failover machine follow.
fn sources_of_notifications() -> Vec<PathBuf> {
    let folders = ["functions/failover", "functions/backup_verification", "src/components/failover"];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).unwrap());
    let files = entries.map(|entry| entry.unwrap().path());
    let mut sources: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|kind| kind == "py" || kind == "rs")).collect();
    sources.sort();
    sources
}

#[test]
fn the_texts_of_notifications_keep_to_the_style() {
    let phrases = avoided();
    let mut faults = String::new();
    let mut count = 0;
    for source in sources_of_notifications() {
        let text = std::fs::read_to_string(&source).unwrap();
        for (number, line) in text.lines().enumerate() {
            for text in texts(line) {
                count += 1;
                for phrase in phrases.iter().filter(|phrase| has(text, phrase)) {
                    let _ = writeln!(faults, "{}:{}: avoid `{phrase}`", source.display(), number + 1);
                }
            }
        }
    }
    assert!(count > 200, "only {count} texts were found");
    assert!(faults.is_empty(), "{faults}");
}

/// The sources of the program, without those of tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.file_stem().is_some_and(|name| name == "tests" || name == "property_tests");
        if path.is_dir() && !is_test {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") && !is_test {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The literals of several words in Rust, over lines that end with a backslash, without those of unit tests.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.map(|line| line.strip_suffix('\\').map_or(format!("{line}\n"), str::to_owned)).collect::<String>();
    let literal = regex::Regex::new(r#"'"'|"((?:[^"\\]|\\.)*)""#).unwrap();
    let found = literal.captures_iter(&code).filter_map(|found| Some(found.get(1)?.as_str().to_owned()));
    // What a line began with is not part of a literal.
    found.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| text.contains(' ')).collect()
}

#[test]
fn messages_and_help_keep_to_the_style() {
    let phrases = avoided();
    let (mut faults, mut count) = (String::new(), 0);
    for source in sources(&root().join("src")) {
        for text in literals(&std::fs::read_to_string(&source).unwrap()) {
            count += 1;
            for phrase in phrases.iter().filter(|phrase| has(&text, phrase)) {
                let _ = writeln!(faults, "{}: avoid `{phrase}` in \"{text}\"", source.display());
            }
        }
    }
    assert!(count > 2500, "only {count} texts were found");
    for command in crate::cli::command_names().iter().filter(|name| *name != "help") {
        let help = crate::common::dr_synth(&format!("{command} --help")).succeed().stdout();
        for phrase in phrases.iter().filter(|phrase| has(&help, phrase)) {
            let _ = writeln!(faults, "dr-synth {command} --help: avoid `{phrase}`");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn literals_go_over_lines_and_not_into_comments_and_tests() {
    let code = "let a = \"one \\\n    two\"; \n// \"x y\"\n/// \"a b\"\nlet c = '\"'; f(\"a \\\"b\\\" c\");\n#[cfg(test)]\nlet d = \"e f\";";
    let found = literals(code);
    assert_eq!(found, ["one two", "a \\\"b\\\" c"]);
}

#[test]
fn texts_are_found_in_code() {
    assert_eq!(texts(r#"    say("nobody came", "x"); // "#).collect::<Vec<_>>(), ["nobody came"]);
    assert_eq!(texts(r#"# what "nobody knows""#).count() + texts(r#"    """Nobody knows.""" "#).count(), 0);
}

#[test]
fn whole_words_are_found() {
    assert!(has("It stands in the way", "stands in") && has("nobody.", "nobody"));
    assert!(!has("renew", "anew") && !has("recommended", "mend"));
}
