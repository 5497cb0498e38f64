//! The settings file, `dr-synth.toml`.

use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::backend_section::{self, BackendSection};
use super::choices::{Choice, Choices, approval_minutes, availability_zones};
use super::error::{Origin, SettingsError};
use super::fields::with_settings;
use super::{Feature, backend, objectives};
use crate::terraform::nearest::nearest;

/// The file that is read from the current directory if no other is named.
pub const FILE_NAME: &str = "dr-synth.toml";

type Item<'t> = Spanned<DeValue<'t>>;

/// A key, the section it stands in (none at the top), and what it sets.
struct Entry {
    section: &'static str,
    key: &'static str,
    read: fn(&mut Reader, &Item<'_>),
}

const fn entry(section: &'static str, key: &'static str, read: fn(&mut Reader, &Item<'_>)) -> Entry {
    Entry { section, key, read }
}

/// The section whose keys are the names of features.
const FEATURES: &str = "features";

/// The section whose keys depend on one of them, the kind.
const BACKEND: &str = backend_section::NAME;

macro_rules! keys_of_settings {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $section:literal, $key:literal, $kind:ident$(($check:path))?;)*) => {
        /// The keys of settings that have one value.
        static VALUES: &[Entry] = &[
            $(entry($section, $key, |reader, item| reader.choices.$field = reader.$kind(item$(, $check)?)),)*
        ];
    };
}

with_settings!(keys_of_settings);

/// Reads the text of a settings file.
///
/// # Errors
/// The text is not TOML, or keys or values in it are none that dr-synth knows: all of them, in the order of the file.
pub fn read(text: &str) -> Result<Choices, Vec<SettingsError>> {
    let document = DeTable::parse(text).map_err(|error| {
        let place = error.span().unwrap_or(0..0);
        vec![SettingsError::new(format!("not TOML: {}", error.message())).at(Origin::File(place))]
    })?;
    let mut reader = Reader::default();
    reader.table("", document.get_ref());
    reader.finish()
}

/// The section about the rules of `check`.
const CHECK: &str = "check";

/// A finding that somebody has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The rule.
    pub rule: String,
    /// The block, or the module around it; every block where none is named.
    pub address: Option<String>,
    /// Why it is no matter.
    pub reason: String,
}

/// The findings that a settings file answers: `[[check.allow]]` with `rule`, `reason` and, for one block alone, `address`.
///
/// # Errors
/// The text is not TOML, or an entry lacks something or has something that is not known.
pub fn allowances(text: &str) -> Result<Vec<Allowance>, Vec<SettingsError>> {
    let document = DeTable::parse(text).map_err(|error| {
        let place = error.span().unwrap_or(0..0);
        vec![SettingsError::new(format!("not TOML: {}", error.message())).at(Origin::File(place))]
    })?;
    let section = document.get_ref().iter().find(|(key, _)| key.get_ref() == CHECK);
    section.map_or_else(|| Ok(Vec::new()), |(_, item)| allowances_of(item))
}

fn allowances_of(item: &Item<'_>) -> Result<Vec<Allowance>, Vec<SettingsError>> {
    let mut reader = Reader::default();
    let mut found = Vec::new();
    match item.get_ref() {
        DeValue::Table(table) => {
            for (key, item) in table {
                match (key.get_ref().as_ref(), item.get_ref()) {
                    ("allow", DeValue::Array(items)) => {
                        found.extend(items.iter().filter_map(|it| reader.allowance(it)));
                    }
                    ("allow", _) => reader.wrong_type(item, "a list of tables: `[[check.allow]]`"),
                    _ => reader.errors.push(unknown_key(CHECK, key)),
                }
            }
        }
        _ => reader.wrong_type(item, "a table"),
    }
    if reader.errors.is_empty() { Ok(found) } else { Err(reader.errors) }
}

#[derive(Default)]
struct Reader {
    choices: Choices,
    backend: BackendSection,
    errors: Vec<SettingsError>,
}

impl Reader {
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (key, item) in table {
            let name: &str = key.get_ref();
            if let Some(entry) = VALUES.iter().find(|entry| entry.section == section && entry.key == name) {
                (entry.read)(self, item);
            } else if let Some(key) = backend_section::keys().find(|key| section == BACKEND && *key == name) {
                let text = self.text(item);
                self.backend.set(key, text);
            } else if let Some(feature) = feature(name).filter(|_| section == FEATURES) {
                self.feature(feature, item);
            } else if section.is_empty() && name == CHECK {
                // Read by whoever checks; what is wrong with it is said there.
                self.errors.extend(allowances_of(item).err().unwrap_or_default());
            } else if section.is_empty() && is_section(name) {
                self.section(name, item);
            } else {
                self.errors.push(match item.get_ref() {
                    DeValue::Table(_) if section.is_empty() => unknown_section(key),
                    _ => unknown_key(section, key),
                });
            }
        }
    }

    fn allowance(&mut self, item: &Item<'_>) -> Option<Allowance> {
        let DeValue::Table(table) = item.get_ref() else {
            self.wrong_type(item, "a table");
            return None;
        };
        let (mut rule, mut address, mut reason) = (None, None, None);
        for (key, item) in table {
            let place = match key.get_ref().as_ref() {
                "rule" => &mut rule,
                "address" => &mut address,
                "reason" => &mut reason,
                _ => {
                    self.errors.push(unknown_key("check.allow", key));
                    continue;
                }
            };
            *place = self.text(item).map(|choice| choice.value);
        }
        if let (Some(rule), Some(reason)) = (rule, reason.filter(|reason| !reason.trim().is_empty())) {
            return Some(Allowance { rule, address, reason });
        }
        let error = SettingsError::new("an allowance names its `rule` and its `reason`").at(Origin::File(item.span()));
        self.errors.push(error);
        None
    }

    fn section(&mut self, name: &str, item: &Item<'_>) {
        let DeValue::Table(table) = item.get_ref() else {
            self.errors.push(wrong_type(item, "a table").help(as_section(name, item)));
            return;
        };
        if name == BACKEND {
            self.backend.begins_at(item.span());
        }
        self.table(name, table);
    }

    fn text(&mut self, item: &Item<'_>) -> Option<Choice<String>> {
        if let DeValue::String(text) = item.get_ref() {
            return Some(Choice { value: text.to_string(), origin: Origin::File(item.span()) });
        }
        self.wrong_type(item, "a string");
        None
    }

    fn parsed<T: FromStr<Err = SettingsError>>(&mut self, item: &Item<'_>) -> Option<Choice<T>> {
        let text = self.text(item)?;
        self.checked(&text, |text| text.parse())
    }

    fn switch(&mut self, item: &Item<'_>) -> Option<Choice<bool>> {
        if let DeValue::Boolean(value) = item.get_ref() {
            return Some(Choice { value: *value, origin: Origin::File(item.span()) });
        }
        self.wrong_type(item, "true or false");
        None
    }

    fn number<T>(&mut self, item: &Item<'_>, check: fn(i64) -> Result<T, SettingsError>) -> Option<Choice<T>> {
        let DeValue::Integer(number) = item.get_ref() else {
            self.wrong_type(item, "an integer");
            return None;
        };
        let value = integer(number.as_str(), number.radix());
        self.checked(&Choice { value, origin: Origin::File(item.span()) }, |number| match number {
            Ok(number) => check(*number),
            Err(digits) => Err(too_many_digits(digits, check)),
        })
    }

    fn feature(&mut self, feature: Feature, item: &Item<'_>) {
        if let Some(on) = self.switch(item) {
            self.choices.features.insert(feature, on);
        }
    }

    /// Keeps the origin of a value while it is checked.
    fn checked<T, U>(
        &mut self,
        choice: &Choice<T>,
        check: impl FnOnce(&T) -> Result<U, SettingsError>,
    ) -> Option<Choice<U>> {
        match check(&choice.value) {
            Ok(value) => Some(Choice { value, origin: choice.origin.clone() }),
            Err(error) => {
                self.errors.push(error.at(choice.origin.clone()));
                None
            }
        }
    }

    fn wrong_type(&mut self, item: &Item<'_>, wanted: &str) {
        self.errors.push(wrong_type(item, wanted));
    }

    fn finish(mut self) -> Result<Choices, Vec<SettingsError>> {
        match std::mem::take(&mut self.backend).read() {
            Ok(backend) => self.choices.backend = backend,
            Err(errors) => self.errors.extend(errors),
        }
        if self.errors.is_empty() {
            return Ok(self.choices);
        }
        self.errors.sort_by_key(|error| match error.origins.first() {
            Some(Origin::File(place)) => place.start,
            _ => 0,
        });
        Err(self.errors)
    }
}

/// The error about a value of another type.
fn wrong_type(item: &Item<'_>, wanted: &str) -> SettingsError {
    let found = item.get_ref().type_str();
    let error = SettingsError::new(format!("expected {wanted}, found a value of type {found}"));
    error.at(Origin::File(item.span()))
}

/// How a section is written that was given as one value: what a flag takes becomes keys.
fn as_section(name: &str, item: &Item<'_>) -> String {
    let text = item.get_ref().as_str().unwrap_or_default();
    if let Some(backend) = backend::parse(text).ok().filter(|_| name == BACKEND) {
        let entries: Vec<_> = backend.values().map(|(key, value)| format!(", {key} = \"{value}\"")).collect();
        return format!("write `{name} = {{ kind = \"{}\"{} }}`", backend.kind(), entries.concat());
    }
    let keys: Vec<_> = known().filter(|(section, _)| *section == name).map(|(_, key)| key).collect();
    match (&keys[..], text) {
        ([key] | [key @ "kind", ..], text) if !text.is_empty() && name != BACKEND => {
            format!("write `{name}.{key} = \"{}\"`", text.escape_debug())
        }
        ([first, ..], _) => format!("write `[{name}]` on a line of its own, and below it keys such as `{first} = ...`"),
        ([], _) => format!("write `[{name}]` on a line of its own"),
    }
}

/// A number, or its digits where 64 bits do not hold it.
fn integer(digits: &str, radix: u32) -> Result<i64, String> {
    i64::from_str_radix(digits, radix).map_err(|_| digits.to_owned())
}

/// Refuses a number that 64 bits do not hold in the words of the check, which such a number fails in any case.
pub fn too_many_digits<T>(digits: &str, check: fn(i64) -> Result<T, SettingsError>) -> SettingsError {
    let shown = SettingsError::new(format!("{} is out of range", digits.escape_debug()));
    match check(i64::MAX) {
        Ok(_) => shown,
        Err(error) => SettingsError { message: shown.message, ..error },
    }
}

/// Every section and key that may stand in the file.
pub fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    let values = VALUES.iter().map(|entry| (entry.section, entry.key));
    let backend = backend_section::keys().map(|key| (BACKEND, key));
    values.chain(backend).chain(Feature::ALL.map(|feature| (FEATURES, feature.name())))
}

/// The feature of exactly this name: a file has one spelling.
fn feature(name: &str) -> Option<Feature> {
    Feature::ALL.into_iter().find(|feature| feature.name() == name)
}

fn is_section(name: &str) -> bool {
    !name.is_empty() && known().any(|(section, _)| section == name)
}

/// A table at the top is a section, whatever keys have its name.
fn unknown_section(key: &Spanned<DeString<'_>>) -> SettingsError {
    let name: &str = key.get_ref();
    let shown = name.escape_debug();
    let error = SettingsError::new(format!("unknown section `{shown}`")).at(Origin::File(key.span()));
    let mut sections: Vec<_> = known().map(|(section, _)| section).filter(|section| !section.is_empty()).collect();
    sections.push(CHECK);
    sections.dedup();
    let candidates = nearest(name, sections.iter().copied());
    if !candidates.is_empty() {
        return error.candidates(candidates);
    }
    match known().find(|(_, key)| *key == name) {
        Some(("", _)) => error.help(format!("`{shown}` is a key: write `{shown} = ...` before the first section")),
        Some((home, _)) => error.help(format!("`{shown}` is a key of the section `[{home}]`")),
        None => error.help(format!("known here: {}", sections.join(", "))),
    }
}

fn unknown_key(section: &str, key: &Spanned<DeString<'_>>) -> SettingsError {
    let name: &str = key.get_ref();
    let shown = name.escape_debug();
    let what = match section {
        "" => format!("unknown key `{shown}`"),
        section => format!("unknown key `{shown}` in section `{section}`"),
    };
    let error = SettingsError::new(what).at(Origin::File(key.span()));
    let here = || known().filter(|(home, _)| *home == section).map(|(_, key)| key);
    // A key of the section that was meant comes before a key of this name elsewhere.
    let is_one_letter_off = |key: &&str| !section.is_empty() && strsim::levenshtein(name, key) <= 1;
    let meant: Vec<_> = here().filter(is_one_letter_off).map(str::to_owned).collect();
    if !meant.is_empty() {
        return error.candidates(meant);
    }
    if let Some((home, _)) = known().find(|(_, key)| *key == name) {
        return error.help(match home {
            "" => format!("move `{shown}` to the top, before the first section"),
            home => format!("move `{shown}` to the section `[{home}]`"),
        });
    }
    let sections = known().map(|(home, _)| home).filter(|home| section.is_empty() && !home.is_empty());
    let mut valid: Vec<_> = here().chain(sections).collect();
    valid.dedup();
    let candidates = nearest(name, valid.iter().copied());
    if candidates.is_empty() {
        error.help(format!("known here: {}", valid.join(", ")))
    } else {
        error.candidates(candidates)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ApiAuthorization, FailoverMode, Features, Layout, Settings};
    use super::*;

    fn settings(text: &str) -> Settings {
        read(text).unwrap().settle().unwrap()
    }

    /// The messages with the text they point at.
    fn errors(text: &str) -> Vec<(String, &str)> {
        read(text)
            .unwrap_err()
            .into_iter()
            .map(|error| match &error.origins[..] {
                [Origin::File(place)] => (error.message, &text[place.clone()]),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_section_that_is_one_value_is_written_with_its_keys() {
        let fix = |text: &str| read(text).unwrap_err().remove(0).help.unwrap();
        assert_eq!(fix("workload = \"none\""), "write `workload.kind = \"none\"`");
        assert_eq!(fix("backend = \"none\""), "write `backend = { kind = \"none\" }`");
        let s3 = "write `backend = { kind = \"s3\", bucket = \"state\", key = \"k\", region = \"us-west-2\" }`";
        assert_eq!(fix("backend = \"s3:state/k@us-west-2\""), s3);
        for text in ["backend = \"nothing\"", "regions = \"us-east-1\"", "network = 3", "features = true"] {
            assert!(fix(text).contains("on a line of its own, and below it keys such as"), "{text}: {}", fix(text));
        }
        // What is to be written can be written.
        for text in ["workload = \"none\"", "backend = \"none\"", "backend = \"s3:state/k@us-west-2\""] {
            let fix = fix(text);
            assert!(read(fix.trim_start_matches("write `").trim_end_matches('`')).is_ok(), "{fix}");
        }
    }

    #[test]
    fn a_key_of_the_section_is_nearer_than_one_of_another() {
        let error = read("[existing]\nkey = true\n").unwrap_err().remove(0);
        assert_eq!((error.candidates, error.help), (vec!["keys".to_owned()], None));
        let error = read("[regions]\nkind = \"none\"\n").unwrap_err().remove(0);
        assert!(error.help.unwrap().contains("move `kind` to the section"));
    }

    #[test]
    fn an_empty_file_chooses_nothing() {
        assert_eq!(read(""), Ok(Choices::default()));
        assert_eq!(settings("[regions]\n[features]\n"), Settings::default());
    }

    #[test]
    fn every_key_is_read() {
        let settings = settings(
            r#"
            environment_suffix = "prod"
            layout = "modules"
            regions.primary = "eu-central-1"
            regions.dr = "eu-west-1"
            [network]
            availability_zones = 3
            primary_cidr = "10.8.0.0/16"
            dr_cidr = "10.9.0.0/20"
            [api]
            authorization = "AWS_IAM"
            [failover]
            mode = "approve"
            approval_minutes = 5
            [objectives]
            rto = 600
            rpo = 30
            [protection]
            prevent_destroy = true
            [backend]
            kind = "s3"
            bucket = "payments-state"
            key = "terraform.tfstate"
            region = "eu-north-1"
            kms_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
            "#,
        );
        assert_eq!(settings.environment_suffix.as_str(), "prod");
        assert_eq!(settings.layout, Layout::Modules);
        assert_eq!((settings.primary_region.name(), settings.dr_region.name()), ("eu-central-1", "eu-west-1"));
        assert_eq!(settings.availability_zones, 3);
        assert_eq!(settings.primary_cidr.to_string(), "10.8.0.0/16");
        assert_eq!(settings.dr_cidr.to_string(), "10.9.0.0/20");
        assert_eq!(settings.api_authorization, ApiAuthorization::AwsIam);
        assert_eq!((settings.failover_mode, settings.approval_minutes), (FailoverMode::Approve, 5));
        assert_eq!((settings.objectives().rto_seconds(), settings.objectives().rpo_seconds()), (600, 30));
        assert_eq!(settings.objectives().patience_seconds(), 390);
        assert!(settings.prevent_destroy);
        let backend = settings.backend.unwrap();
        let values: Vec<_> = backend.values().collect();
        assert_eq!(
            values,
            [
                ("bucket", "payments-state"),
                ("key", "terraform.tfstate"),
                ("region", "eu-north-1"),
                ("kms_key_id", "1234abcd-12ab-34cd-56ef-1234567890ab"),
            ]
        );
    }

    #[test]
    fn every_feature_is_switched_by_its_name() {
        for feature in Feature::ALL {
            let switched = |on: bool| settings(&format!("[features]\n{feature} = {on}\n")).features;
            assert_eq!(switched(true), Features::default().with(feature));
            assert_eq!(switched(false), Features::default().without(feature));
        }
    }

    #[test]
    fn backends_are_those_of_the_command_line() {
        let cases = [
            ("kind = 'local'", "local"),
            ("kind = 'local'\npath = 'state/payments.tfstate'", "local:state/payments.tfstate"),
            ("kind = 'cloud'\norganization = 'acme'\nworkspace = 'prod'", "cloud:acme/prod"),
            ("kind = 'http'\naddress = 'https://a.example/p'", "http:https://a.example/p"),
            ("kind = 'gcs'\nbucket = 'acme'\nprefix = 'p'", "gcs:acme/p"),
            (
                "kind = 'azurerm'\nresource_group_name = 'g'\nstorage_account_name = 'acc'\ncontainer_name = 'con'\n\
                 key = 'k'",
                "azurerm:g/acc/con/k",
            ),
        ];
        for (section, notation) in cases {
            let expected = super::super::backend::parse(notation).unwrap();
            assert_eq!(settings(&format!("[backend]\n{section}\n")).backend, Some(expected), "{notation}");
        }
        assert_eq!(settings("backend = { kind = 'none' }").backend, None);
    }

    #[test]
    fn not_toml() {
        let [(message, _)] = &errors("regions = [")[..] else { panic!() };
        assert!(message.starts_with("not TOML: "), "{message}");
        let [(message, at)] = &errors("[api]\nauthorization = 'NONE'\nauthorization = 'NONE'\n")[..] else { panic!() };
        assert!(message.contains("duplicate key"), "{message}");
        assert_eq!(*at, "authorization");
    }

    #[test]
    fn unknown_keys_name_the_nearest_or_their_place() {
        let unknown = |text: &str| read(text).unwrap_err().remove(0);
        assert_eq!(unknown("[regoins]").candidates, ["regions"]);
        assert_eq!(unknown("[regions]\nprimry = 'us-east-1'").candidates, ["primary"]);
        assert_eq!(
            unknown("primary_cidr = '10.0.0.0/16'").help.as_deref(),
            Some("move `primary_cidr` to the section `[network]`")
        );
        assert_eq!(
            unknown("[api]\nenvironment_suffix = 'dev'").help.as_deref(),
            Some("move `environment_suffix` to the top, before the first section")
        );
        assert_eq!(unknown("[api]\nzzz = 1").help.as_deref(), Some("known here: authorization"));
    }

    #[test]
    fn all_errors_in_the_order_of_the_file() {
        let text = "environment_suffix = 1\n[regions]\nprimary = 'mars'\n[network]\navailability_zones = 9\n\
                    dr_cidr = '10.1.1.0/16'\n[features]\nxray = 'yes'\n[[api]]\n";
        assert_eq!(
            errors(text),
            [
                ("expected a string, found a value of type integer".to_owned(), "1"),
                ("unknown region `mars`".to_owned(), "'mars'"),
                ("9 availability zones are not between 2 and 3".to_owned(), "9"),
                ("`10.1.1.0/16` is not the first address of its range".to_owned(), "'10.1.1.0/16'"),
                ("expected true or false, found a value of type string".to_owned(), "'yes'"),
                ("expected a table, found a value of type array".to_owned(), "[[api]]"),
            ]
        );
    }

    #[test]
    fn backends_that_do_not_hold() {
        let messages = |text: &str| errors(text).into_iter().map(|(message, _)| message).collect::<Vec<_>>();
        assert_eq!(messages("[backend]\n"), ["the backend has no kind"]);
        assert_eq!(messages("[backend]\nkind = 'S3'\n"), ["unknown backend `S3`"]);
        assert_eq!(
            messages("[backend]\nkind = 's3'\nbucket = 1\nkey = 'k'\nregion = 'us-west-2'\n"),
            ["expected a string, found a value of type integer"]
        );
        assert_eq!(messages("[backend]\nkind = 3\n"), ["expected a string, found a value of type integer"]);
        assert_eq!(
            messages("[backend]\nkind = 's3'\npath = 'x'\nkey = '/x'\n"),
            [
                "the s3 backend has no bucket",
                "the s3 backend has no region",
                "the s3 backend takes no `path`",
                "`/x` is not the key of a state object",
            ]
        );
        assert_eq!(messages("[backend]\nkind = 'local'\nbucket = 'abc'\n"), ["the local backend takes no `bucket`"]);
        assert_eq!(messages("[backend]\nkind = 'none'\npath = 'abc'\n"), ["the none backend takes no `path`"]);
        let kms = "[backend]\nkind = 's3'\nbucket = 'abc'\nkey = 'k'\nregion = 'us-west-2'\nkms_key_id = \
                   'arn:aws:kms:us-east-2:123456789012:alias/x'\n";
        assert_eq!(errors(kms)[0].1, "'arn:aws:kms:us-east-2:123456789012:alias/x'");
    }

    #[test]
    fn numbers_beyond_reach() {
        for number in ["0x2", "0b11"] {
            assert!(read(&format!("[network]\navailability_zones = {number}")).is_ok());
        }
        assert!(read("[network]\navailability_zones = 99999999999999999999").is_err());
        assert!(read("[network]\navailability_zones = -1").is_err());
    }
}
