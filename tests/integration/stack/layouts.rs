//! The layout of modules, for every shape that the stack may have.

use dr_synth::diff::{self, Action};
use dr_synth::files::Overwrite;
use dr_synth::settings::{ApiAuthorization, Endpoints, FailoverMode, Feature, Features, Layout, Region, Settings};
use dr_synth::stack;
use dr_synth::terraform::{Configuration, Documents, ModulePath, Output};
use serde_json::Value;

fn configuration(settings: &Settings) -> Documents {
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
    let existing = Settings::defaults_of_network(true);
    vec![
        Settings::default(),
        Settings { features: Features::all(), endpoints: Endpoints::Own, ..existing.clone() },
        Settings { existing_keys: true, existing_permissions_boundary: true, ..existing.clone() },
        Settings { existing_database: true, existing_keys: true, ..existing.clone() },
        Settings {
            existing_topics: true,
            existing_web_acl: true,
            existing_log_archive: true,
            features: Features::all(),
            ..elsewhere.clone()
        },
        Settings { existing_database: true, features: Features::all(), ..Settings::default() },
        existing,
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

#[test]
fn one_layout_is_the_other_with_moves_and_nothing_else() {
    let folders = Layout::ALL.map(|layout| {
        let folder = tempfile::tempdir().unwrap();
        let files = stack::build(&Settings { layout, ..Settings::default() }).files().unwrap();
        files.write(folder.path(), Overwrite::OnlyOurs).unwrap();
        folder
    });
    let [single, modules] = folders.each_ref().map(|folder| Configuration::read(folder.path()).unwrap());
    for (old, new) in [(&single, &modules), (&modules, &single)] {
        let comparison = diff::compare(old, new).unwrap();
        assert!(comparison.changes.len() > 200);
        for change in comparison.changes {
            assert!(matches!(change.action, Action::Moved { .. }) && change.arguments.is_empty(), "{change:?}");
        }
    }
}

/// The roots in `tests/modules` are written by hand, so that they show what it is to call the modules. The end-to-end
/// tests let Terraform validate them; what they lack is told here.
#[test]
fn the_roots_by_hand_give_what_the_modules_need_and_ask_for_what_they_give() {
    let settings = Settings { layout: Layout::Modules, ..Settings::default() };
    let configuration = configuration(&settings);
    for root in ["primary_region", "dr_region", "global"] {
        let file = format!("tests/modules/{root}/main.tf");
        let text = std::fs::read_to_string(&file).unwrap();
        for (path, document) in configuration.modules() {
            let Some((_, call)) = text.split_once(&format!("modules/{}\"\n", path.name())) else { continue };
            let (call, _) = call.split_once("\n}\n").unwrap();
            let given: Vec<&str> = call.lines().filter_map(|line| Some(line.split_once('=')?.0.trim())).collect();
            for variable in document.module().variables() {
                let name = variable.name();
                assert!(
                    variable.default_value().is_some() || given.contains(&name),
                    "{file}: the call of modules/{} lacks `{name}`; modules/{}/README.md shows the whole call",
                    path.name(),
                    path.name()
                );
            }
            let outputs: Vec<&str> = document.module().outputs().iter().map(Output::name).collect();
            for used in text.split(&format!("module.{}.", path.name())).skip(1) {
                let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(outputs.contains(&name.as_str()), "{file}: modules/{} has no output `{name}`", path.name());
            }
        }
    }
}
