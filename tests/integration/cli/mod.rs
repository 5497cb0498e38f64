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
mod settings;
mod settings_file;
mod synth;
mod usage;
mod write_files;
