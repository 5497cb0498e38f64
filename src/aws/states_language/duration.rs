//! How long a machine can take.

use rustc_hash::FxHashMap;

use super::flow::Flow;
use super::recovery::Retry;
use super::state::{Kind, State};

/// The longest way through the flow, in seconds. Absent where a target is missing or states lead in a circle.
pub(super) fn of_flow(flow: &Flow) -> Option<u64> {
    Walk { states: flow.by_name(), known: FxHashMap::default() }.from(&flow.start)
}

/// A state's longest time by itself, in seconds.
fn of_state(state: &State) -> Option<u64> {
    match &state.kind {
        Kind::Task(work, _) => Some(with_retries(u64::from(work.timeout_seconds), &work.retries)),
        Kind::Parallel(fork, _) => {
            let branches = fork.branches.iter().map(of_flow).collect::<Option<Vec<_>>>()?;
            Some(with_retries(branches.into_iter().max().unwrap_or_default(), &fork.retries))
        }
        Kind::Wait { seconds, .. } => Some(u64::from(*seconds)),
        Kind::Choice { .. } | Kind::Pass { .. } | Kind::Succeed | Kind::Fail { .. } => Some(0),
    }
}

/// Each retrier counts its own attempts, so in the worst case all of them are used up.
fn with_retries(once: u64, retries: &[Retry]) -> u64 {
    let attempts = retries.iter().fold(1_u64, |sum, retry| sum.saturating_add(retry.attempts.into()));
    let waiting = retries.iter().map(Retry::waiting_seconds).fold(0, u64::saturating_add);
    once.saturating_mul(attempts).saturating_add(waiting)
}

struct Walk<'a> {
    states: FxHashMap<&'a str, &'a State>,
    /// What is known of states that were visited; nothing while a state is being visited.
    known: FxHashMap<&'a str, Option<u64>>,
}

impl<'a> Walk<'a> {
    fn from(&mut self, name: &str) -> Option<u64> {
        let state = *self.states.get(name)?;
        if let Some(known) = self.known.get(state.name.as_ref()) {
            return *known;
        }
        self.known.insert(&state.name, None);
        let longest = self.after(state).and_then(|after| Some(of_state(state)?.saturating_add(after)));
        self.known.insert(&state.name, longest);
        longest
    }

    fn after(&mut self, state: &'a State) -> Option<u64> {
        state.exits().into_iter().try_fold(0, |longest, exit| Some(self.from(exit.target)?.max(longest)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Catch, EVERY_ERROR, Following, Parallel, Payload, Resource, Task};
    use super::*;

    fn task(name: &'static str, seconds: u32) -> Task {
        Task::new(name, Resource::Action("sns:publish"), Payload::empty(), seconds)
    }

    #[test]
    fn every_retrier_adds_its_attempts_and_its_waiting() {
        let task = task("A", 10).retry(Retry::after(["One"], 5, 2)).retry(Retry::after([EVERY_ERROR], 1, 3).doubling());
        assert_eq!(of_flow(&Flow::new("A", [task.end()])), Some(6 * 10 + 2 * 5 + 1 + 2 + 4));
    }

    #[test]
    fn the_longest_way_counts_also_over_a_catch() {
        let flow = Flow::new(
            "A",
            [
                task("A", 10).catch(Catch::every("Slow")).then("Fast"),
                task("Fast", 1).end(),
                State::wait("Slow", 60, Following::End),
            ],
        );
        assert_eq!(of_flow(&flow), Some(70));
    }

    #[test]
    fn of_branches_the_slowest_counts() {
        let branches = [7, 30].map(|seconds| Flow::new("A", [State::wait("A", seconds, Following::End)]));
        let flow = Flow::new("Both", [Parallel::new("Both", branches).retry(Retry::after(["X"], 5, 1)).end()]);
        assert_eq!(of_flow(&flow), Some(30 + 5 + 30));
    }

    #[test]
    fn a_circle_has_no_longest_way() {
        let flow = Flow::new("A", [task("A", 1).then("B"), task("B", 1).then("A")]);
        assert_eq!(of_flow(&flow), None);
    }
}
