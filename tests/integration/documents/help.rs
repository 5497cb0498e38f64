//! What `--help` says of the settings file is every key that there is.

use dr_synth::settings::file;

use crate::common::dr_synth;

#[test]
fn the_help_shows_every_section_and_key() {
    let help = dr_synth("--help").succeed().stdout();
    let example = help.split("Settings file").nth(1).unwrap().split("Environment variables").next().unwrap();
    for (section, key) in file::known() {
        let heading = if section == "backend" { "backend = {".to_owned() } else { format!("[{section}]") };
        assert!(section.is_empty() || example.contains(&heading), "{heading}");
        assert!(example.contains(&format!("{key} =")) || key == "kms_key_id", "{section}.{key}");
    }
}

#[test]
fn every_command_has_an_example() {
    for name in crate::cli::command_names().into_iter().filter(|name| name != "help") {
        let help = dr_synth(&format!("{name} --help")).succeed().stdout();
        assert!(help.contains(&format!("\n  dr-synth {name}")) || name == "synth", "{name} has no example:\n{help}");
    }
}
