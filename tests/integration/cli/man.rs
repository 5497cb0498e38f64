//! Manual pages.

use super::standard_output::command_names;
use crate::common::dr_synth;

/// The commands that have a page.
fn commands() -> Vec<String> {
    command_names().into_iter().filter(|name| name != "help").collect()
}

#[test]
fn each_command_has_a_page_with_its_flags_and_examples() {
    let names = commands();
    assert!(names.iter().any(|name| name == "man"), "{names:?}");
    for name in names {
        let finished = dr_synth(&format!("man {name}")).succeed();
        assert_eq!(finished.stderr(), "");
        let page = finished.stdout();
        assert!(page.contains(&format!(".TH dr-synth-{name} 1")), "{name}: {}", &page[..page.len().min(200)]);
        let help = dr_synth(&format!("{name} --help")).succeed().stdout();
        let flags =
            help.lines().filter_map(|line| line.trim_start().trim_start_matches("-h, ").split_whitespace().next());
        let flags: Vec<_> = flags.filter(|word| word.starts_with("--")).collect();
        assert!(flags.contains(&"--help"), "{help}");
        for flag in flags {
            assert!(page.contains(&flag.trim_end_matches(',').replace('-', r"\-")), "{name} {flag}");
        }
    }
}

#[test]
fn the_page_of_the_program_names_every_command() {
    let page = dr_synth("man").succeed().stdout();
    assert!(page.contains(".TH dr-synth 1"), "{page}");
    for name in commands() {
        assert!(page.contains(&format!(r"dr\-synth\-{}(1)", name.replace('-', r"\-"))), "{name}");
    }
}

#[test]
fn an_unknown_command() {
    insta::assert_snapshot!(dr_synth("man chek").refuse(), @r"
    error: unknown command `chek`
     |
     = fix: `dr-synth --help` lists the commands
     = nearest: `check`
    ");
}
