//! The flags that choose the shape of the stack, and the other places where it may be chosen.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::FromStr;

use clap::Args;
use dr_synth::settings::{
    ApiAuthorization, Choice, Choices, Dialect, FailoverMode, Feature, Layout, Origin, ProviderVersion, Region,
    Settings, SettingsError, WorkloadKind, backend, choices, file,
};

use super::report::{Failure, Report, Source};
use super::suggested::Suggested;

const SUFFIX_VARIABLE: &str = "ENVIRONMENT_SUFFIX";

const SERVICE_VARIABLE: &str = "DR_SYNTH_SERVICE_NAME";

/// Where documents go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// To stdout, which takes one.
    Stdout,
    /// Into a folder.
    Folder,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Shape of the stack")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct SettingsArguments {
    /// Read settings from this file [default: dr-synth.toml in the current directory, if there is one]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    config: Option<PathBuf>,

    /// Name of the service, with which every name in AWS begins [default: payments]
    #[arg(long, value_name = "NAME")]
    service_name: Option<String>,

    /// Suffix of all names, so that several stacks can live in one account [default: dev]
    #[arg(long, value_name = "SUFFIX")]
    environment_suffix: Option<String>,

    /// Region that takes payments in ordinary times [default: us-east-1]
    #[arg(long, value_name = "REGION", value_parser = regions(), hide_possible_values = true)]
    primary_region: Option<String>,

    /// Region that takes them after a failover [default: us-east-2]
    #[arg(long, value_name = "REGION", value_parser = regions(), hide_possible_values = true)]
    dr_region: Option<String>,

    /// Availability zones in each region, 2 or 3 [default: 2]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    availability_zones: Option<String>,

    /// Build on networks that exist: variables name VPC, private subnets and route tables of each region
    #[arg(long)]
    existing_network: bool,

    /// Give every role a permissions boundary, which a variable names
    #[arg(long)]
    existing_permissions_boundary: bool,

    /// Encrypt with keys that exist: variables name those of each region
    #[arg(long)]
    existing_keys: bool,

    /// Notify topics that exist: variables name those of each region
    #[arg(long)]
    existing_topics: bool,

    /// Put web ACLs that exist before the APIs: variables name that of each region
    #[arg(long)]
    existing_web_acl: bool,

    /// Keep access logs of buckets in buckets that exist: variables name that of each region
    #[arg(long)]
    existing_log_archive: bool,

    /// Make a database that exists the writer: variables name cluster, instances and secret in the primary region
    #[arg(long)]
    existing_database: bool,

    /// What takes payments: a function of the stack's, containers on Fargate, or a service that runs elsewhere [default:
    /// lambda]
    #[arg(long, value_name = "KIND", value_parser = workloads())]
    workload: Option<String>,

    /// How callers of the API prove who they are [default: NONE]
    #[arg(long, value_name = "WAY", value_parser = ways())]
    api_authorization: Option<String>,

    /// Who decides that a failover starts [default: automatic]
    #[arg(long, value_name = "MODE", value_parser = modes())]
    failover_mode: Option<String>,

    #[arg(long, value_name = "FEATURE", value_delimiter = ',', value_parser = features(), help = enable_help())]
    enable: Vec<String>,

    /// Leave these features out, separated by commas
    #[arg(long, value_name = "FEATURE", value_delimiter = ',', value_parser = features(), hide_possible_values = true)]
    disable: Vec<String>,

    /// Write one document, or a root document and a module for each region (needs --out) [default: single]
    #[arg(long, value_name = "LAYOUT", value_parser = layouts())]
    layout: Option<String>,

    /// Which program the document is for; with opentofu it is called main.tofu.json [default: terraform]
    #[arg(long, value_name = "DIALECT", value_parser = dialects())]
    dialect: Option<String>,

    /// Major version of the AWS provider that the document is for; 6 is checked against the types of 6.66 [default: 5]
    #[arg(long, value_name = "MAJOR", value_parser = providers())]
    provider: Option<String>,

    #[arg(long, value_name = "BACKEND", help = backend_help())]
    backend: Option<String>,
}

fn regions() -> Suggested {
    Suggested(Region::all().iter().map(|region| region.name()).collect())
}

fn workloads() -> Suggested {
    Suggested(WorkloadKind::ALL.map(WorkloadKind::name).to_vec())
}

fn ways() -> Suggested {
    Suggested(ApiAuthorization::ALL.map(ApiAuthorization::name).to_vec())
}

fn modes() -> Suggested {
    Suggested(FailoverMode::ALL.map(FailoverMode::name).to_vec())
}

fn enable_help() -> String {
    let off: Vec<_> = Feature::ALL.into_iter().filter(|feature| !feature.is_default()).map(Feature::name).collect();
    format!("Build these features, separated by commas [default: all but {}]", off.join(", "))
}

fn dialects() -> Suggested {
    Suggested(Dialect::ALL.map(Dialect::name).to_vec())
}

fn providers() -> Suggested {
    Suggested(ProviderVersion::ALL.map(ProviderVersion::name).to_vec())
}

fn backend_help() -> String {
    format!("Where Terraform keeps the state: {} [default: none, which is a local file]", backend::notations())
}

fn layouts() -> Suggested {
    Suggested(Layout::ALL.map(Layout::name).to_vec())
}

fn features() -> Suggested {
    Suggested(Feature::ALL.map(Feature::name).to_vec())
}

impl SettingsArguments {
    /// What flags, environment and settings file choose together, in this order of precedence.
    ///
    /// # Errors
    /// Everything that is wrong in any of the three, all of it at once.
    pub(crate) fn settle(&self, output: Output) -> Result<Settings, Failure> {
        let source = self.source()?;
        let mut errors = Vec::new();
        let flags = self.flags(&mut errors);
        let environment = self.environment(&mut errors);
        let file = source.as_ref().map_or_else(Choices::default, |source| {
            file::read(&source.text).unwrap_or_else(|found| {
                errors.extend(found);
                Choices::default()
            })
        });
        let choices = flags.or(environment).or(file);
        let layout =
            choices.layout.as_ref().filter(|layout| output == Output::Stdout && layout.value == Layout::Modules);
        errors.extend(layout.map(several_documents));
        let settled = if errors.is_empty() { choices.settle() } else { Err(errors) };
        settled.map_err(|errors| {
            let report = |error| Report::of_settings(error, source.as_ref());
            Failure::bad_input(errors.into_iter().map(report).collect())
        })
    }

    /// The settings file of a folder that is written into, where another one is read.
    pub(crate) fn unread(&self, folder: &Path) -> Option<PathBuf> {
        let beside = folder.join(file::FILE_NAME);
        let read = self.config.as_deref().unwrap_or(Path::new(file::FILE_NAME));
        let same = fs::canonicalize(&beside).ok()? == fs::canonicalize(read).unwrap_or_default();
        (!same).then_some(beside)
    }

    fn source(&self) -> Result<Option<Rc<Source>>, Report> {
        let path = self.config.as_deref().unwrap_or(Path::new(file::FILE_NAME));
        let name = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(Rc::new(Source::new(name, text)))),
            Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_ok() => {
                Err(Report::new("the settings file is a link to nothing")
                    .at(name)
                    .fix("remove the link, or make what it leads to"))
            }
            Err(error) if error.kind() == ErrorKind::NotFound && self.config.is_none() => Ok(None),
            Err(error) => Err(Report::new(format!("cannot read the settings file: {error}")).at(name)),
        }
    }

    /// What the environment chooses. A variable is not even read where its flag is given.
    fn environment(&self, errors: &mut Vec<SettingsError>) -> Choices {
        Choices {
            service_name: if self.service_name.is_none() { variable(SERVICE_VARIABLE, errors) } else { None },
            environment_suffix: if self.environment_suffix.is_none() {
                variable(SUFFIX_VARIABLE, errors)
            } else {
                None
            },
            ..Choices::default()
        }
    }

    fn flags(&self, errors: &mut Vec<SettingsError>) -> Choices {
        let mut reader = FlagReader { errors };
        let mut choices = Choices {
            service_name: reader.parsed("--service-name", self.service_name.as_deref()),
            environment_suffix: reader.parsed("--environment-suffix", self.environment_suffix.as_deref()),
            primary_region: reader.parsed("--primary-region", self.primary_region.as_deref()),
            dr_region: reader.parsed("--dr-region", self.dr_region.as_deref()),
            availability_zones: reader.read("--availability-zones", self.availability_zones.as_deref(), zones),
            existing_network: switched_on("--existing-network", self.existing_network),
            existing_permissions_boundary: switched_on(
                "--existing-permissions-boundary",
                self.existing_permissions_boundary,
            ),
            existing_keys: switched_on("--existing-keys", self.existing_keys),
            existing_topics: switched_on("--existing-topics", self.existing_topics),
            existing_web_acl: switched_on("--existing-web-acl", self.existing_web_acl),
            existing_log_archive: switched_on("--existing-log-archive", self.existing_log_archive),
            existing_database: switched_on("--existing-database", self.existing_database),
            workload: reader.parsed("--workload", self.workload.as_deref()),
            api_authorization: reader.parsed("--api-authorization", self.api_authorization.as_deref()),
            failover_mode: reader.parsed("--failover-mode", self.failover_mode.as_deref()),
            layout: reader.parsed("--layout", self.layout.as_deref()),
            dialect: reader.parsed("--dialect", self.dialect.as_deref()),
            provider: reader.parsed("--provider", self.provider.as_deref()),
            backend: reader.read("--backend", self.backend.as_deref(), backend::parse),
            ..Choices::default()
        };
        let enabled = reader.features("--enable", &self.enable);
        let disabled = reader.features("--disable", &self.disable);
        errors.extend(enabled.intersection(&disabled).map(|feature| both_ways(*feature)));
        for (set, value, origin) in [(enabled, true, "--enable"), (disabled, false, "--disable")] {
            let choice = Choice { value, origin: Origin::Flag(origin) };
            choices.features.extend(set.into_iter().map(|feature| (feature, choice.clone())));
        }
        choices
    }
}

struct FlagReader<'e> {
    errors: &'e mut Vec<SettingsError>,
}

impl FlagReader<'_> {
    fn parsed<T: FromStr<Err = SettingsError>>(&mut self, flag: &'static str, text: Option<&str>) -> Option<Choice<T>> {
        self.read(flag, text, str::parse)
    }

    fn read<T>(
        &mut self,
        flag: &'static str,
        text: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, SettingsError>,
    ) -> Option<Choice<T>> {
        let origin = Origin::Flag(flag);
        match read(text?) {
            Ok(value) => Some(Choice { value, origin }),
            Err(error) => {
                self.errors.push(error.at(origin));
                None
            }
        }
    }

    fn features(&mut self, flag: &'static str, names: &[String]) -> BTreeSet<Feature> {
        names.iter().filter_map(|name| self.parsed(flag, Some(name.trim()))).map(|choice| choice.value).collect()
    }
}

/// A flag without a value chooses only where it is given.
fn switched_on(flag: &'static str, is_given: bool) -> Option<Choice<bool>> {
    is_given.then_some(Choice { value: true, origin: Origin::Flag(flag) })
}

fn zones(text: &str) -> Result<u8, SettingsError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match text.parse() {
        Ok(number) => choices::availability_zones(number),
        Err(_) if !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit()) => {
            Err(file::too_many_digits(text, choices::availability_zones))
        }
        Err(_) => Err(SettingsError::new(format!("`{}` is not a number of availability zones", text.escape_debug()))
            .help("choose 2 or 3")),
    }
}

fn several_documents(layout: &Choice<Layout>) -> SettingsError {
    SettingsError::new("the layout `modules` is several documents, and stdout takes one")
        .help("name a folder with --out, or choose the layout `single`")
        .at(layout.origin.clone())
}

fn both_ways(feature: Feature) -> SettingsError {
    SettingsError::new(format!("feature `{feature}` is enabled and disabled at once"))
        .help("give one of the two flags only")
        .at(Origin::Flag("--enable"))
        .at(Origin::Flag("--disable"))
}

/// An empty variable counts as not set: that is what `ENVIRONMENT_SUFFIX= dr-synth` in a script means.
fn variable<T: FromStr<Err = SettingsError>>(name: &'static str, errors: &mut Vec<SettingsError>) -> Option<Choice<T>> {
    let origin = Origin::Variable(name);
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    match value.to_string_lossy().parse() {
        Ok(value) => Some(Choice { value, origin }),
        Err(error) => {
            errors.push(error.at(origin));
            None
        }
    }
}
