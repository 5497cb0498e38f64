//! Settings as the text of a settings file, from which the same settings are read again.

use super::fields::with_settings;
use super::{Feature, Settings};
use crate::terraform::Backend;

/// A key of the settings file with its section (none at the top), and its value in TOML.
type Line = (&'static str, &'static str, String);

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

/// Keys that came after the first release. With its default such a key is not in the digest, so that documents of settings
/// that say nothing of it stay what they are.
const LATER: [(&str, &str); 4] =
    [("network", "existing"), ("network", "endpoints"), ("existing", "permissions_boundary"), ("existing", "keys")];

impl Settings {
    /// Every setting, as the text of a `dr-synth.toml`.
    pub fn to_toml(&self) -> String {
        toml(self.lines())
    }

    /// The text that a digest is made of.
    pub(super) fn digested(&self) -> String {
        let defaults = Self::default().lines();
        let counts = |line: &Line| !LATER.contains(&(line.0, line.1)) || !defaults.contains(line);
        toml(self.lines().into_iter().filter(counts))
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

fn toml(lines: impl IntoIterator<Item = Line>) -> String {
    let mut text = String::new();
    let mut current = "";
    for (section, key, value) in lines {
        if section != current {
            text.extend(["\n[", section, "]\n"]);
            current = section;
        }
        text.extend([key, " = ", value.as_str(), "\n"]);
    }
    text
}

fn backend(backend: &Backend) -> Vec<Line> {
    let entry = |key, text: &str| ("backend", key, quoted(text));
    match backend {
        Backend::Local { path } => {
            let path = path.as_deref().map(|path| entry("path", path));
            [entry("kind", "local")].into_iter().chain(path).collect()
        }
        Backend::S3 { bucket, key, region, kms_key_id, use_lockfile: _ } => {
            let key_id = kms_key_id.as_deref().map(|id| entry("kms_key_id", id));
            let lines = [entry("kind", "s3"), entry("bucket", bucket), entry("key", key), entry("region", region)];
            lines.into_iter().chain(key_id).collect()
        }
        // Settings choose none of the others.
        Backend::Other { .. } => Vec::new(),
    }
}

/// A text between quotes. JSON's escapes, which Rust's serializer makes, are TOML's too, but for the character DEL.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::super::{Endpoints, Features, Layout, Region, file};
    use super::*;

    fn read_back(text: &str) -> Settings {
        file::read(text).unwrap().settle().unwrap()
    }

    fn every_setting_differs() -> Settings {
        let features = Feature::ALL.into_iter().filter(|feature| !feature.is_default());
        Settings {
            environment_suffix: "blue".parse().unwrap(),
            primary_region: "eu-west-1".parse().unwrap(),
            dr_region: "eu-central-1".parse().unwrap(),
            availability_zones: 3,
            primary_cidr: "10.8.0.0/16".parse().unwrap(),
            dr_cidr: "10.9.0.0/16".parse().unwrap(),
            api_authorization: "AWS_IAM".parse().unwrap(),
            failover_mode: "approve".parse().unwrap(),
            approval_minutes: 5,
            existing_network: false,
            endpoints: Endpoints::Own,
            existing_permissions_boundary: true,
            existing_keys: true,
            rto: 600,
            rpo: 30,
            prevent_destroy: true,
            features: features.fold(Features::none(), Features::with),
            layout: Layout::Modules,
            backend: Some(Backend::Local { path: Some("a \"quoted\"\\\t\u{7f}état".into()) }),
        }
    }

    #[test]
    fn every_setting_is_written_and_read_back() {
        for settings in [Settings::default(), every_setting_differs()] {
            assert_eq!(read_back(&settings.to_toml()), settings);
            assert_eq!(read_back(&settings.differences().join("\n")), settings);
        }
        assert!(Settings::default().differences().is_empty());
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
    fn a_later_key_is_in_the_digest_where_it_is_not_the_default() {
        assert!(!Settings::default().digested().contains("existing"));
        assert!(Settings::defaults_of_network(true).digested().contains("existing = true"));
    }

    #[test]
    fn a_state_in_s3_is_written_and_read_back() {
        let region: Region = "us-west-2".parse().unwrap();
        for key in [None, Some("1234abcd-12ab-34cd-56ef-1234567890ab".to_owned())] {
            let backend = super::super::backend::s3("state".into(), "a/b.tfstate".into(), region, key);
            let settings = Settings { backend: Some(backend), ..Settings::default() };
            assert_eq!(read_back(&settings.to_toml()), settings);
        }
    }

    #[test]
    fn every_key_of_the_file_is_written() {
        let mut written: Vec<_> = every_setting_differs().lines().iter().map(|line| (line.0, line.1)).collect();
        let s3 = Backend::S3 {
            bucket: String::new(),
            key: String::new(),
            region: String::new(),
            use_lockfile: true,
            kms_key_id: Some(String::new()),
        };
        written.extend(backend(&s3).iter().map(|line| (line.0, line.1)));
        for key in file::known() {
            assert!(written.contains(&key), "{key:?} is not written");
        }
    }
}
