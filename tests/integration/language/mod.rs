//! What `check --rules language` says, held against Terraform itself.
//!
//! `corpus.tsv` has a case a line: its name, what Terraform 1.11.4 says of it (`terraform init -backend=false`, then `terraform
//! validate`, in a folder of its own) and the file as a JSON string. `cargo test --test integration terraform_itself --
//! --ignored` asks Terraform again; nothing in `corpus.tsv` and `folders.tsv` needs a provider. `folders.tsv` is the same for cases of several files, or
//! in native syntax: the files of each as a JSON object. So is `provider.tsv`, whose cases need provider 5.100.0 of AWS:
//! `DR_SYNTH_PROVIDER_MIRROR` names a folder with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use dr_synth::proof::model::Model;
use dr_synth::proof::{Group, Subject, check};
use dr_synth::terraform::read;

mod members;

struct Case {
    name: String,
    is_valid: bool,
    files: BTreeMap<String, String>,
}

/// The cases that need no provider, or those that do.
fn cases(with_provider: bool) -> Vec<Case> {
    let table = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/language").join(name);
        fs::read_to_string(path).unwrap()
    };
    let case = |line: &str, is_folder: bool| {
        let [name, verdict, text] = line.splitn(3, '\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let files = if is_folder {
            serde_json::from_str(text).unwrap()
        } else {
            BTreeMap::from([("main.tf.json".to_owned(), serde_json::from_str(text).unwrap())])
        };
        Case { name: name.to_owned(), is_valid: verdict == "valid", files }
    };
    if with_provider {
        return table("provider.tsv").lines().map(|line| case(line, true)).collect();
    }
    let (files, folders) = (table("corpus.tsv"), table("folders.tsv"));
    files.lines().map(|line| case(line, false)).chain(folders.lines().map(|line| case(line, true))).collect()
}

fn folder(case: &Case) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in &case.files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Deep expressions need more stack than a test's thread has.
fn with_stack(work: impl FnOnce() + Send + 'static) {
    const LEVELS: usize = 500;
    let run = move || {
        dr_synth::terraform::parse::depth::set_limit(LEVELS);
        work();
    };
    let thread = std::thread::Builder::new().stack_size(dr_synth::terraform::parse::depth::stack(LEVELS)).spawn(run);
    thread.unwrap().join().unwrap();
}

/// Terraform, asked in a folder.
fn asked(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("terraform");
    command.args(arguments).current_dir(folder).env("CHECKPOINT_DISABLE", "1").env_remove("TF_CLI_ARGS");
    command.output().expect("`terraform` 1.11.4 on the PATH")
}

#[test]
fn every_case_is_judged_as_terraform_judges_it() {
    with_stack(|| {
        let cases: Vec<Case> = [false, true].into_iter().flat_map(cases).collect();
        assert!(cases.len() >= 2_600, "{}", cases.len());
        #[allow(clippy::print_stdout, reason = "how many were held against Terraform is part of the result")]
        {
            println!("{} cases of the language, each judged by Terraform 1.11.4 itself", cases.len());
        }
        let wrong = |case: &Case| {
            let folder = folder(case);
            let reading = read::read(folder.path()).unwrap();
            let findings = check(&Subject::new(&reading, &Model::default()), &[Group::Language]);
            (findings.is_empty() != case.is_valid).then(|| format!("{} ({}): {findings:?}", case.name, case.is_valid))
        };
        let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
        assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    });
}

#[test]
#[ignore = "asks Terraform about every case, which takes minutes"]
fn terraform_itself_says_what_the_corpus_says() {
    let nothing = tempfile::tempdir().unwrap();
    held_against_terraform(&cases(false), nothing.path());
}

#[test]
#[ignore = "needs the provider: DR_SYNTH_PROVIDER_MIRROR names a folder with it"]
fn terraform_itself_says_what_the_cases_with_a_provider_say() {
    let mirror = std::env::var_os("DR_SYNTH_PROVIDER_MIRROR").expect("DR_SYNTH_PROVIDER_MIRROR");
    held_against_terraform(&cases(true), Path::new(&mirror));
}

fn held_against_terraform(cases: &[Case], plugins: &Path) {
    let terraform = |folder: &Path, arguments: &[&str]| asked(folder, arguments).status.success();
    let plugins = format!("-plugin-dir={}", plugins.display());
    let said = |case: &Case| {
        let folder = folder(case);
        terraform(folder.path(), &["init", "-backend=false", "-input=false", &plugins])
            && terraform(folder.path(), &["validate"])
    };
    let wrong: Vec<&str> =
        cases.iter().filter(|case| said(case) != case.is_valid).map(|case| case.name.as_str()).collect();
    assert!(wrong.is_empty(), "{} of {} differ: {wrong:?}", wrong.len(), cases.len());
}
