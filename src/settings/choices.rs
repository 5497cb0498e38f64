//! Choices from several places, and how they become settings.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::backend::{BackendKind, StateBackend};
use super::error::{Origin, SettingsError};
use super::fields::with_settings;
use super::regional_support::Support;
use super::{
    APPROVAL_MINUTES, AVAILABILITY_ZONES, ApiAuthorization, Cidr, Dialect, Endpoints, EnvironmentSuffix, FailoverMode,
    Feature, Layout, PackageKind, ProviderVersion, Region, ServiceName, Settings, WorkloadKind,
};

/// Something that was chosen, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T> {
    /// What was chosen.
    pub value: T,
    /// Where.
    pub origin: Origin,
}

macro_rules! declare_choices {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $section:literal, $key:literal, $kind:ident$(($check:path))?;)*) => {
        /// What was chosen in one place; the rest is left to other places and the defaults.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Choices {
            $(#[doc = concat!("See [`Settings::", stringify!($field), "`].")] pub $field: Option<Choice<$type>>,)*
            /// See [`Settings::features`].
            pub features: BTreeMap<Feature, Choice<bool>>,
            /// See [`Settings::backend`]; its origin is where the state's region was chosen.
            pub backend: Option<Choice<StateBackend>>,
        }

        impl Choices {
            /// These choices, and where nothing was chosen, those of `fallback`.
            #[must_use]
            pub fn or(self, fallback: Self) -> Self {
                let mut features = fallback.features;
                features.extend(self.features);
                Self { $($field: self.$field.or(fallback.$field),)* features, backend: self.backend.or(fallback.backend) }
            }

            /// These values, and where nothing was chosen, those of `defaults`.
            fn over(self, defaults: Settings) -> Settings {
                let mut features = defaults.features;
                for (feature, on) in self.features {
                    features.set(feature, on.value);
                }
                let backend = self.backend.map(|backend| backend.value).or(defaults.backend);
                // No block is what there is where nothing was chosen.
                let backend = backend.filter(|backend| backend.kind() != BackendKind::None);
                Settings { $($field: self.$field.map_or(defaults.$field, |choice| choice.value),)* features, backend }
            }
        }
    };
}

with_settings!(declare_choices);

impl Choices {
    /// The settings, with defaults where nothing was chosen.
    ///
    /// # Errors
    /// Choices that are legal one by one and do not go together: all of them at once.
    pub fn settle(self) -> Result<Settings, Vec<SettingsError>> {
        let errors = self.clashes();
        if !errors.is_empty() {
            return Err(errors);
        }
        let existing = self.has_existing_network();
        Ok(self.over(Settings::defaults_of_network(existing)))
    }

    fn has_existing_network(&self) -> bool {
        self.existing_network.as_ref().is_some_and(|choice| choice.value)
    }

    fn clashes(&self) -> Vec<SettingsError> {
        let defaults = Settings::default();
        let primary = chosen(self.primary_region.as_ref(), defaults.primary_region);
        let dr = chosen(self.dr_region.as_ref(), defaults.dr_region);
        let zones = chosen(self.availability_zones.as_ref(), defaults.availability_zones);
        let primary_cidr = chosen(self.primary_cidr.as_ref(), defaults.primary_cidr);
        let dr_cidr = chosen(self.dr_cidr.as_ref(), defaults.dr_cidr);
        let clashes = [
            same_region_twice(&primary, &dr),
            too_few_zones(&zones, &primary),
            too_few_zones(&zones, &dr).filter(|_| primary.value != dr.value),
            no_data_api(&primary),
            no_data_api(&dr).filter(|_| primary.value != dr.value),
            overlapping_ranges(&primary_cidr, &dr_cidr).filter(|_| !self.has_existing_network()),
            self.range_of_existing("primary_cidr", &primary_cidr, defaults.primary_cidr),
            self.range_of_existing("dr_cidr", &dr_cidr, defaults.dr_cidr),
            self.endpoints.as_ref().and_then(|endpoints| self.endpoints_of_nobody(endpoints)),
            self.tasks_without_endpoints(),
            self.nobody_to_authorize(),
            self.package_of_nothing(),
            self.web_acl_of_no_api(),
            self.web_acl_without_feature(),
            self.archive_without_logs(),
            self.cloud_without_host(),
            self.backend.as_ref().and_then(|backend| state_lost_with_primary(backend, &primary)),
        ];
        clashes.into_iter().flatten().collect()
    }

    /// The default is no choice: settings that are written in full name it too.
    fn range_of_existing(&self, key: &str, range: &Choice<Cidr>, default: Cidr) -> Option<SettingsError> {
        let existing = self.existing_network.as_ref().filter(|choice| choice.value && range.value != default)?;
        let error = SettingsError::new(format!("`{key}` is chosen for a network that exists"))
            .because("the address range of an existing network is its own, and is read from AWS")
            .help(format!("remove `{key}`, or set `existing` to false"));
        Some(error.at(range.origin.clone()).at(existing.origin.clone()))
    }

    fn endpoints_of_nobody(&self, endpoints: &Choice<Endpoints>) -> Option<SettingsError> {
        let is_wrong = endpoints.value == Endpoints::Existing && !self.has_existing_network();
        is_wrong.then(|| {
            SettingsError::new("the endpoints exist, and the networks do not")
                .because("a network that the stack makes has no endpoints until the stack makes them")
                .help("set `existing = true` under `[network]`, or choose `endpoints = \"own\"`")
                .at(endpoints.origin.clone())
        })
    }

    /// Fargate pulls images and writes logs through endpoints of its own; what an owner has is not looked up for it.
    fn tasks_without_endpoints(&self) -> Option<SettingsError> {
        let workload = self.workload.as_ref().filter(|workload| workload.value == WorkloadKind::Fargate)?;
        let default = Settings::defaults_of_network(self.has_existing_network()).endpoints;
        let endpoints = chosen(self.endpoints.as_ref(), default);
        (endpoints.value == Endpoints::Existing).then(|| {
            SettingsError::new("the workload `fargate` has no endpoints of an owner's")
                .because("tasks pull images and write logs through endpoints that only the stack makes for them")
                .help("choose `endpoints = \"own\"` under `[network]`, or the workload `lambda`")
                .at(workload.origin.clone())
                .at(endpoints.origin)
        })
    }

    /// Terraform has HCP Terraform's host as its default, `OpenTofu` has none (its CLI documentation, "Cloud block").
    fn cloud_without_host(&self) -> Option<SettingsError> {
        let (dialect, backend) = (self.dialect.as_ref()?, self.backend.as_ref()?);
        let is_cloud = backend.value.kind() == BackendKind::Cloud && backend.value.value("hostname").is_none();
        (is_cloud && dialect.value == Dialect::Opentofu).then(|| {
            SettingsError::new("the backend `cloud` has no `hostname`, which OpenTofu needs")
                .because("OpenTofu has no default for it")
                .help("set `hostname` in `[backend]` of dr-synth.toml, beside `organization` and `workspace`")
                .at(dialect.origin.clone())
                .at(backend.origin.clone())
        })
    }

    fn package_of_nothing(&self) -> Option<SettingsError> {
        let (workload, package) = (self.workload.as_ref()?, self.package.as_ref()?);
        let clash = workload.value != WorkloadKind::Lambda && package.value != PackageKind::default();
        clash.then(|| {
            SettingsError::new(format!(
                "the package `{}` is of functions that the workload `{}` does not have",
                package.value, workload.value
            ))
            .because(match workload.value {
                WorkloadKind::Fargate => "tasks always run an image, which variables name",
                _ => "the service runs elsewhere, from a package of its own",
            })
            .help("leave the package out, or choose the workload `lambda`")
            .at(package.origin.clone())
            .at(workload.origin.clone())
        })
    }

    /// Whether a feature is built, and who says so.
    fn feature(&self, feature: Feature) -> Choice<bool> {
        let default = Settings::defaults_of_network(self.has_existing_network()).features.has(feature);
        chosen(self.features.get(&feature), default)
    }

    fn web_acl_of_no_api(&self) -> Option<SettingsError> {
        let (workload, acl) = (self.workload.as_ref()?, self.existing_web_acl.as_ref()?);
        (acl.value && workload.value == WorkloadKind::None).then(|| {
            SettingsError::new("the web ACLs exist, and the workload `none` has no API that they could stand before")
                .because("the service runs elsewhere, behind a firewall of its own")
                .help("leave `web_acl` out, or choose the workload `lambda`")
                .at(acl.origin.clone())
                .at(workload.origin.clone())
        })
    }

    fn web_acl_without_feature(&self) -> Option<SettingsError> {
        let acl = self.existing_web_acl.as_ref().filter(|acl| acl.value)?;
        let feature = self.feature(Feature::Waf);
        (!feature.value).then(|| {
            SettingsError::new("the web ACLs exist, and the feature `waf` is left out")
                .because("without the feature no web ACL is put before the APIs")
                .help("enable the feature `waf`, or set `web_acl` to false")
                .at(acl.origin.clone())
                .at(feature.origin)
        })
    }

    fn archive_without_logs(&self) -> Option<SettingsError> {
        let archive = self.existing_log_archive.as_ref().filter(|archive| archive.value)?;
        let [access_logs, config] = [Feature::AccessLogs, Feature::Config].map(|feature| self.feature(feature));
        (!access_logs.value && !config.value).then(|| {
            SettingsError::new("the log archive exists, and nothing writes to it")
                .because("buckets have access logs with the feature `access_logs` or `config` only")
                .help("enable the feature `access_logs`, or set `log_archive` to false")
                .at(archive.origin.clone())
                .at(access_logs.origin)
        })
    }

    fn nobody_to_authorize(&self) -> Option<SettingsError> {
        let (workload, authorization) = (self.workload.as_ref()?, self.api_authorization.as_ref()?);
        let clash = workload.value == WorkloadKind::None && authorization.value != ApiAuthorization::None;
        clash.then(|| {
            SettingsError::new(format!(
                "the authorization `{}` is of an API that the workload `none` does not have",
                authorization.value
            ))
            .because("the service runs elsewhere, and checks its callers itself")
            .help("leave the authorization out, or choose the workload `lambda`")
            .at(workload.origin.clone())
            .at(authorization.origin.clone())
        })
    }
}

/// Checks a number of availability zones.
///
/// # Errors
/// It is none of [`AVAILABILITY_ZONES`].
pub fn availability_zones(number: i64) -> Result<u8, SettingsError> {
    u8::try_from(number).ok().filter(|zones| AVAILABILITY_ZONES.contains(zones)).ok_or_else(|| {
        SettingsError::new(format!("{number} availability zones are not between 2 and 3"))
            .because(
                "Aurora needs subnets in two zones, and each zone costs its own endpoints: more than three buy nothing",
            )
            .help("choose 2 or 3")
    })
}

/// Checks how long a person has to approve a failover.
///
/// # Errors
/// It is none of [`APPROVAL_MINUTES`].
pub fn approval_minutes(number: i64) -> Result<u8, SettingsError> {
    u8::try_from(number).ok().filter(|minutes| APPROVAL_MINUTES.contains(minutes)).ok_or_else(|| {
        SettingsError::new(format!("{number} minutes to approve a failover are not between 1 and 60"))
            .because("payments fail while an operator decides, and what the preconditions have seen grows old")
            .help("choose a number from 1 to 60; the default is 15")
    })
}

fn chosen<T: Clone>(choice: Option<&Choice<T>>, default: T) -> Choice<T> {
    choice.cloned().unwrap_or(Choice { value: default, origin: Origin::Default })
}

/// ` (the default)` where nobody chose the value: it explains an error about something the user never wrote.
fn described<T: Display>(choice: &Choice<T>) -> String {
    let note = if choice.origin == Origin::Default { " (the default)" } else { "" };
    format!("{}{note}", choice.value)
}

fn same_region_twice(primary: &Choice<Region>, dr: &Choice<Region>) -> Option<SettingsError> {
    (primary.value == dr.value).then(|| {
        SettingsError::new(format!(
            "primary region {} and DR region {} are the same",
            described(primary),
            described(dr)
        ))
        .because("a standby in the same region is lost together with the primary")
        .help("choose two different regions")
        .at(dr.origin.clone())
        .at(primary.origin.clone())
    })
}

fn too_few_zones(zones: &Choice<u8>, region: &Choice<Region>) -> Option<SettingsError> {
    let available = region.value.availability_zones();
    (zones.value > available).then(|| {
        SettingsError::new(format!("{} has only {available} availability zones, not {}", region.value, zones.value))
            .because("AWS shows some zones of this region to old accounts only")
            .help(format!("choose {available} availability zones or another region"))
            .at(zones.origin.clone())
            .at(region.origin.clone())
    })
}

fn no_data_api(region: &Choice<Region>) -> Option<SettingsError> {
    (region.value.data_api() == Support::Unsupported).then(|| {
        SettingsError::new(format!("{} has no Data API for Aurora PostgreSQL", described(region)))
            .because("payments, drills and the guards of the failover reach the database through it (Aurora User Guide, 2026-11-29)")
            .help("choose another region")
            .at(region.origin.clone())
    })
}

fn overlapping_ranges(primary: &Choice<Cidr>, dr: &Choice<Cidr>) -> Option<SettingsError> {
    primary.value.overlaps(dr.value).then(|| {
        SettingsError::new(format!(
            "the primary region's range {} and the DR region's range {} overlap",
            described(primary),
            described(dr)
        ))
        .because("the two networks could never be connected, not even for a migration or a repair")
        .help("choose ranges without a common address, such as 10.0.0.0/16 and 10.1.0.0/16")
        .at(dr.origin.clone())
        .at(primary.origin.clone())
    })
}

fn state_lost_with_primary(backend: &Choice<StateBackend>, primary: &Choice<Region>) -> Option<SettingsError> {
    let region = backend.value.region()?;
    (region == primary.value.name()).then(|| {
        SettingsError::new(format!("the state bucket is in the primary region {}", described(primary)))
            .because("while that region is down nothing could be planned or applied, just when it matters most")
            .help("keep the state in the DR region or in a third region")
            .at(backend.origin.clone())
            .at(primary.origin.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag<T>(value: T) -> Choice<T> {
        Choice { value, origin: Origin::Flag("--flag") }
    }

    fn in_file<T>(value: T) -> Choice<T> {
        Choice { value, origin: Origin::File(0..1) }
    }

    fn region(name: &str) -> Region {
        name.parse().unwrap()
    }

    #[test]
    fn nothing_chosen_is_the_default() {
        assert_eq!(Choices::default().settle(), Ok(Settings::default()));
    }

    #[test]
    fn the_first_place_wins() {
        let flags = Choices { dr_region: Some(flag(region("us-west-2"))), ..Choices::default() };
        let mut file = Choices {
            dr_region: Some(in_file(region("eu-west-1"))),
            availability_zones: Some(in_file(3)),
            ..Choices::default()
        };
        file.features.insert(Feature::Xray, in_file(false));
        let settings = flags.or(file).settle().unwrap();
        assert_eq!(settings.dr_region, region("us-west-2"));
        assert_eq!(settings.availability_zones, 3);
        assert!(!settings.features.has(Feature::Xray));
    }

    #[test]
    fn every_clash_is_reported() {
        let choices = Choices {
            primary_region: Some(flag(region("us-west-1"))),
            dr_region: Some(in_file(region("us-west-1"))),
            availability_zones: Some(flag(3)),
            primary_cidr: Some(flag("10.1.0.0/17".parse().unwrap())),
            backend: Some(flag(super::super::backend::parse("s3:bucket/key@us-west-1").unwrap())),
            ..Choices::default()
        };
        let messages: Vec<_> = choices.settle().unwrap_err().into_iter().map(|error| error.message).collect();
        assert_eq!(
            messages,
            [
                "primary region us-west-1 and DR region us-west-1 are the same",
                "us-west-1 has only 2 availability zones, not 3",
                "the primary region's range 10.1.0.0/17 and the DR region's range 10.1.0.0/16 (the default) overlap",
                "the state bucket is in the primary region us-west-1",
            ]
        );
    }

    #[test]
    fn opentofu_has_no_host_of_hcp_terraform() {
        let with = |backend: &str, dialect| {
            let backend = Some(flag(super::super::backend::parse(backend).unwrap()));
            Choices { backend, dialect: Some(flag(dialect)), ..Choices::default() }.settle()
        };
        let errors = with("cloud:acme/payments", Dialect::Opentofu).unwrap_err();
        assert_eq!(errors[0].message, "the backend `cloud` has no `hostname`, which OpenTofu needs");
        assert!(with("cloud:acme/payments", Dialect::Terraform).is_ok());
        assert!(with("gcs:acme-state/payments", Dialect::Opentofu).is_ok());
    }

    #[test]
    fn a_default_that_clashes_is_named() {
        let choices = Choices { primary_region: Some(flag(Region::US_EAST_2)), ..Choices::default() };
        let errors = choices.settle().unwrap_err();
        assert_eq!(errors[0].message, "primary region us-east-2 and DR region us-east-2 (the default) are the same");
    }

    #[test]
    fn what_exists_needs_what_it_replaces() {
        let with = |choices: Choices| choices.settle().err().map(|errors| errors[0].message.clone());
        let acl = || Choices { existing_web_acl: Some(in_file(true)), ..Choices::default() };
        let elsewhere = Choices { workload: Some(flag(WorkloadKind::None)), ..acl() };
        assert_eq!(
            with(elsewhere).unwrap(),
            "the web ACLs exist, and the workload `none` has no API that they could stand before"
        );
        let mut without = acl();
        without.features.insert(Feature::Waf, flag(false));
        assert_eq!(with(without).unwrap(), "the web ACLs exist, and the feature `waf` is left out");
        let mut archive = Choices { existing_log_archive: Some(in_file(true)), ..Choices::default() };
        archive.features.insert(Feature::AccessLogs, flag(false));
        assert_eq!(with(archive.clone()).unwrap(), "the log archive exists, and nothing writes to it");
        archive.features.insert(Feature::Config, flag(true));
        assert_eq!(with(archive), None);
        assert_eq!(with(acl()), None);
    }

    #[test]
    fn zones() {
        assert_eq!(availability_zones(2), Ok(2));
        assert_eq!(availability_zones(3), Ok(3));
        for number in [i64::MIN, -2, 0, 1, 4, 258, i64::MAX] {
            assert!(availability_zones(number).is_err(), "{number}");
        }
    }

    #[test]
    fn minutes_to_approve() {
        assert_eq!(approval_minutes(1), Ok(1));
        assert_eq!(approval_minutes(60), Ok(60));
        for number in [i64::MIN, -1, 0, 61, 257, i64::MAX] {
            assert!(approval_minutes(number).is_err(), "{number}");
        }
    }
}
