//! Amazon States Language (<https://states-language.net>, `JSONPath` flavour) as Rust types, checked before it is
//! written.
//!
//! ```text
//! Definition ── Flow ── State ── Task, Choice, Wait, Pass, Parallel, Succeed, Fail
//!                         │
//!                         ├── Payload: values, paths and formatted text, told apart by type
//!                         └── Retry, Catch
//! ```
//!
//! What types can exclude, they exclude: a task has a timeout, a choice has a default, every state goes on or ends. What
//! they cannot is found by [`Definition::problems`]: targets that do not exist, states that nothing leads to, paths that
//! do not end, and machines that may take longer than they are allowed to.
//!
//! There are no loops in it. What has to be repeated is repeated by [`Retry`], whose attempts are counted, so that the
//! longest that a machine can take is known when it is written.

mod check;
mod definition;
mod duration;
mod flow;
mod format;
mod parallel;
mod path;
mod payload;
mod recovery;
mod rule;
mod state;
mod task;

#[cfg(test)]
mod property_tests;

use std::borrow::Cow;

pub use definition::Definition;
pub use flow::Flow;
pub use format::{Format, FormatPart};
pub use parallel::Parallel;
pub use path::Path;
pub use payload::Payload;
pub use recovery::{Catch, EVERY_ERROR, Retry};
pub use rule::Rule;
pub use state::{Following, State};
pub use task::{Resource, Task};

/// The name of a state.
type Name = Cow<'static, str>;
