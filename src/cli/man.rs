//! `dr-synth man`: a manual page, for `man` to show.

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use super::CommandLine;
use super::exit_status::ExitStatus;
use super::printer::Printer;
use super::report::{Failure, Report};
use dr_synth::terraform::nearest::nearest;

#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The command that the page is about, such as `check`; without one, dr-synth itself
    command: Option<String>,
}

pub(crate) fn run(arguments: &ManArguments, printer: Printer) -> Result<ExitStatus, Failure> {
    let mut root = CommandLine::command();
    // Gives each command its full name.
    root.build();
    let command = match &arguments.command {
        Some(name) => root.find_subcommand(name).ok_or_else(|| unknown(&root, name))?.clone(),
        None => root,
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(|error| Report::new(format!("cannot make the page: {error}")))?;
    printer.data(&page)?;
    Ok(ExitStatus::Success)
}

fn unknown(root: &clap::Command, name: &str) -> Failure {
    let commands = root.get_subcommands().map(clap::Command::get_name);
    let report = Report::new(format!("unknown command `{}`", name.escape_debug()));
    report.fix("`dr-synth --help` lists the commands").nearest(nearest(name, commands)).into()
}
