//! What the types promise: programs that must not compile, and why they do not.
//!
//! Every file of `tests/compile_fail/` is compiled as a program that depends on the library. A line that ends in
//! `//~ E0277` must give exactly that error, and no other line may give any. The compiler's wording is not compared: it
//! lists the implementations of a trait, and changes with every one of them and with every release.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A file's name, a line in it and the error there.
type Mistake = (String, u64, String);

#[test]
fn ill_typed_programs_do_not_compile() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail");
    let expected = expected(&programs);
    let names: BTreeSet<_> = expected.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names.len() + 1, fs::read_dir(&programs).unwrap().count(), "all but `well_typed` are wrong");
    assert_eq!(found(&project(&programs)), expected);
}

fn expected(programs: &Path) -> BTreeSet<Mistake> {
    let mut mistakes = BTreeSet::new();
    for file in fs::read_dir(programs).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        for (line, text) in (1..).zip(fs::read_to_string(&file).unwrap().lines()) {
            if let Some((_, code)) = text.split_once("//~ ") {
                mistakes.insert((name.clone(), line, code.trim().to_owned()));
            }
        }
    }
    mistakes
}

/// A package with one program per file, beside the other things that the build leaves behind.
fn project(programs: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_fail");
    fs::create_dir_all(project.join("src")).unwrap();
    fs::write(project.join("src/lib.rs"), "").unwrap();
    // A path in a manifest is a string of TOML, whose basic strings JSON's are.
    let path = |path: &Path| Value::from(path.to_str().unwrap()).to_string();
    let manifest = format!(
        "[package]\nname = \"compile-fail\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\ndr-synth = {{ path = {}, default-features = false }}\n",
        path(root)
    );
    let programs = fs::read_dir(programs).unwrap().map(|file| {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        format!("[[bin]]\nname = \"{name}\"\npath = {}\n", path(&file))
    });
    fs::write(project.join("Cargo.toml"), manifest + &programs.collect::<String>()).unwrap();
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    project
}

/// The errors that Cargo reports, each at the line of its first primary place.
fn found(project: &Path) -> BTreeSet<Mistake> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--bins", "--keep-going", "--offline", "--message-format=json", "--target-dir"])
        .arg(project.join("target"))
        .current_dir(project)
        .output()
        .unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    let finished = report.lines().any(|line| line.contains("\"reason\":\"build-finished\""));
    assert!(finished, "cargo could not build anything:\n{}", String::from_utf8_lossy(&output.stderr));
    report.lines().filter_map(|line| mistake(&serde_json::from_str(line).unwrap())).collect()
}

fn mistake(message: &Value) -> Option<Mistake> {
    let diagnostic = &message["message"];
    let code = diagnostic["code"]["code"].as_str()?;
    let spans = diagnostic["spans"].as_array()?;
    let primary = spans.iter().find(|span| span["is_primary"] == true)?;
    (diagnostic["level"] == "error").then(|| {
        let name = message["target"]["name"].as_str().unwrap_or_default().to_owned();
        (name, primary["line_start"].as_u64().unwrap_or_default(), code.to_owned())
    })
}
