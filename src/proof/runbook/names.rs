//! The names of a stack, found in the model by what objects are to each other.

use serde::Serialize;

use crate::proof::model::{Known, Model, Node, Resource};

/// What stands in the runbook of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "what the template asks, one by one")]
pub struct Names {
    /// Who wrote the runbook, for its first line.
    pub authorship: String,
    /// The environment's suffix.
    pub environment: String,
    /// Where payments are taken in ordinary times.
    pub primary: RegionNames,
    /// Where they are taken after a failover.
    pub dr: RegionNames,
    /// The global database.
    pub global_cluster: String,
    /// The table of latch and lock.
    pub state_table: String,
    /// The global session table.
    pub session_table: String,
    /// The parameter that stops the machines.
    pub switch: String,
    /// The state machine that fails over, and its address in Terraform.
    pub failover_machine: String,
    /// Its address in Terraform.
    pub failover_machine_address: String,
    /// The state machine that fails back.
    pub failback_machine: String,
    /// The state machine that drills.
    pub drill_machine: String,
    /// The function that detects.
    pub detector: String,
    /// The name that callers use.
    pub domain: String,
    /// The addresses of a database that was there before the stack, which no destroy takes along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_database: Option<String>,
    /// The zone that the stack makes, if it makes one.
    pub zone: Option<String>,
    /// Its address in Terraform.
    pub zone_address: Option<String>,
    /// Whether the zone is signed.
    pub dnssec: bool,
    /// Whether the stack makes the topics on which people are told.
    pub own_topics: bool,
    /// Whether there are vaults.
    pub vault: bool,
    /// Whether X-Ray's encryption is the stack's.
    pub tracing_key: bool,
    /// The dashboard of the failover, if there is one.
    pub dashboard: Option<String>,
    /// Who decides: `automatic`, `approve` or `manual`.
    pub mode: String,
    /// What that means.
    pub mode_says: String,
    /// How long payments may fail.
    pub rto: String,
    /// How long the primary may fail before a failover starts.
    pub patience: String,
    /// The same as a sentence.
    pub patience_says: String,
}

/// What one region has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegionNames {
    /// The region.
    pub region: String,
    /// The database's cluster.
    pub cluster: String,
    /// Its subnet group.
    pub subnet_group: String,
    /// The payment function; empty where the service runs elsewhere.
    pub function: String,
    /// The vault of backups; empty without the feature.
    pub vault: String,
    /// The role that AWS Backup restores with.
    pub restore_role: String,
    /// The class of the database's instances.
    pub instance_class: String,
}

/// What a failover needs beside the patience: promotion, aliases, and the steps between.
const AFTER_PATIENCE_SECONDS: u32 = {
    use crate::settings::objectives::{ALIAS_SECONDS, OVERHEAD_SECONDS, PROMOTION_SECONDS};
    PROMOTION_SECONDS + ALIAS_SECONDS + OVERHEAD_SECONDS
};

impl Names {
    /// The names of a stack.
    ///
    /// # Errors
    /// What is missing, or not known, sentence by sentence.
    pub(super) fn of(model: &Model) -> Result<Self, Vec<String>> {
        let mut finder = Finder { model, missing: Vec::new() };
        let names = finder.names();
        if finder.missing.is_empty() { Ok(names) } else { Err(finder.missing) }
    }
}

/// Looks for names and remembers what it did not find.
struct Finder<'m> {
    model: &'m Model,
    missing: Vec<String>,
}

/// The local name of an object, without modules and key.
fn label(resource: &Resource) -> &str {
    let address = resource.address.as_str();
    let address = address.split_once('[').filter(|_| !address.starts_with("module.")).map_or(address, |(name, _)| name);
    let address = address.rsplit_once('[').map_or(address, |(name, _)| name);
    address.rsplit('.').next().unwrap_or_default()
}

/// Whether a name can stand in a command and in a text as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "._-/:".contains(character))
}

impl<'m> Finder<'m> {
    /// The object of a type whose local name ends so.
    fn find(&self, kind: &str, ending: &str) -> Option<&'m Resource> {
        self.model.of_type(kind).find(|resource| label(resource).ends_with(ending))
    }

    /// A name that has to be there.
    fn name(&mut self, what: &str, resource: Option<&Resource>, argument: &str) -> String {
        let Some(resource) = resource else {
            self.missing.push(format!("there is no {what}"));
            return String::new();
        };
        self.plain(what, &resource.address, resource.at(argument))
    }

    fn plain(&mut self, what: &str, address: &str, value: &Node) -> String {
        match value.text() {
            Known::Is(text) if is_plain(&text) => return text,
            Known::Is(_) => self.missing.push(format!("the name of the {what}, {address}, cannot stand in a command")),
            Known::Absent => self.missing.push(format!("the {what}, {address}, has no name")),
            Known::Unknown(reason) => {
                self.missing.push(format!("the name of the {what}, {address}, is not known: {reason}"));
            }
        }
        String::new()
    }

    fn optional(&mut self, what: &str, resource: Option<&Resource>, argument: &str) -> Option<String> {
        resource.map(|resource| self.plain(what, &resource.address, resource.at(argument)))
    }

    fn names(&mut self) -> Names {
        let model = self.model;
        let is_member = |cluster: &&Resource| cluster.at("global_cluster_identifier").is_set();
        let global = model.of_type("aws_rds_global_cluster").next();
        let comes_from_cluster = global.is_some_and(|global| global.at("source_db_cluster_identifier").is_set());
        // One that was there before says nothing of its users; a replica says where it replicates from.
        let is_writer = |cluster: &&Resource| {
            cluster.at("master_username").is_set() || (comes_from_cluster && !cluster.at("source_region").is_set())
        };
        let (writer, reader): (Vec<_>, Vec<_>) =
            model.of_type("aws_rds_cluster").filter(is_member).partition(is_writer);
        let (writer, reader) = (writer.first().copied(), reader.first().copied());
        let primary = self.region("cluster of the primary region", writer);
        let dr = self.region("cluster of the standby", reader);
        let machine = self.find("aws_sfn_state_machine", "failover_machine");
        let detector = self.find("aws_lambda_function", "failover_detector");
        let tables: Vec<_> = model.of_type("aws_dynamodb_table").collect();
        let (state, sessions): (Vec<_>, Vec<_>) =
            tables.into_iter().partition(|table| label(table).ends_with("failover_state"));
        let zone = model.of_type("aws_route53_zone").next();
        let zone_name = self.optional("hosted zone", zone, "name");
        let patience = detector.and_then(|detector| {
            let text = detector.at("environment.variables.PATIENCE_SECONDS").text().get()?;
            text.parse::<u32>().ok().filter(|seconds| *seconds < 100_000)
        });
        let mode = machine.map_or("unknown", mode);
        Names {
            authorship: format!("{} {}", crate::AUTHORSHIP, env!("CARGO_PKG_VERSION")),
            environment: self.name("detector", detector, "environment.variables.ENVIRONMENT"),
            global_cluster: self.name("global database", global, "global_cluster_identifier"),
            kept_database: writer.filter(|_| comes_from_cluster).map(|cluster| self.addresses_of_database(cluster)),
            state_table: self.name("table of the failover", state.first().copied(), "name"),
            session_table: self.name("table of sessions", sessions.first().copied(), "name"),
            switch: self.name("switch", self.find("aws_ssm_parameter", "failover_switch"), "name"),
            failover_machine: self.name("state machine that fails over", machine, "name"),
            failover_machine_address: machine.map(|machine| machine.address.clone()).unwrap_or_default(),
            failback_machine: self.name(
                "state machine that fails back",
                self.find("aws_sfn_state_machine", "failback_machine"),
                "name",
            ),
            drill_machine: self.name(
                "state machine that drills",
                self.find("aws_sfn_state_machine", "drill_machine"),
                "name",
            ),
            detector: self.name("detector", detector, "function_name"),
            domain: match model.of_type("aws_api_gateway_domain_name").next() {
                None => self.name("failover domain", detector, "environment.variables.FAILOVER_DOMAIN"),
                found => self.name("failover domain", found, "domain_name"),
            },
            zone: zone_name,
            zone_address: zone.map(|zone| {
                let address = &zone.address;
                address.strip_suffix("[0]").unwrap_or(address).to_owned()
            }),
            dnssec: model.of_type("aws_route53_hosted_zone_dnssec").next().is_some(),
            own_topics: model.of_type("aws_sns_topic").next().is_some(),
            vault: !primary.vault.is_empty() && !dr.vault.is_empty(),
            tracing_key: model.of_type("aws_xray_encryption_config").next().is_some(),
            dashboard: self.optional("dashboard", self.find("aws_cloudwatch_dashboard", ""), "dashboard_name"),
            mode: mode.to_owned(),
            mode_says: mode_says(mode).to_owned(),
            rto: patience.map_or("as long as was agreed".to_owned(), |seconds| span(seconds + AFTER_PATIENCE_SECONDS)),
            patience: patience.map_or("the patience of the detector".to_owned(), span),
            patience_says: patience.map_or(String::new(), |seconds| {
                let then = match mode {
                    "manual" => "A notification asks for a failover",
                    "approve" => "An approval of a failover is requested",
                    _ => "A failover starts",
                };
                format!("{then} when the primary has not answered well for {}.", span(seconds))
            }),
            primary,
            dr,
        }
    }

    /// The addresses of a cluster and of its instances, without keys.
    fn addresses_of_database(&self, cluster: &Resource) -> String {
        let region = cluster.region_name();
        let instances = self.model.of_type("aws_rds_cluster_instance").filter(|it| it.region_name() == region);
        let instances = instances.map(|it| it.address.split_once("[\"").map_or(it.address.as_str(), |(base, _)| base));
        let mut addresses: Vec<&str> = std::iter::once(cluster.address.as_str()).chain(instances).collect();
        addresses.dedup();
        addresses.join(" ")
    }

    fn region(&mut self, what: &str, cluster: Option<&Resource>) -> RegionNames {
        let name = self.name(what, cluster, "cluster_identifier");
        let region = match cluster.map(|cluster| &cluster.region) {
            Some(region) => self.plain("region", what, region),
            None => String::new(),
        };
        let model = self.model;
        let here = |kind: &str| model.of_type(kind).filter(|resource| resource.region_name() == region);
        let function = here("aws_lambda_function").find(|function| label(function).ends_with("payments"));
        let vault = here("aws_backup_vault").next();
        // A service that runs elsewhere has none.
        let function = self.optional("payment function", function, "function_name").unwrap_or_default();
        let subnet_group = self.name("subnet group", here("aws_db_subnet_group").next(), "name");
        let vault = self.optional("vault", vault, "name").unwrap_or_default();
        let or =
            |text: Option<String>, unknown: &str| text.filter(|it| is_plain(it)).unwrap_or_else(|| unknown.to_owned());
        let instance = here("aws_rds_cluster_instance").next();
        let instance_class = or(instance.and_then(|it| it.at("instance_class").text().get()), "CLASS");
        let restores = here("aws_iam_role").find(|role| label(role).ends_with("backup_restore"));
        let restore_role = or(restores.and_then(|role| role.at("name").text().get()), "ROLE");
        RegionNames { cluster: name, subnet_group, function, vault, restore_role, instance_class, region }
    }
}

/// Who decides that a failover starts, by the definition of the machine.
fn mode(machine: &Resource) -> &'static str {
    let Some(definition) = machine.at("definition").text().get() else { return "unknown" };
    let Ok(definition) = serde_json::from_str::<serde_json::Value>(&definition) else { return "unknown" };
    let states = &definition["States"];
    if !states["NotifyManual"].is_null() {
        return "manual";
    }
    let rules = states.as_object().into_iter().flat_map(|states| states.values());
    let rules = rules.filter_map(|state| state["Choices"].as_array()).flatten();
    // What happens when nothing speaks against a failover.
    let proceed = rules.filter(|rule| {
        let conditions = rule["And"].as_array().map_or(&[][..], Vec::as_slice);
        rule["StringEquals"] == "proceed" || conditions.iter().any(|condition| condition["StringEquals"] == "proceed")
    });
    let next: Vec<&str> = proceed.filter_map(|rule| rule["Next"].as_str()).collect();
    match next.first() {
        None => "unknown",
        Some(_) if next.contains(&"AskForApproval") => "approve",
        Some(_) => "automatic",
    }
}

fn mode_says(mode: &str) -> &'static str {
    match mode {
        "automatic" => "it starts by itself, and asks a person only in doubt",
        "approve" => "it asks a person before it starts",
        "manual" => "it sends a notification, and an operator starts it",
        _ => "the configuration does not tell who starts it",
    }
}

fn span(seconds: u32) -> String {
    if seconds >= 120 && seconds.is_multiple_of(60) {
        format!("{} minutes", seconds / 60)
    } else {
        format!("{seconds} seconds")
    }
}
