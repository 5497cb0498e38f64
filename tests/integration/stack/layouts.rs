//! The layout of modules, for every shape that the stack may have.

use dr_synth::settings::{ApiAuthorization, FailoverMode, Feature, Features, Region, Settings};
use dr_synth::stack;
use dr_synth::terraform::{Configuration, ModulePath};
use serde_json::Value;

fn configuration(settings: &Settings) -> Configuration {
    stack::build(settings).configuration().unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn shapes() -> Vec<Settings> {
    let region = |name: &str| name.parse::<Region>().unwrap();
    let mut none = Features::default();
    for feature in Feature::ALL {
        none.set(feature, false);
    }
    let elsewhere = Settings {
        primary_region: region("eu-west-1"),
        dr_region: region("eu-central-1"),
        availability_zones: 3,
        ..Settings::default()
    };
    vec![
        Settings::default(),
        elsewhere,
        Settings { primary_region: region("us-west-2"), dr_region: Region::US_EAST_1, ..Settings::default() },
        Settings { features: none, prevent_destroy: true, ..Settings::default() },
        Settings {
            api_authorization: ApiAuthorization::ApiKey,
            failover_mode: FailoverMode::Manual,
            ..Settings::default()
        },
    ]
}

#[test]
fn every_block_stands_in_a_module() {
    for settings in shapes() {
        let configuration = configuration(&settings);
        assert_eq!(configuration.root().module().resources().len(), 0, "{settings:?}");
        let names: Vec<&str> = configuration.modules().keys().map(ModulePath::name).collect();
        assert_eq!(names, ["dr_region", "global", "primary_region"]);
    }
}

#[test]
fn a_region_is_given_its_own_provider_only() {
    for settings in shapes() {
        let configuration = configuration(&settings);
        let expected = |name: &str| {
            let (_, document) = configuration.modules().iter().find(|(path, _)| path.name() == name).unwrap();
            document.module().expected_providers().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(expected("primary_region"), ["aws.primary"]);
        assert_eq!(expected("dr_region"), ["aws.dr"]);
        let global = expected("global");
        assert!(global.starts_with(&["aws.dr".to_owned(), "aws.primary".to_owned()]), "{global:?}");
    }
}

#[test]
fn everything_that_moves_in_can_move_back() {
    for settings in shapes() {
        let moves = |document: &dr_synth::terraform::Document| -> Vec<(String, String)> {
            let document: Value = serde_json::from_slice(&document.to_bytes()).unwrap();
            let moves = document["moved"].as_array().unwrap().iter();
            moves.map(|moved| (moved["from"].as_str().unwrap().into(), moved["to"].as_str().unwrap().into())).collect()
        };
        let mut back = moves(&stack::build(&settings).document().unwrap());
        for (from, to) in &mut back {
            std::mem::swap(from, to);
        }
        assert_eq!(moves(configuration(&settings).root()), back);
        assert!(back.len() > 200);
    }
}
