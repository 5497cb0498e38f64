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
        let edited = own.replace("us-east-1", "us-east-9");
        let refused = run(&edited, "");
        assert_eq!((refused.status(), refused.read(name)), (2, edited.clone()), "{format}");
        assert!(refused.stderr().contains("edited after dr-synth wrote it"), "{}", refused.stderr());
        assert_eq!(run(&edited, "--force").read(name), own, "{format}");
        assert_eq!(run(&own, "").stderr(), format!("unchanged {name}\n"));
    }
}

#[test]
fn another_document_of_ours_is_not_overwritten() {
    let document = dr_synth("").succeed().stdout();
    let refused = dr_synth("graph --format json -o main.tf.json").file("main.tf.json", &document).refuse();
    assert!(refused.contains("not written with -o"), "{refused}");
    let picture = dr_synth("graph -o architecture").file("main.tf.json", &document).succeed().read("architecture");
    let refused = dr_synth("graph --format dot -o architecture")
        .file("main.tf.json", &document)
        .file("architecture", &picture)
        .refuse();
    insta::assert_snapshot!(refused, @r#"
    error: refusing to overwrite another document of dr-synth
    --> architecture
     = why: the file is "graph in Mermaid", and "graph in DOT" is to be written
     = fix: choose another file, or pass --force to lose this one
    "#);
}

#[cfg(unix)]
#[test]
fn links_are_followed_as_with_a_folder() {
    let document = dr_synth("").succeed().stdout();
    for flags in ["", "--force"] {
        let run = |to: &'static str| {
            dr_synth(&format!("graph -o in/a.mmd {flags}"))
                .file("main.tf.json", &document)
                .file("in/real.mmd", "")
                .file("out.mmd", "")
                .prepare(move |folder| std::os::unix::fs::symlink(to, folder.join("in/a.mmd")).unwrap())
                .finish()
        };
        let dangling = run("nowhere.mmd");
        assert!(dangling.stderr().contains("a link to nothing"), "{}", dangling.stderr());
        assert!(dangling.status() == 2 && !dangling.path().join("in/nowhere.mmd").exists());
        let out = run("../out.mmd");
        assert!(out.stderr().contains("leads out of the folder"), "{}", out.stderr());
        assert_eq!((out.status(), out.read("out.mmd")), (2, String::new()));
        let inside = run("real.mmd");
        assert!(inside.status() == 0 && inside.read("in/real.mmd").contains("flowchart"), "{}", inside.stderr());
    }
}

/// A pipe takes the text as it is, and is a pipe afterwards.
#[cfg(unix)]
#[test]
fn a_pipe_is_written_into() {
    use std::os::unix::fs::FileTypeExt as _;
    let document = dr_synth("").succeed().stdout();
    let printed = dr_synth("graph").file("main.tf.json", &document).succeed().stdout();
    let mut reader = None;
    let run = dr_synth("graph -o pipe").file("main.tf.json", &document).prepare(|folder| {
        let pipe = folder.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // Opened for both, it needs no writer to be opened, and a writer finds a reader.
        let file = std::fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        reader = Some(std::thread::spawn(move || {
            use std::io::BufRead as _;
            let mut lines = std::io::BufReader::new(file).lines();
            (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap())
        }));
    });
    let finished = run.succeed();
    assert_eq!(finished.stderr(), "wrote pipe\n");
    let (first, second) = reader.unwrap().join().unwrap();
    assert!(printed.starts_with(&format!("{first}\n{second}\n")), "{first}");
    let kind = std::fs::symlink_metadata(finished.path().join("pipe")).unwrap().file_type();
    assert!(kind.is_fifo(), "{kind:?}");
}

/// A file that is larger than any document is not read, and is somebody else's.
#[test]
fn a_file_without_an_end_is_not_read() {
    let document = dr_synth("").succeed().stdout();
    let run = dr_synth("graph -o large").file("main.tf.json", &document).prepare(|folder| {
        // A hole: no disk space is used.
        std::fs::File::create(folder.join("large")).unwrap().set_len(1 << 40).unwrap();
    });
    let finished = run.finish();
    assert!(finished.status() == 2 && finished.stderr().contains("did not write"), "{}", finished.stderr());
    assert_eq!(std::fs::metadata(finished.path().join("large")).unwrap().len(), 1 << 40);
}

#[test]
fn an_object_without_a_name_has_its_address() {
    let document =
        r#"{"provider": {"aws": {"region": "us-east-1"}}, "resource": {"aws_instance": {"web": {"ami": "ami-1"}}}}"#;
    let text = dr_synth("graph").file("main.tf.json", document).succeed().stdout();
    assert!(text.contains("aws_instance.web") && !text.contains("i-0"), "{text}");
}
