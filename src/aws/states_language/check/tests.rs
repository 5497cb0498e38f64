//! Each rule, by a machine that breaks it and no other.

use crate::aws::states_language::{
    Catch, Definition, EVERY_ERROR, Flow, Following, Parallel, Path, Payload, Resource, Retry, Rule, State, Task,
};
use crate::terraform::{Diagnostic, DiagnosticKind};

fn task(name: &'static str) -> Task {
    Task::new(name, Resource::Action("sns:publish"), Payload::empty(), 10)
}

fn problems(flow: Flow) -> Vec<Diagnostic> {
    Definition::new("A machine", 600, flow).problems("aws_sfn_state_machine.x")
}

/// The only problem, as kind, place and message.
fn only(flow: Flow) -> (DiagnosticKind, String, String) {
    let mut found = problems(flow);
    assert_eq!(found.len(), 1, "{found:#?}");
    let problem = found.remove(0);
    assert!(problem.reason.is_some() && problem.help.is_some(), "{problem}");
    (problem.kind, problem.field, problem.message)
}

#[test]
fn a_sound_machine_has_no_problem() {
    let branch = Flow::new("Inner", [State::pass("Inner", Payload::empty(), ["x"], Following::End)]);
    let flow = Flow::new(
        "Start",
        [
            task("Start").retry(Retry::after([EVERY_ERROR], 1, 2)).catch(Catch::every("Failed")).then("Decide"),
            State::choice("Decide", [(Rule::is_given_as(Path::input(["a"]), "b"), "Wait")], "Done"),
            State::wait("Wait", 5, Following::next("Both")),
            Parallel::new("Both", [branch]).then("Done"),
            State::succeed("Done"),
            State::fail("Failed", "Failed", "It failed."),
        ],
    );
    assert_eq!(problems(flow), Vec::new());
}

#[test]
fn a_target_that_is_missing_is_named_with_the_nearest() {
    let flow = Flow::new("Start", [task("Start").then("Doen"), task("Done").end()]);
    let found = problems(flow);
    let missing = found.iter().find(|problem| problem.kind == DiagnosticKind::UndefinedAddress).unwrap();
    assert_eq!(
        missing.to_string().lines().next().unwrap(),
        "aws_sfn_state_machine.x: Start.Next: there is no state `Doen` here"
    );
    assert_eq!(missing.candidates, ["Done"]);
}

#[test]
fn every_way_out_is_followed() {
    let choice = |target, default| {
        Flow::new(
            "A",
            [State::choice("A", [(Rule::IsPresent(Path::input(["a"])), target)], default), State::succeed("B")],
        )
    };
    for (flow, place) in [
        (Flow::new("Nowhere", []), "StartAt"),
        (choice("Nowhere", "B"), "A.Choices[0].Next"),
        (choice("B", "Nowhere"), "A.Default"),
        (Flow::new("A", [task("A").catch(Catch::every("Nowhere")).end()]), "A.Catch[0].Next"),
        (Flow::new("A", [State::wait("A", 1, Following::next("Nowhere"))]), "A.Next"),
        (Flow::new("A", [Parallel::new("A", [Flow::new("Nowhere", [])]).end()]), "A.Branches[0].StartAt"),
    ] {
        let found = only(flow);
        assert_eq!((found.0, found.1.as_str()), (DiagnosticKind::UndefinedAddress, place));
    }
}

#[test]
fn a_branch_cannot_be_left_for_a_state_outside() {
    let branch = Flow::new("Inner", [task("Inner").then("Outer")]);
    let flow = Flow::new("Both", [Parallel::new("Both", [branch]).then("Outer"), State::succeed("Outer")]);
    assert_eq!(only(flow).1, "Both.Branches[0].Inner.Next");
}

#[test]
fn a_state_that_nothing_leads_to() {
    let flow = Flow::new("A", [task("A").end(), task("B").end()]);
    assert_eq!(only(flow), (DiagnosticKind::Unreachable, "B".into(), "nothing leads to this state".into()));
}

#[test]
fn a_circle_that_cannot_end() {
    let flow = Flow::new("A", [task("A").then("B"), task("B").then("A")]);
    let found = problems(flow);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "the states lead in a circle: A -> B -> A");
    assert!(found[0].reason.as_ref().unwrap().contains("never ends"));
}

#[test]
fn a_circle_that_could_end_is_refused_too() {
    let again = State::choice("Again", [(Rule::IsPresent(Path::input(["a"])), "Work")], "Done");
    let found = problems(Flow::new("Work", [task("Work").then("Again"), again, State::succeed("Done")]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, DiagnosticKind::Cycle);
    assert!(found[0].reason.as_ref().unwrap().contains("no bound"));
}

#[test]
fn a_state_that_leads_to_itself() {
    assert_eq!(only(Flow::new("A", [task("A").then("A")])).0, DiagnosticKind::Cycle);
}

#[test]
fn names_are_unique_across_branches() {
    let branch = || Flow::new("Same", [State::succeed("Same")]);
    let flow = Flow::new("Both", [Parallel::new("Both", [branch(), branch()]).end()]);
    let (kind, place, _) = only(flow);
    assert_eq!((kind, place.as_str()), (DiagnosticKind::DuplicateKey, "Both.Branches[1].Same"));
}

#[test]
fn names_have_a_length() {
    for name in [String::new(), "n".repeat(81)] {
        let flow = Flow::new(name.clone(), [State::succeed(name)]);
        assert_eq!(only(flow).0, DiagnosticKind::IllegalName);
    }
    let longest = "n".repeat(80);
    assert_eq!(problems(Flow::new(longest.clone(), [State::succeed(longest)])), Vec::new());
}

#[test]
fn steps_are_bounded() {
    let with_timeout = |seconds| Task::new("A", Resource::Action("sns:publish"), Payload::empty(), seconds).end();
    let retry = |retry| task("A").retry(retry).end();
    for (state, place) in [
        (with_timeout(0), "A.TimeoutSeconds"),
        (State::wait("A", 0, Following::End), "A.Seconds"),
        (retry(Retry::after([EVERY_ERROR], 0, 1)), "A.Retry[0].IntervalSeconds"),
        (retry(Retry::after([EVERY_ERROR], 5, 1).doubling().capped(5)), "A.Retry[0].MaxDelaySeconds"),
    ] {
        let (kind, found, _) = only(Flow::new("A", [state]));
        assert_eq!((kind, found.as_str()), (DiagnosticKind::OutOfRange, place));
    }
    for (state, place) in [
        (with_timeout(3_601), "A.TimeoutSeconds"),
        (State::wait("A", 3_601, Following::End), "A.Seconds"),
        (retry(Retry::after([EVERY_ERROR], 1, 101)), "A.Retry[0].MaxAttempts"),
        (retry(Retry::after([EVERY_ERROR], 3_601, 1)), "A.Retry[0].IntervalSeconds"),
    ] {
        let found = problems(Flow::new("A", [state]));
        let places: Vec<_> = found.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(places, [place, "TimeoutSeconds"], "too long for the machine, too");
    }
}

#[test]
fn the_machine_is_given_as_long_as_it_may_take() {
    let machine =
        |timeout| Definition::new("A machine", timeout, Flow::new("A", [task("A").then("B"), task("B").end()]));
    assert_eq!(machine(20).worst_case_seconds(), Some(20));
    assert_eq!(machine(20).problems("x"), Vec::new());
    let found = machine(19).problems("x");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, found[0].field.as_str()), (DiagnosticKind::OutOfRange, "TimeoutSeconds"));
    assert!(found[0].message.contains("20") && found[0].message.contains("19"), "{}", found[0]);
}

#[test]
fn the_machines_timeout_is_bounded() {
    let machine = |timeout| Definition::new("A machine", timeout, Flow::new("A", [State::succeed("A")]));
    assert_eq!(machine(31_536_000).problems("x"), Vec::new());
    for timeout in [0, 31_536_001] {
        assert_eq!(machine(timeout).problems("x").len(), 1, "{timeout}");
    }
}

#[test]
fn every_error_stands_alone_and_last() {
    for state in [
        task("A").retry(Retry::after([EVERY_ERROR], 1, 1)).retry(Retry::after(["Late"], 1, 1)).end(),
        task("A").retry(Retry::after(["With", EVERY_ERROR], 1, 1)).end(),
        task("A").catch(Catch::every("B")).catch(Catch::of(["Late"], "B")).then("B"),
        task("A").catch(Catch::of([], "B")).then("B"),
    ] {
        let end = (!state.exits().is_empty()).then(|| State::succeed("B"));
        assert_eq!(only(Flow::new("A", [state]).with(end)).0, DiagnosticKind::Conflict);
    }
}

#[test]
fn a_name_that_ends_like_a_computed_one() {
    let state = Task::new("A", Resource::Action("sns:publish"), [("Message.$", "$.x".into())], 10).end();
    let (kind, place, message) = only(Flow::new("A", [state]));
    assert_eq!((kind, place.as_str()), (DiagnosticKind::IllegalName, "A.Parameters"));
    assert!(message.contains("Message.$"));
}

#[test]
fn parameters_are_an_object() {
    let state = Task::new("A", Resource::Action("sns:publish"), Path::input([]), 10).end();
    assert_eq!(only(Flow::new("A", [state])).0, DiagnosticKind::WrongType);
}

#[test]
fn who_is_waited_for_gets_the_token() {
    let ask = |message: Payload| Task::new("A", Resource::Callback("sns:publish"), [("Message", message)], 10).end();
    assert_eq!(only(Flow::new("A", [ask("Please answer.".into())])).0, DiagnosticKind::MissingArgument);
    assert_eq!(problems(Flow::new("A", [ask(Path::task_token().into())])), Vec::new());
}

#[test]
fn a_choice_and_a_parallel_have_something_in_them() {
    for state in [State::choice("A", [], "B"), Parallel::new("A", []).then("B")] {
        assert_eq!(only(Flow::new("A", [state, State::succeed("B")])).0, DiagnosticKind::BlockCount);
    }
}
