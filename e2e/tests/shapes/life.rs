//! One stack's life in the shape it is given, from the empty account to the empty account.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use dr_synth::settings::Feature;
use dr_synth_e2e::aws::{Aws, Method, elements};
use dr_synth_e2e::deployer::Deployer;
use dr_synth_e2e::deployment::Deployment;
use dr_synth_e2e::documents::Difference;
use dr_synth_e2e::emulator::{ACCOUNT, Emulator};
use dr_synth_e2e::leftovers::{Inventory, listed, still_there};
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::reaper::Reaper;
use dr_synth_e2e::repository::Program;
use dr_synth_e2e::suite::Suite;
use dr_synth_e2e::terraform::{self, Terraform};
use dr_synth_e2e::workspace::Workspace;
use serde_json::{Value, json};

use crate::database::Ledger;
use crate::fargate;
use crate::kills::Kills;
use crate::own_function::{self, OwnFunction};
use crate::owner::{Existing, Owner};

const SUFFIX: &str = "dev";
/// Those that a life may be in. The hosted zone is in none, its metrics and keys in the first.
const REGIONS: [&str; 4] = ["us-east-1", "us-east-2", "eu-central-1", "eu-west-1"];
/// From the start: that protection can be lifted and refuses a destroy is the end-to-end suite's to show.
const UNPROTECTED: &str = "deletion_protection = false\n";
/// A tag for everything that takes tags, of which the other values have another.
const FIRST_TAG: &str = "tags = { Team = \"platform\" }\n";
/// Other values for a stack that stands: another tag for everything that takes tags, and what is changed in other ways.
const OTHER_VALUES: &str = "deletion_protection = false\ntags = { Owner = \"payments\" }\nlog_retention_days = 180\n\
                            function_memory_mb = 640\napi_rate_limit = 77\nbackup_retention_days = 40\n\
                            waf_rate_limit = 3000\nmonthly_budget_usd = 4321\n";
const VALUES_FILE: &str = "terraform.tfvars";
/// It has a wheel for every Python.
const NEWEST_TERRAFORM: &str = "1.15.5";
const KILLS: usize = 20;
/// Where a service that runs elsewhere answers.
const ENDPOINTS: &str = "primary_endpoint = \"one.orders.test\"\ndr_endpoint = \"two.orders.test\"\n";

const DOMAIN: &str = "payments.example.net";

/// A stack to be.
pub(crate) struct Life {
    pub(crate) name: String,
    features: Vec<Feature>,
    /// Flags that choose the rest of its shape.
    flags: Vec<&'static str>,
    /// Lines of its `terraform.tfvars`.
    values: &'static str,
    zone: Zone,
    /// What exists before it, and is taken over.
    existing: Option<Existing>,
    /// Another Terraform than the installed one.
    terraform: Option<&'static str>,
    /// Whether the service runs elsewhere, so that there is nothing to pay through.
    elsewhere: bool,
    /// Whether Terraform has no more permissions than `dr-synth permissions` says.
    least_permissions: bool,
    /// What the functions run, where it is a user's own.
    own_function: Option<OwnFunction>,
    /// Whether tasks take payments.
    tasks: bool,
    /// How often the apply is killed, and goes on with what was adopted.
    kills: usize,
}

/// Whose the hosted zone is.
enum Zone {
    OfTheStack,
    OfTheUser,
}

/// What a life is lived on.
struct Stage<'a> {
    progress: Progress,
    program: &'a Program,
    terraform: Terraform,
    workspace: Workspace,
    document: Value,
    aws: Aws,
    emulator: Emulator,
    /// The owner of what is taken over.
    owner: Option<Owner>,
    /// ... and the database among it.
    ledger: Option<Ledger>,
    /// The policies of whoever runs Terraform, where it is not the administrator.
    policies: Option<Vec<u8>>,
}

impl Life {
    /// A stack with these features and no others.
    fn new(name: &str, features: impl Into<Vec<Feature>>) -> Self {
        let (flags, zone) = (Vec::new(), Zone::OfTheStack);
        Self {
            name: name.to_owned(),
            features: features.into(),
            flags,
            values: "",
            zone,
            existing: None,
            terraform: None,
            elsewhere: false,
            least_permissions: false,
            own_function: None,
            tasks: false,
            kills: 0,
        }
    }

    /// No feature and each one alone, then what else can be chosen and is not what comes by default.
    pub(crate) fn all() -> Vec<Self> {
        let none = Self::new("no_feature", []);
        let alone = Feature::ALL.map(|feature| Self::new(feature.name(), [feature]));
        let default: Vec<_> = Feature::ALL.into_iter().filter(|feature| feature.is_default()).collect();
        let belongs_to_network = |feature: &Feature| Feature::OF_THE_NETWORK.contains(feature);
        let of_the_stack: Vec<_> = default.iter().copied().filter(|feature| !belongs_to_network(feature)).collect();
        let with_config: Vec<_> = default.iter().copied().chain([Feature::Config]).collect();
        let others = [
            Self { zone: Zone::OfTheUser, ..Self::new("existing_zone", [Feature::Dnssec, Feature::AccessLogs]) },
            Self { values: "backup_receipts = true\n", ..Self::new("backup_receipts", [Feature::Backup]) },
            Self { flags: vec!["--availability-zones=3"], ..Self::new("three_zones", default.clone()) },
            Self { terraform: Some(NEWEST_TERRAFORM), ..Self::new("newest_terraform", default.clone()) },
            Self { least_permissions: true, ..Self::new("least_permissions", default.clone()) },
            Self { least_permissions: true, ..Self::new("least_permissions_of_every_feature", Feature::ALL) },
            Self {
                existing: Some(Existing::Networks),
                least_permissions: true,
                ..Self::new("existing_network", of_the_stack)
            },
            // With all that can be asked for in it.
            Self {
                existing: Some(Existing::NetworksWithoutEndpoints),
                ..Self::new("existing_network_own_endpoints", default.clone())
            },
            Self {
                existing: Some(Existing::KeysAndBoundary),
                least_permissions: true,
                ..Self::new("existing_keys_and_boundary", default.clone())
            },
            Self {
                existing: Some(Existing::SharedParts),
                least_permissions: true,
                ..Self::new("existing_topics_web_acl_and_logs", with_config)
            },
            Self { existing: Some(Existing::Database), ..Self::new("existing_database", default.clone()) },
            Self {
                own_function: Some(OwnFunction::Payments),
                ..Self::new("own_function", [Feature::Xray, Feature::Waf])
            },
            Self {
                own_function: Some(OwnFunction::TemplateInRust),
                ..Self::new("template_in_rust", [Feature::Xray, Feature::Waf])
            },
            Self { flags: vec!["--service-name=orders"], ..Self::new("other_service", [Feature::Backup]) },
            Self {
                flags: vec!["--workload=none"],
                values: ENDPOINTS,
                elsewhere: true,
                ..Self::new("service_elsewhere", default)
            },
            Self {
                flags: vec!["--workload=fargate"],
                values: fargate::VALUES,
                tasks: true,
                ..Self::new("fargate", [Feature::Xray, Feature::Waf, Feature::Dashboard])
            },
            Self { flags: vec!["--failover-mode=manual"], ..Self::new("manual_failover", []) },
            // Without backups: their selections have ids that no one can look up.
            Self { kills: KILLS, ..Self::new("killed_applies", [Feature::Peering, Feature::Waf, Feature::AccessLogs]) },
            Self {
                // Away from us-east-1, where the metrics of Route 53 and its keys are.
                flags: vec!["--primary-region=eu-central-1", "--dr-region=eu-west-1"],
                ..Self::new("other_regions", Feature::ALL)
            },
        ];
        [none].into_iter().chain(alone).chain(others).collect()
    }

    /// Runs all of it.
    pub(crate) fn run(&self, suite: &Suite, program: &Program, progress: &Progress) {
        let check = |what: &str| format!("{}: {what}", self.name);
        let Some(mut stage) = suite.check(&check("synthesize, terraform init"), || self.set_up(program, progress))
        else {
            return;
        };
        let Some(before) = suite.check(&check("the account can be listed"), || stage.inventory()) else { return };
        let deployer = stage.policies.as_deref().map(|policies| Deployer::with_policies(&stage.aws, policies));
        if let Some(Ok(deployer)) = &deployer {
            let signs =
                suite.check(&check("whoever runs Terraform has the least permissions"), || deployer.credentials());
            let Some(credentials) = signs else { return };
            stage.workspace.sign_as(credentials);
        }
        if stage.ledger.is_some() {
            suite.check(&check("a plan imports the database and destroys nothing"), || {
                Ledger::is_imported(&stage.workspace)
            });
        }
        let apply = || if self.kills > 0 { stage.apply_with_kills(self.kills) } else { stage.apply() };
        if suite.check(&check("terraform apply"), apply).is_some() {
            suite.check(&check("a second plan has no changes"), || stage.no_changes());
            if self.elsewhere {
                suite.check(&check("the outputs and DNS lead to the service's hosts"), || stage.leads());
            } else if self.own_function == Some(OwnFunction::TemplateInRust) {
                suite.check(&check("the template answers as a primary and as a standby"), || stage.answers());
            } else {
                suite.check(&check("a payment is processed and replicated"), || stage.pays());
            }
            if self.tasks {
                suite.check(&check("the tasks of both regions tell how they are"), || {
                    fargate::is_healthy(&stage.deployment()?)
                });
                suite.check(&check("an operator moves payments, and the other region's tasks take them"), || {
                    stage.progress.step("failover", || fargate::moves(&stage.deployment()?))
                });
                suite.check(&check("a plan after the failover has no changes"), || stage.no_changes());
                suite.check(&check("the writer goes back, or no destroy would end"), || {
                    stage.progress.step("switchover", || fargate::goes_back(&stage.deployment()?, &stage.aws))
                });
            }
            if let Some(ledger) = &stage.ledger {
                suite.check(&check("what was in the database is in both regions, whichever is the writer"), || {
                    stage.keeps(ledger)
                });
            }
            if self.least_permissions {
                suite.check(&check("what stands is changed to other values, its protection among them"), || {
                    stage.changes()
                });
            }
            for (what, features) in self.switches() {
                suite.check(&check(&format!("{what} touches its own addresses only")), || {
                    stage.switches(self, &features)
                });
            }
        }
        if stage.ledger.is_some() {
            suite.check(&check("no destroy takes the database along"), || {
                Ledger::is_let_go(&stage.terraform, &stage.workspace)
            });
        }
        // Also after a failed apply: what there is has to go.
        let before_destroy = stage.workspace.state_file();
        if suite.check(&check("terraform destroy"), || stage.destroy()).is_some() {
            suite.check(&check("the provider finds none of the resources any more"), || stage.gone(&before_destroy?));
            if let Some(deployer) = deployer {
                suite.check(&check("the permissions were made and are gone"), || deployer.and_then(Deployer::remove));
            }
            suite.check(&check("nothing is left in the account"), || stage.nothing_new(&before));
            if let Some(ledger) = &stage.ledger {
                suite.check(&check("the database has outlived the stack"), || ledger.has_outlived_the_stack());
            }
            if let Some(owner) = &stage.owner {
                suite.check(&check("what existed is as it was"), || owner.is_untouched());
            }
        }
        suite.check(&check("the emulator stops in order"), || stage.emulator.stop());
    }

    fn set_up<'a>(&self, program: &'a Program, progress: &Progress) -> Result<Stage<'a>> {
        let reaper = Reaper::start()?;
        let emulator = progress.step("start the AWS emulator", || Emulator::start(progress))?;
        let aws = Aws::at(emulator.endpoint());
        let terraform = match self.terraform {
            Some(version) => {
                let pinned = terraform::Program::pinned(version)?.context("it has no wheel for this Python")?;
                Terraform::of(pinned, &emulator, &reaper)?
            }
            None => Terraform::locate(&emulator, &reaper)?,
        };
        progress.say(&terraform.description());
        let workspace = Workspace::empty(&terraform, progress)?;
        let document = self.synthesize(program, &self.features, &workspace)?;
        let owner = self.existing.map(|existing| Owner::make(&terraform, progress, existing)).transpose()?;
        let has_ledger = self.existing == Some(Existing::Database);
        let ledger = has_ledger.then(|| Ledger::filled(&emulator)).transpose()?;
        let of_owner = owner.as_ref().map(Owner::values).transpose()?.unwrap_or_default();
        fs::write(workspace.file(VALUES_FILE), format!("{}{of_owner}", self.values(&aws)?))
            .context("writing terraform.tfvars")?;
        if let Some(function) = self.own_function {
            function.pack(workspace.path(), progress)?;
        }
        if self.tasks {
            fargate::stand_in(&emulator)?;
        }
        progress.step("terraform init", || workspace.init())?;
        let policies =
            self.least_permissions.then(|| program.run(&["permissions", "--account", ACCOUNT], workspace.path()));
        let policies = policies.transpose()?;
        Ok(Stage {
            progress: progress.clone(),
            program,
            terraform,
            workspace,
            document,
            aws,
            emulator,
            owner,
            ledger,
            policies,
        })
    }

    /// Synthesizes this stack into a workspace, or one that differs in its features.
    fn synthesize(&self, program: &Program, features: &[Feature], workspace: &Workspace) -> Result<Value> {
        let switches = Feature::ALL.map(|feature| {
            let verb = if features.contains(&feature) { "--enable" } else { "--disable" };
            format!("{verb}={feature}")
        });
        let flags: Vec<&str> = switches.iter().map(String::as_str).chain(self.flags.iter().copied()).collect();
        fs::write(workspace.file("dr-synth.toml"), self.existing.map_or("", Existing::settings))
            .context("writing dr-synth.toml")?;
        let document = program.synthesize(SUFFIX, &flags, workspace.path())?;
        workspace.write_document(&document)?;
        serde_json::from_slice(&document).context("the document is not JSON")
    }

    /// What to switch on the applied stack, and the features that it then has: a feature alone is switched off, and
    /// each one on where there is none.
    fn switches(&self) -> Vec<(String, Vec<Feature>)> {
        match self.features.as_slice() {
            [] if self.flags.is_empty() => {
                Feature::ALL.map(|feature| (format!("switching {feature} on"), vec![feature])).into()
            }
            _ if self.kills > 0 => Vec::new(),
            [feature] => vec![(format!("switching {feature} off"), Vec::new())],
            _ => Vec::new(),
        }
    }

    fn values(&self, aws: &Aws) -> Result<String> {
        // The least permissions must do to lift the protection and to take a tag away, too.
        let first = if self.least_permissions { FIRST_TAG } else { UNPROTECTED };
        let values = format!("{first}{}{}", self.values, self.own_function.map_or("", OwnFunction::values));
        match self.zone {
            Zone::OfTheStack => Ok(values),
            Zone::OfTheUser => {
                let zone = create_zone(aws)?;
                Ok(format!("{values}domain_name = \"{DOMAIN}\"\nhosted_zone_id = \"{zone}\"\n"))
            }
        }
    }
}

impl Stage<'_> {
    fn inventory(&self) -> Result<Inventory> {
        Inventory::take(&self.aws, &REGIONS)
    }

    fn apply(&self) -> Result<()> {
        let outcome = self.progress.step("terraform apply", || self.workspace.apply(&[]))?;
        self.progress.say(&outcome.summary());
        Ok(())
    }

    fn apply_with_kills(&self, kills: usize) -> Result<()> {
        let reaper = self.terraform.reaper();
        let Self { terraform, workspace, program, progress, .. } = self;
        let kills_of = Kills { terraform, reaper, workspace, program, progress };
        self.progress.step("terraform apply with kills", || kills_of.apply(kills))
    }

    fn no_changes(&self) -> Result<()> {
        let outcome = self.progress.step("second plan", || self.workspace.plan(&[]))?;
        ensure!(outcome.exit_code() == 0, "changes:{}\ndrift:{}", listed(&outcome.planned), listed(&outcome.drifted));
        Ok(())
    }

    fn pays(&self) -> Result<()> {
        const PAYMENT: &str = "test-123";
        let deployment = self.deployment()?;
        let answer = deployment.primary.api.pay(PAYMENT, &json!(100))?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
        let rows = deployment.dr.database.replicated_payment(PAYMENT)?;
        ensure!(rows == [json!([PAYMENT, "100.00", "processed", deployment.primary.name])], "{rows:?}");
        Ok(())
    }

    fn deployment(&self) -> Result<Deployment> {
        Deployment::read(SUFFIX, &self.workspace, &self.terraform)
    }

    fn answers(&self) -> Result<()> {
        own_function::keeps_the_contract(&self.deployment()?)
    }

    fn keeps(&self, ledger: &Ledger) -> Result<()> {
        let deployment = self.deployment()?;
        ledger.is_in_both_regions(&deployment)?;
        self.progress.step("switchover and back", || ledger.moves(&deployment, &self.workspace))
    }

    fn leads(&self) -> Result<()> {
        let outputs = self.workspace.outputs()?;
        for (output, url) in [("primary_api_url", "https://one.orders.test"), ("dr_api_url", "https://two.orders.test")]
        {
            ensure!(outputs[output] == url, "{output}: {}", outputs[output]);
        }
        Ok(())
    }

    fn changes(&self) -> Result<()> {
        let of_owner = self.owner.as_ref().map(Owner::values).transpose()?.unwrap_or_default();
        let values = format!("{OTHER_VALUES}{of_owner}");
        fs::write(self.workspace.file(VALUES_FILE), values).context("writing terraform.tfvars")?;
        let outcome = self.progress.step("terraform apply of other values", || self.workspace.apply(&[]))?;
        let lost: Vec<_> = outcome.planned.iter().filter(|change| is_lost(change)).cloned().collect();
        ensure!(lost.is_empty(), "destroyed or replaced:{}", listed(&lost));
        ensure!(outcome.planned.iter().any(|change| change.starts_with("update ")), "nothing was updated");
        Ok(())
    }

    /// Plans the applied stack with other features.
    fn switches(&self, life: &Life, features: &[Feature]) -> Result<()> {
        let copy = Workspace::empty(&self.terraform, &self.progress)?;
        let document = life.synthesize(self.program, features, &copy)?;
        for file in [VALUES_FILE, "terraform.tfstate"] {
            fs::copy(self.workspace.file(file), copy.file(file)).with_context(|| format!("copying {file}"))?;
        }
        copy.init()?;
        let planned = self.progress.step("plan", || copy.plan(&["-refresh=false"]))?.planned;
        let difference = Difference::of(&self.document, &document);
        ensure!(!difference.is_empty(), "the document is the same");
        let (foreign, missing) = (difference.unexplained(&planned), difference.missing(&planned));
        ensure!(foreign.is_empty(), "another's address, or a replacement:{}", listed(&foreign));
        ensure!(missing.is_empty(), "not planned:{}", listed(&missing));
        Ok(())
    }

    fn destroy(&self) -> Result<()> {
        self.emulator.leaves(SUFFIX)?;
        self.progress.step("terraform destroy", || self.workspace.destroy(&[])).map(drop)
    }

    fn gone(&self, state: &[u8]) -> Result<()> {
        let left = still_there(&self.terraform, &self.progress, &self.document, state)?;
        ensure!(left.is_empty(), "still there:{}", listed(&left));
        Ok(())
    }

    fn nothing_new(&self, before: &Inventory) -> Result<()> {
        let left = self.inventory()?.since(before);
        ensure!(left.is_empty(), "left in the account:{}", listed(&left));
        Ok(())
    }
}

/// What holds nothing and is replaced by other values: a vault's lock is a protection itself, and the provider makes a template of
/// experiments again where its tags change. Everything else that is destroyed or replaced is a loss.
fn is_lost(change: &str) -> bool {
    const MADE_AGAIN: [&str; 2] = ["aws_backup_vault_lock_configuration.", "aws_fis_experiment_template."];
    let (action, address) = change.split_once(' ').unwrap_or((change, ""));
    !matches!(action, "create" | "update" | "read") && !MADE_AGAIN.iter().any(|kind| address.starts_with(kind))
}

/// A hosted zone as a user has it before there is a stack: its id.
fn create_zone(aws: &Aws) -> Result<String> {
    let request = format!(
        "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
         <Name>{DOMAIN}</Name><CallerReference>before the stack</CallerReference></CreateHostedZoneRequest>"
    );
    let answer = aws.send(REGIONS[0], "route53", Method::Post, "/2013-04-01/hostedzone", &request)?;
    let zone = elements(&answer.text, "Id").into_iter().next().context("the new zone has no id")?;
    Ok(zone.trim_start_matches("/hostedzone/").to_owned())
}
