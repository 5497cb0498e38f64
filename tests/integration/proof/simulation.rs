//! Faults that are played, held against what is computed.

use dr_synth::proof::model::{self, Model};
use dr_synth::proof::objectives::{Fault, GivenTargets, objectives, simulate};
use dr_synth::settings::{FailoverMode, Settings};
use dr_synth::stack;
use dr_synth::terraform::evaluation::Inputs;
use dr_synth::terraform::{Configuration, parse};

fn model_of(settings: &Settings) -> Model {
    let text = stack::build(settings).document().expect("a document").to_string();
    let module = parse::document(&text).expect("a configuration");
    model::from_configuration(&Configuration::from(module), &Inputs::default())
}

#[test]
fn what_is_simulated_is_what_is_computed() {
    let model = model_of(&Settings::default());
    let computed = objectives(&model, GivenTargets::default()).recovery_time.total.expect("a total");
    let simulation = simulate(&model, 2_000, 1).expect("a simulation");
    let (simulated, expected) = simulation.mean.expect("a mean");
    assert!((simulated / expected - 1.0).abs() < 0.1, "{simulated} simulated, {expected} computed");
    let plain = simulation.by_fault.iter().filter(|of| of.fault.is_plain());
    for of in plain {
        let longest = of.percentiles.longest.expect("one came back");
        assert!(longest <= computed.worst + 1.0, "{:?}: {longest} s, and {} s at worst", of.fault, computed.worst);
        assert_eq!(of.percentiles.people, 0, "{:?}", of.fault);
    }
}

#[test]
fn people_are_needed_where_the_machine_cannot_go_on() {
    let simulation = simulate(&model_of(&Settings::default()), 2_000, 3).expect("a simulation");
    for of in &simulation.by_fault {
        let wanted = match of.fault {
            Fault::Lag | Fault::NoPromotion => of.percentiles.faults,
            _ => 0,
        };
        assert_eq!(of.percentiles.people, wanted, "{:?}", of.fault);
    }
    assert_eq!(simulation.by_fault.len(), Fault::ALL.len());
    let (first, last) = (simulation.worst.first().expect("a moment"), simulation.worst.last().expect("a moment"));
    assert!(first.0 == 0.0 && last.1 == "payments work again", "{:?}", simulation.worst);
    assert!(simulation.worst.is_sorted_by(|one, other| one.0 <= other.0));
}

#[test]
fn a_seed_gives_the_same_whoever_plays() {
    let model = model_of(&Settings::default());
    let played = |seed| format!("{:?}", simulate(&model, 300, seed));
    assert_eq!(played(5), played(5));
    assert_ne!(played(5), played(6));
}

#[test]
fn a_person_who_has_to_start_it_cannot_be_played() {
    let model = model_of(&Settings { failover_mode: FailoverMode::Manual, ..Settings::default() });
    assert!(simulate(&model, 10, 1).is_err_and(|reason| reason.contains("person")));
}
