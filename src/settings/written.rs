//! Settings as the text of a settings file, from which the same settings are read again.

use std::collections::BTreeSet;

use super::backend::StateBackend;
use super::fields::with_settings;
use super::{Feature, Settings, backend_section};

/// A key of the settings file with its section (none at the top), and its value in TOML.
type Line = (&'static str, &'static str, String);

/// The settings that there were not from the beginning.
const LATER: [(&str, &str); 13] = [
    ("", "dialect"),
    ("", "provider"),
    ("", "service_name"),
    ("workload", "kind"),
    ("workload", "package"),
    ("network", "existing"),
    ("network", "endpoints"),
    ("existing", "permissions_boundary"),
    ("existing", "keys"),
    ("existing", "topics"),
    ("existing", "web_acl"),
    ("existing", "log_archive"),
    ("database", "existing"),
];

macro_rules! written_settings {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $section:literal, $key:literal, $kind:ident$(($check:path))?;)*) => {
        impl Settings {
            /// The settings that have one value.
            fn values(&self) -> Vec<Line> {
                vec![$(($section, $key, written_settings!(@$kind self.$field))),*]
            }
        }
    };
    (@parsed $value:expr) => { quoted(&$value.to_string()) };
    (@number $value:expr) => { $value.to_string() };
    (@switch $value:expr) => { $value.to_string() };
}

with_settings!(written_settings);

impl Settings {
    /// Every setting, as the text of a `dr-synth.toml`. What follows from whether the networks exist is a comment: written as a choice,
    /// it would outlive a flag that says something else about the networks.
    pub fn to_toml(&self) -> String {
        let [own, existing] = [false, true].map(|existing| Self::defaults_of_network(existing).lines());
        let follows = |line: &Line| {
            let defaults = if self.existing_network { &existing } else { &own };
            line.1 != "existing" && own.contains(line) != existing.contains(line) && defaults.contains(line)
        };
        toml(self.lines(), follows)
    }

    /// What a digest counts: a setting that came later only where it differs, so that the digests of earlier documents stay.
    pub(super) fn counted(&self) -> String {
        let defaults = Self::default().lines();
        let is_later = |line: &Line| LATER.contains(&(line.0, line.1));
        toml(self.lines().into_iter().filter(|line| !is_later(line) || !defaults.contains(line)).collect(), |_| false)
    }

    /// What these settings are in others: a line for each that is another one there.
    pub fn changes_to(&self, new: &Self) -> Vec<String> {
        let (old, new) = (self.lines(), new.lines());
        let value = |lines: &[Line], name: (&str, &str)| {
            lines.iter().find(|line| (line.0, line.1) == name).map_or_else(|| "none".to_owned(), |line| line.2.clone())
        };
        let names: BTreeSet<_> = old.iter().chain(&new).map(|line| (line.0, line.1)).collect();
        let pairs = names.into_iter().map(|name| (name, value(&old, name), value(&new, name)));
        pairs
            .filter(|(_, old, new)| old != new)
            .map(|((section, key), old, new)| {
                let dot = if section.is_empty() { "" } else { "." };
                format!("{section}{dot}{key} was {old} and is {new}")
            })
            .collect()
    }

    /// The settings that differ from the defaults, a line each in the notation with dots; empty where none does.
    pub fn differences(&self) -> Vec<String> {
        let defaults = Self { existing_network: false, ..Self::defaults_of_network(self.existing_network) }.lines();
        let differing = self.lines().into_iter().filter(|line| !defaults.contains(line));
        differing
            .map(|(section, key, value)| match section {
                "" => format!("{key} = {value}"),
                section => format!("{section}.{key} = {value}"),
            })
            .collect()
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = self.values();
        lines.extend(Feature::ALL.map(|feature| ("features", feature.name(), self.features.has(feature).to_string())));
        lines.extend(self.backend.iter().flat_map(backend));
        lines
    }
}

/// The lines below their sections, those that follow from another one as comments.
fn toml(lines: Vec<Line>, follows: impl Fn(&Line) -> bool) -> String {
    let mut text = String::new();
    let mut current = "";
    for line in lines {
        let mark = if follows(&line) { "# " } else { "" };
        let (section, key, value) = line;
        if section != current {
            text.extend(["\n[", section, "]\n"]);
            current = section;
        }
        text.extend([mark, key, " = ", value.as_str(), "\n"]);
    }
    text
}

fn backend(backend: &StateBackend) -> Vec<Line> {
    let kind = ("kind", backend.kind().name());
    let entries = [kind].into_iter().chain(backend.values());
    entries.map(|(key, value)| (backend_section::NAME, key, quoted(value))).collect()
}

/// A text between quotes. JSON's escapes, which Rust's serializer makes, are TOML's too, but for the character DEL.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::super::backend::parse;
    use super::super::choices::{Choice, Choices};
    use super::super::error::Origin;
    use super::super::{
        ApiAuthorization, Dialect, Endpoints, Features, Layout, PackageKind, ProviderVersion, WorkloadKind, file,
    };
    use super::*;

    fn read_back(text: &str) -> Settings {
        file::read(text).unwrap().settle().unwrap()
    }

    fn every_setting_differs() -> Settings {
        // A web ACL that exists needs the feature that it replaces.
        let differs = |feature: &Feature| !feature.is_default() || *feature == Feature::Waf;
        let features = Feature::ALL.into_iter().filter(differs);
        Settings {
            service_name: "orders".parse().unwrap(),
            environment_suffix: "blue".parse().unwrap(),
            primary_region: "eu-west-1".parse().unwrap(),
            dr_region: "eu-central-1".parse().unwrap(),
            availability_zones: 3,
            workload: WorkloadKind::Lambda,
            package: PackageKind::Image,
            primary_cidr: "10.8.0.0/16".parse().unwrap(),
            dr_cidr: "10.9.0.0/16".parse().unwrap(),
            api_authorization: "AWS_IAM".parse().unwrap(),
            failover_mode: "approve".parse().unwrap(),
            approval_minutes: 5,
            existing_network: false,
            endpoints: Endpoints::Own,
            existing_permissions_boundary: true,
            existing_keys: true,
            existing_topics: true,
            existing_web_acl: true,
            existing_log_archive: true,
            existing_database: true,
            rto: 600,
            rpo: 30,
            prevent_destroy: true,
            features: features.fold(Features::none(), Features::with),
            layout: Layout::Modules,
            dialect: Dialect::Opentofu,
            provider: ProviderVersion::Six,
            backend: Some(parse("local:a \"quoted\"\\\t\u{7f}état").unwrap()),
        }
    }

    #[test]
    fn every_setting_is_written_and_read_back() {
        // A service that runs elsewhere has no API whose callers could be authorized.
        let elsewhere = Settings {
            workload: WorkloadKind::None,
            package: PackageKind::Zip,
            api_authorization: ApiAuthorization::None,
            existing_web_acl: false,
            ..every_setting_differs()
        };
        for settings in [Settings::default(), every_setting_differs(), elsewhere] {
            assert_eq!(read_back(&settings.to_toml()), settings);
            assert_eq!(read_back(&settings.differences().join("\n")), settings);
        }
        assert!(Settings::default().differences().is_empty());
    }

    /// A backend of each kind with every argument that it takes.
    fn backends() -> Vec<StateBackend> {
        let sections = [
            "kind = 'local'\npath = 'x'",
            "kind = 's3'\nbucket = 'state'\nkey = 'a/b.tfstate'\nregion = 'us-west-2'\nkms_key_id = 'alias/state'",
            "kind = 'cloud'\norganization = 'acme'\nworkspace = 'prod'\nhostname = 'tfe.example.com'",
            "kind = 'http'\naddress = 'https://a.example/p'\nlock_address = 'https://a.example/p/lock'\n\
             unlock_address = 'https://a.example/p/lock'\nlock_method = 'POST'\nunlock_method = 'DELETE'",
            "kind = 'azurerm'\nresource_group_name = 'g'\nstorage_account_name = 'acc'\ncontainer_name = 'con'\nkey = 'k'",
            "kind = 'gcs'\nbucket = 'acme'\nprefix = 'p'",
        ];
        sections.map(|section| read_back(&format!("[backend]\n{section}\n")).backend.unwrap()).to_vec()
    }

    #[test]
    fn what_an_existing_network_leaves_alone_is_not_written_as_a_difference() {
        let existing = Settings::defaults_of_network(true);
        assert_eq!(existing.differences(), ["network.existing = true"]);
        let with_more = Settings {
            endpoints: Endpoints::Own,
            features: existing.features.clone().with(Feature::Peering).without(Feature::Waf),
            ..existing.clone()
        };
        for settings in [existing, with_more] {
            assert_eq!(read_back(&settings.to_toml()), settings);
            assert_eq!(read_back(&settings.differences().join("\n")), settings);
        }
    }

    #[test]
    fn what_follows_from_the_network_outlives_no_flag_about_it() {
        let flags = Choices {
            existing_network: Some(Choice { value: true, origin: Origin::Flag("--existing-network") }),
            ..Choices::default()
        };
        let settings = flags.or(file::read(&Settings::default().to_toml()).unwrap()).settle().unwrap();
        assert_eq!(settings, Settings::defaults_of_network(true));
    }

    #[test]
    fn changes_name_each_setting_with_both_values() {
        let blue = Settings { environment_suffix: "blue".parse().unwrap(), ..Settings::default() };
        assert_eq!(blue.changes_to(&Settings::default()), ["environment_suffix was \"blue\" and is \"dev\""]);
        let kept = Settings { backend: Some(parse("local:a").unwrap()), ..Settings::default() };
        assert_eq!(
            kept.changes_to(&Settings::default()),
            ["backend.kind was \"local\" and is none", "backend.path was \"a\" and is none"]
        );
        assert!(blue.changes_to(&blue).is_empty());
    }

    #[test]
    fn a_later_key_is_in_the_digest_where_it_is_not_the_default() {
        assert!(!Settings::default().counted().contains("existing"));
        assert!(Settings::defaults_of_network(true).counted().contains("existing = true"));
    }

    #[test]
    fn every_backend_is_written_and_read_back() {
        for backend in backends() {
            let settings = Settings { backend: Some(backend), ..Settings::default() };
            assert_eq!(read_back(&settings.to_toml()), settings);
            assert_eq!(read_back(&settings.differences().join("\n")), settings);
        }
    }

    #[test]
    fn every_key_of_the_file_is_written() {
        let mut written: Vec<_> = every_setting_differs().lines().iter().map(|line| (line.0, line.1)).collect();
        written.extend(backends().iter().flat_map(backend).map(|line| (line.0, line.1)));
        for key in file::known() {
            assert!(written.contains(&key), "{key:?} is not written");
        }
    }
}
