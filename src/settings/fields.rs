//! Every setting that has one value, declared once.
//!
//! A line names the field, its type and default, its section and key in the settings file, and how the file's value is read:
//! a text that is `parsed`, a `number` that is checked, a `switch`. From this list come the fields of `Settings` and of
//! `Choices`, which of several places wins, the keys of the file, and what is written into one. Beside it stand the
//! features, which are a set, and the backend, whose keys depend on its kind.

/// Calls a macro with the list. In this order settings are written.
macro_rules! with_settings {
    ($macro:ident) => {
        $macro! {
            /// What every name in AWS begins with.
            service_name: ServiceName = ServiceName::default(), "", "service_name", parsed;
            /// The default of the `environment_suffix` variable.
            environment_suffix: EnvironmentSuffix = EnvironmentSuffix::default(), "", "environment_suffix", parsed;
            /// How many documents it is written as.
            layout: Layout = Layout::default(), "", "layout", parsed;
            /// Which program it is for.
            dialect: Dialect = Dialect::default(), "", "dialect", parsed;
            /// Which major version of the AWS provider it is for.
            provider: ProviderVersion = ProviderVersion::default(), "", "provider", parsed;
            /// Where payments are taken in ordinary times.
            primary_region: Region = Region::US_EAST_1, "regions", "primary", parsed;
            /// Where they are taken after a failover.
            dr_region: Region = Region::US_EAST_2, "regions", "dr", parsed;
            /// How many availability zones each region's network spans, one of [`AVAILABILITY_ZONES`].
            availability_zones: u8 = *AVAILABILITY_ZONES.start(), "network", "availability_zones",
                number(availability_zones);
            /// The default of the variable for the primary region's address range.
            primary_cidr: Cidr = Cidr::DEFAULT_PRIMARY, "network", "primary_cidr", parsed;
            /// The default of the variable for the DR region's address range.
            dr_cidr: Cidr = Cidr::DEFAULT_DR, "network", "dr_cidr", parsed;
            /// Whether the regions' networks are there already, and are named by variables.
            existing_network: bool = false, "network", "existing", switch;
            /// Whose the endpoints are through which functions reach AWS services.
            endpoints: Endpoints = Endpoints::default(), "network", "endpoints", parsed;
            /// Whether every role has a permissions boundary, which a variable names.
            existing_permissions_boundary: bool = false, "existing", "permissions_boundary", switch;
            /// Whether the keys of both regions are there already, and are named by variables.
            existing_keys: bool = false, "existing", "keys", switch;
            /// Whether the topics of both regions are there already, and are named by variables.
            existing_topics: bool = false, "existing", "topics", switch;
            /// Whether the web ACLs before the APIs are there already, and are named by variables.
            existing_web_acl: bool = false, "existing", "web_acl", switch;
            /// Whether the buckets that keep access logs are there already, and are named by variables.
            existing_log_archive: bool = false, "existing", "log_archive", switch;
            /// Whether the writer of the database is there already, and is named by variables.
            existing_database: bool = false, "database", "existing", switch;
            /// What takes payments.
            workload: WorkloadKind = WorkloadKind::default(), "workload", "kind", parsed;
            /// What the code of the functions comes in.
            package: PackageKind = PackageKind::default(), "workload", "package", parsed;
            /// How callers prove who they are.
            api_authorization: ApiAuthorization = ApiAuthorization::None, "api", "authorization", parsed;
            /// Who decides that a failover starts.
            failover_mode: FailoverMode = FailoverMode::default(), "failover", "mode", parsed;
            /// How many minutes a person has to approve a failover, one of [`APPROVAL_MINUTES`].
            approval_minutes: u8 = DEFAULT_APPROVAL_MINUTES, "failover", "approval_minutes", number(approval_minutes);
            /// The recovery time objective in seconds, see [`Settings::objectives`].
            rto: u32 = Objectives::DEFAULT.rto_seconds(), "objectives", "rto", number(objectives::rto);
            /// The recovery point objective in seconds, see [`Settings::objectives`].
            rpo: u32 = Objectives::DEFAULT.rpo_seconds(), "objectives", "rpo", number(objectives::rpo);
            /// Whether Terraform refuses every plan that destroys a data store. A shape, because `prevent_destroy` takes no
            /// variable.
            prevent_destroy: bool = false, "protection", "prevent_destroy", switch;
        }
    };
}

pub(super) use with_settings;
