//! The runbook of the default stack, and of what is none.

use std::collections::BTreeSet;

use super::{Runbook, RunbookError, TEMPLATE, runbook};
use crate::proof::model::{Model, from_configuration};
use crate::settings::{FailoverMode, Feature, Features, Layout, Settings};
use crate::stack;
use crate::terraform::Configuration;
use crate::terraform::evaluation::Inputs;

fn of(settings: &Settings) -> Runbook {
    let document = stack::build(settings).document().unwrap();
    let configuration = Configuration::from(document.module().clone());
    runbook(&from_configuration(&configuration, &Inputs::default())).unwrap()
}

#[test]
fn the_names_are_the_stacks_own() {
    let book = of(&Settings::default());
    let names = &book.names;
    assert_eq!((names.primary.region.as_str(), names.dr.region.as_str()), ("us-east-1", "us-east-2"));
    assert_eq!(names.dr.cluster, "payments-database-use2-dev");
    assert_eq!(names.failover_machine, "payments-failover-use2-dev");
    assert_eq!(names.domain, "api-dev.payments.example.com");
    assert_eq!(
        (names.mode.as_str(), names.patience.as_str(), names.rto.as_str()),
        ("automatic", "90 seconds", "5 minutes")
    );
    assert!(book.markdown.contains("--name payments-failover-switch-use2-dev --overwrite --value stopped"));
    assert!(!book.markdown.contains("000000000000"), "a stand-in for the account shows");
    assert!(!book.markdown.contains("{{"), "a name was left out");
}

#[test]
fn who_subscribes_to_topics_that_exist_is_their_owner() {
    assert!(of(&Settings::default()).markdown.contains("everybody in `alert_emails`"));
    let existing = of(&Settings { existing_topics: true, ..Settings::default() }).markdown;
    assert!(!existing.contains("alert_emails"), "no one is subscribed by it");
    assert!(existing.contains("their owner subscribes"));
}

#[test]
fn every_mode_is_told_apart() {
    for (mode, word) in [(FailoverMode::Approve, "approve"), (FailoverMode::Manual, "manual")] {
        assert_eq!(of(&Settings { failover_mode: mode, ..Settings::default() }).names.mode, word);
    }
}

#[test]
fn chapters_follow_the_features() {
    let bare = of(&Settings { features: Features::none(), ..Settings::default() });
    assert!(!bare.markdown.contains("DS record") && !bare.markdown.contains("From a vault"), "{}", bare.markdown);
    let all = of(&Settings { features: Features::default().with(Feature::XrayEncryption), ..Settings::default() });
    assert!(all.markdown.contains("put-encryption-config") && all.markdown.contains("From a vault"));
}

#[test]
fn commands_have_the_stacks_own_class_and_roles() {
    let text = of(&Settings { features: Features::all(), ..Settings::default() }).markdown;
    assert!(text.contains("--db-instance-class db.r5.large"), "{text}");
    assert!(text.contains("--iam-role-arn arn:aws:iam::$ACCOUNT:role/payments-backup-restore-use2-dev"), "{text}");
    assert!(text.contains("[ -e dr-synth.toml ] || dr-synth settings . > dr-synth.toml\ndr-synth --out ."), "{text}");
}

#[test]
fn the_mode_says_who_starts_a_failover() {
    let says = |mode: &str| {
        let settings = Settings { failover_mode: mode.parse().unwrap(), ..Settings::default() };
        of(&settings).names.patience_says
    };
    assert!(says("automatic").starts_with("A failover starts when"));
    assert!(says("approve").starts_with("An approval of a failover is requested when"));
    assert!(says("manual").starts_with("A notification asks for a failover when"));
}

#[test]
fn every_command_is_shown_and_every_step_says_its_four_things() {
    let book = of(&Settings { features: Features::all(), ..Settings::default() });
    let shown: BTreeSet<&str> = TEMPLATE
        .split("{{")
        .filter_map(|part| part.strip_prefix("command \"").or_else(|| part.strip_prefix("inline \"")))
        .filter_map(|part| part.split_once('"').map(|(name, _)| name))
        .collect();
    let listed: Vec<&str> = book.commands.iter().map(|command| command.name.as_str()).collect();
    assert_eq!(listed.len(), listed.iter().collect::<BTreeSet<_>>().len(), "a command stands in the list twice");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), shown);
    for step in book.markdown.split("\n### ").skip(1) {
        let step = step.split("\n## ").next().unwrap();
        if step.contains("| symptom |") {
            continue;
        }
        for part in ["**Changes:**", "**Takes:**", "**Worked if:**", "**Back:**"] {
            assert!(step.contains(part), "{part} is missing: {step}");
        }
    }
}

#[test]
fn every_link_leads_to_a_heading() {
    let book = of(&Settings::default());
    let anchor = |heading: &str| heading.to_lowercase().replace(' ', "-").replace([':', ','], "");
    let headings: BTreeSet<String> = book
        .markdown
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect();
    for link in book.markdown.split("](#").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link)) {
        assert!(headings.contains(link), "{link} leads nowhere");
    }
}

#[test]
fn a_stack_of_somebody_elses_has_none_and_hears_what_is_missing() {
    let error = runbook(&Model::default()).unwrap_err();
    assert!(matches!(&error, RunbookError::OtherStack(missing) if missing.len() > 5), "{error}");
}

#[test]
fn a_name_that_would_do_something_in_a_shell_is_refused() {
    let document = stack::build(&Settings::default()).document().unwrap();
    let text = document.to_string().replace("payments-failover-switch-use2-", "$(reboot)-");
    let module = crate::terraform::parse::document(&text).unwrap();
    let error = runbook(&from_configuration(&Configuration::from(module), &Inputs::default())).unwrap_err();
    assert!(error.to_string().contains("cannot stand in a command"), "{error}");
}

#[test]
fn the_layout_of_modules_has_the_same_names() {
    let single = of(&Settings::default());
    let folder = tempfile::tempdir().unwrap();
    let files = stack::build(&Settings { layout: Layout::Modules, ..Settings::default() }).files().unwrap();
    files.write(folder.path(), crate::files::Overwrite::OnlyOurs).unwrap();
    let configuration = Configuration::read(folder.path()).unwrap();
    let modules = runbook(&from_configuration(&configuration, &Inputs::default())).unwrap();
    assert_eq!(modules.names.failover_machine, single.names.failover_machine);
    assert_eq!(modules.names.zone_address.as_deref(), Some("module.global.aws_route53_zone.primary_payments"));
    assert_eq!(modules.names.failover_machine_address, "module.global.aws_sfn_state_machine.dr_failover_machine");
}
