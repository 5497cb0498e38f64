//! The command line, as its users see it.

mod adopt;
mod check;
mod completions;
mod cost;
mod diff;
mod evaluate;
mod graph;
mod help;
mod input;
mod man;
mod objectives;
mod permissions;
mod print_settings;
mod report;
mod runbook;
mod sarif;
mod settings;
mod settings_file;
mod standard_output;
mod synth;
mod usage;
mod width;
mod write_files;

pub(crate) use report::GAME_DAY;
pub(crate) use standard_output::command_names;
