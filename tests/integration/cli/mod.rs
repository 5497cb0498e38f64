//! The command line, as its users see it.

mod completions;
mod diff;
mod help;
mod settings;
mod settings_file;
mod synth;
mod usage;
mod write_files;
