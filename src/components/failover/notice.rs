//! What people are told: what happened, how things stand, and what to do.

use super::state_machines::MachineInputs;
use crate::aws::states_language::{
    Catch, EVERY_ERROR, Format, FormatPart, Path, Payload, Resource, Retry, State, Task,
};
use crate::components::runbook_link::{Chapter, link};

/// Seconds that sending may take; it is a matter of less than one.
const SEND_SECONDS: u32 = 10;

/// A message to the people behind the alert topic.
#[derive(Debug)]
pub(super) struct Notice {
    /// The subject of the mail: at most 100 ASCII characters (SNS API reference, `Publish`).
    pub(super) subject: &'static str,
    /// What happened.
    pub(super) happened: Vec<FormatPart>,
    /// How things stand now.
    pub(super) state: Vec<FormatPart>,
    /// What to do, with commands.
    pub(super) advice: Vec<FormatPart>,
}

impl Notice {
    /// Sends the notice, and goes on with the state `next` whether or not that works: what has been reached, good or
    /// bad, must not depend on a mail.
    pub(super) fn send(self, name: &'static str, inputs: &MachineInputs<'_>, next: &'static str) -> State {
        Task::new(name, Resource::Action("sns:publish"), self.message(inputs), SEND_SECONDS)
            .retry(Retry::after([EVERY_ERROR], 1, 2).doubling())
            .catch(Catch::every(next))
            .then(next)
    }

    /// Sends the notice and waits for somebody's answer.
    pub(super) fn ask(self, name: &'static str, inputs: &MachineInputs<'_>, timeout_seconds: u32) -> Task {
        Task::new(name, Resource::Callback("sns:publish"), self.message(inputs), timeout_seconds)
    }

    fn message(self, inputs: &MachineInputs<'_>) -> Payload {
        let link = link(&inputs.runbook_url, "\n\nRunbook: ", Chapter::of_notice(self.subject));
        let text = Format::new(["What happened: ".into()])
            .then(self.happened)
            .then(["\n\nState now: ".into()])
            .then(self.state)
            .then(["\n\nWhat to do: ".into()])
            .then(self.advice)
            .then([link.into()])
            .then(["\n\nExecution: ".into(), Path::context(["Execution", "Id"]).into(), "\n".into()]);
        Payload::from([
            ("TopicArn", (&inputs.topic_arn).into()),
            ("Subject", self.subject.into()),
            ("Message", text.into()),
        ])
    }
}

/// Parts of a message, one after the other.
pub(super) fn lines(parts: impl IntoIterator<Item = Vec<FormatPart>>) -> Vec<FormatPart> {
    parts.into_iter().flatten().collect()
}

/// Plain words.
pub(super) fn say(words: impl Into<FormatPart>) -> Vec<FormatPart> {
    vec![words.into()]
}

/// Everything that the execution knows at that moment, the error among it.
pub(super) fn details() -> Vec<FormatPart> {
    vec!["\n  Details: ".into(), FormatPart::Json(Path::input([]))]
}
