//! Machines that nobody thinks of.

use proptest::prelude::*;

use super::state::Kind;
use super::{
    Catch, Definition, EVERY_ERROR, Flow, Following, Parallel, Path, Payload, Resource, Retry, Rule, State, Task,
};

/// What a random state is made from: its kind, how far ahead its other way out leads, and a number of seconds.
type Seed = (u8, usize, u32);

const TIMEOUT_SECONDS: u32 = 31_536_000;

fn machine(seeds: &[Seed], inner: &[Seed]) -> Definition {
    Definition::new("A random machine", TIMEOUT_SECONDS, flow("Outer", seeds, Some(inner)))
}

/// A flow in which each state leads to the next one, and some also to one further ahead.
fn flow(prefix: &str, seeds: &[Seed], inner: Option<&[Seed]>) -> Flow {
    let name = |index: usize| format!("{prefix}{}", index.min(seeds.len()));
    let states = seeds.iter().enumerate().map(|(index, &(kind, ahead, seconds))| {
        state(name(index), name(index + 1), name(index + 1 + ahead), (kind, ahead, seconds), inner)
    });
    Flow::new(name(0), states.collect::<Vec<_>>()).with([State::succeed(name(seeds.len()))])
}

fn state(name: String, next: String, other: String, seed: Seed, inner: Option<&[Seed]>) -> State {
    let (kind, _, seconds) = seed;
    match (kind % 5, inner) {
        (0, _) => State::wait(name, seconds, Following::next(next)),
        (1, _) => {
            let choices = vec![(Rule::IsPresent(Path::input(["a"])), other.into())];
            State { name: name.into(), kind: Kind::Choice { choices, default: next.into() } }
        }
        (2, _) => State::pass(name, [("seconds", seconds.into())], ["seconds"], Following::next(next)),
        (3, Some(inner)) => {
            let branch = flow(&format!("{name}Branch"), inner, None);
            Parallel::new(name, [branch]).catch(Catch::every(other)).then(next)
        }
        _ => Task::new(name, Resource::Action("sns:publish"), Payload::empty(), seconds)
            .retry(Retry::after([EVERY_ERROR], 1, seconds % 4))
            .catch(Catch::every(other).keep(["error"]))
            .then(next),
    }
}

fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec((any::<u8>(), 0..4_usize, 1..=60_u32), 0..most)
}

/// The machine without one of its states, for each of them, those of branches too.
fn remove_each(definition: &Definition) -> Vec<Definition> {
    let outer = (0..definition.flow.states.len()).map(|index| {
        let mut without = definition.clone();
        without.flow.states.remove(index);
        without
    });
    let inner = definition.flow.states.iter().enumerate().flat_map(|(index, state)| {
        let count = match &state.kind {
            Kind::Parallel(fork, _) => fork.branches[0].states.len(),
            _ => 0,
        };
        (0..count).map(move |inner| {
            let mut without = definition.clone();
            if let Kind::Parallel(fork, _) = &mut without.flow.states[index].kind {
                fork.branches[0].states.remove(inner);
            }
            without
        })
    });
    outer.chain(inner).collect()
}

proptest! {
    #[test]
    fn what_leads_forward_is_sound_and_bounded(outer in seeds(12), inner in seeds(6)) {
        let machine = machine(&outer, &inner);
        prop_assert_eq!(machine.problems("x"), Vec::new());
        prop_assert!(machine.worst_case_seconds().is_some());
    }

    /// Every state is some state's target, so none can be missed.
    #[test]
    fn no_state_can_be_taken_away(outer in seeds(8), inner in seeds(4)) {
        for without in remove_each(&machine(&outer, &inner)) {
            prop_assert_ne!(without.problems("x"), Vec::new());
        }
    }

    #[test]
    fn a_step_back_is_a_circle(outer in seeds(8), back in any::<prop::sample::Index>()) {
        let mut machine = machine(&outer, &[]);
        let last = machine.flow.states.len() - 1;
        let target = machine.flow.states[back.index(last + 1)].name.clone();
        machine.flow.states[last].kind = Kind::Wait { seconds: 1, following: Following::Next(target) };
        prop_assert_ne!(machine.problems("x"), Vec::new());
        prop_assert_eq!(machine.worst_case_seconds(), None);
    }
}
