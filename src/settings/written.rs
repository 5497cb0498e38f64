//! Settings as the text of a settings file, from which the same settings are read again.

use super::fields::with_settings;
use super::{Feature, Settings};
use crate::terraform::Backend;

/// A key of the settings file with its section (none at the top), and its value in TOML.
type Line = (&'static str, &'static str, String);

/// Sections and keys of settings that came after the first documents were written.
const YOUNGER: [(&str, &str); 2] = [("", "service_name"), ("workload", "kind")];

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
    /// Every setting, as the text of a `dr-synth.toml`.
    pub fn to_toml(&self) -> String {
        toml(self.lines())
    }

    /// What the digest is made from. A setting that is younger than the digest counts only where it is chosen, so that the
    /// digest of settings that do not choose it is what it was before.
    pub(super) fn digested(&self) -> String {
        let defaults = Self::default().lines();
        let mut lines = self.lines();
        lines.retain(|line| !YOUNGER.contains(&(line.0, line.1)) || !defaults.contains(line));
        toml(lines)
    }

    /// The settings that differ from the defaults, a line each in the notation with dots; empty where none does.
    pub fn differences(&self) -> Vec<String> {
        let defaults = Self::default().lines();
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

fn toml(lines: Vec<Line>) -> String {
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
    use super::super::{Features, Layout, Region, file};
    use super::*;

    fn read_back(text: &str) -> Settings {
        file::read(text).unwrap().settle().unwrap()
    }

    fn every_setting_differs() -> Settings {
        let features = Feature::ALL.into_iter().filter(|feature| !feature.is_default());
        Settings {
            service_name: "orders".parse().unwrap(),
            environment_suffix: "blue".parse().unwrap(),
            primary_region: "eu-west-1".parse().unwrap(),
            dr_region: "eu-central-1".parse().unwrap(),
            availability_zones: 3,
            workload: super::super::WorkloadKind::None,
            primary_cidr: "10.8.0.0/16".parse().unwrap(),
            dr_cidr: "10.9.0.0/16".parse().unwrap(),
            api_authorization: "AWS_IAM".parse().unwrap(),
            failover_mode: "approve".parse().unwrap(),
            approval_minutes: 5,
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
