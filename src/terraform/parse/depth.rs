//! How deep values and expressions may nest.
//!
//! Terraform has no limit. A hostile document must not exhaust the stack, so there is one here, by the stack of the thread:
//! a level takes about 10 KB in a debug build, and a thread has 2 MB unless somebody gave it more.

use std::cell::Cell;

/// What a thread of usual size takes; nothing that people write comes near.
const USUAL: usize = 100;

thread_local! {
    static LIMIT: Cell<usize> = const { Cell::new(USUAL) };
}

/// How deep expressions may nest on this thread.
pub(crate) fn limit() -> usize {
    LIMIT.get()
}

/// The stack, in bytes, that a limit of so many levels needs.
pub const fn stack(levels: usize) -> usize {
    levels * 64 * 1024
}

/// Raises the limit for this thread, which must have a stack for it: see [`stack`].
pub fn set_limit(levels: usize) {
    LIMIT.set(levels);
}
