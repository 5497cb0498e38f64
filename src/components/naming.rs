//! Names in AWS: one scheme for all of them, and AWS's limits held before anything is written.
//!
//! Every name reads `<service>-<purpose>-<region token>-<suffix>`. It never says primary or standby: the two swap roles,
//! names stay.

use crate::settings::{EnvironmentSuffix, Region, ServiceName};
use crate::terraform::functions::replace;
use crate::terraform::{Diagnostic, DiagnosticKind, Value, concat, text};

/// The digits of an AWS account id, which names that must be unique in the world end with.
const ACCOUNT_ID_LENGTH: usize = 12;

/// The longest service name that leaves a sampling rule enough characters for a region's token. Longer ones leave it out.
const LONGEST_SERVICE_BESIDE_REGION: usize = 8;

/// The kinds of names that AWS limits, each with the limit of its API reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameKind {
    /// S3 bucket: 3 to 63, unique among all accounts of the partition, hence the account id at the end.
    Bucket,
    /// Lambda function: 64 (`CreateFunction`).
    Function,
    /// IAM role: 64 (`CreateRole`).
    Role,
    /// RDS cluster, instance and global cluster identifiers: 63 (`CreateDBCluster`).
    Database,
    /// DynamoDB table: 255 (`CreateTable`).
    Table,
    /// SNS topic: 256 (`CreateTopic`).
    Topic,
    /// CloudWatch alarm: 255 (`PutMetricAlarm`).
    Alarm,
    /// CloudWatch dashboard: 255 (`PutDashboard`).
    Dashboard,
    /// CloudWatch log group: 512 (`CreateLogGroup`).
    LogGroup,
    /// KMS alias after `alias/`: 250 (`CreateAlias`, 256 in all).
    KeyAlias,
    /// Secrets Manager secret: 512 (`CreateSecret`).
    Secret,
    /// API Gateway REST API, usage plan and other parts: 128, the shortest among them.
    Api,
    /// Security group: 255 (`CreateSecurityGroup`).
    SecurityGroup,
    /// Step Functions state machine: 80 (`CreateStateMachine`).
    StateMachine,
    /// `EventBridge` Scheduler schedule: 64 (`CreateSchedule`).
    Schedule,
    /// Systems Manager parameter: 1011 with the whole ARN, which leaves 900 at least (`PutParameter`).
    Parameter,
    /// SQS queue: 80 (`CreateQueue`).
    Queue,
    /// WAF web ACL, and the name of its metric: 128 (`CreateWebACL`).
    WebAcl,
    /// X-Ray sampling rule and group: 32 (`CreateSamplingRule`, `CreateGroup`).
    Trace,
    /// Backup vault: 50 (`CreateBackupVault`).
    BackupVault,
    /// Backup plan and selection: 50 (`CreateBackupPlan`, `CreateBackupSelection`).
    BackupPlan,
    /// Restore testing plan: 50 (`CreateRestoreTestingPlan`); letters, digits and underscores only.
    RestoreTesting,
    /// Budget: 100 (`CreateBudget`).
    Budget,
    /// AWS Config recorder and delivery channel: 256 (`PutConfigurationRecorder`).
    ConfigRecorder,
    /// AWS Config rule: 128 (`PutConfigRule`).
    ConfigRule,
    /// AWS Config aggregator: 256 (`PutConfigurationAggregator`).
    ConfigAggregator,
    /// `CloudFormation` stack set: 128 (`CreateStackSet`).
    StackSet,
    /// `EventBridge` rule: 64 (`PutRule`).
    EventRule,
    /// Load balancer and target group: 32 (`CreateLoadBalancer`, `CreateTargetGroup`).
    LoadBalancer,
    /// ECS cluster, service and family of task definitions: 255 (`CreateCluster`, `CreateService`, `RegisterTaskDefinition`).
    Container,
    /// A tag's value: 256.
    Tag,
}

impl NameKind {
    /// The most characters AWS takes.
    pub fn limit(self) -> usize {
        match self {
            Self::Bucket | Self::Database => 63,
            Self::BackupVault | Self::BackupPlan | Self::RestoreTesting => 50,
            Self::Function | Self::Role | Self::Schedule | Self::EventRule => 64,
            Self::StateMachine | Self::Queue => 80,
            Self::Table | Self::Alarm | Self::Dashboard | Self::SecurityGroup | Self::Container => 255,
            Self::Topic | Self::Tag | Self::ConfigRecorder | Self::ConfigAggregator => 256,
            Self::LogGroup | Self::Secret => 512,
            Self::KeyAlias => 250,
            Self::Budget => 100,
            Self::Api | Self::WebAcl | Self::ConfigRule | Self::StackSet => 128,
            Self::Trace | Self::LoadBalancer => 32,
            Self::Parameter => 900,
        }
    }

    /// Names of X-Ray and of load balancers are the shortest by far, and they are of one region: where a long service name needs
    /// the characters, the region's token is left out.
    fn spares_region(self) -> bool {
        matches!(self, Self::Trace | Self::LoadBalancer)
    }

    fn takes_account_id(self) -> bool {
        self == Self::Bucket
    }

    /// Neither a purpose nor a suffix has an underscore, so names that differ still do when hyphens become underscores.
    fn takes_underscores_only(self) -> bool {
        self == Self::RestoreTesting
    }
}

/// Makes names for one region.
#[derive(Debug, Clone)]
pub struct Naming {
    service: ServiceName,
    token: &'static str,
    suffix: Value<String>,
    account_id: Value<String>,
}

impl Naming {
    /// Names in `region`, beginning with `service` and ending in `suffix`.
    pub fn new(service: ServiceName, region: Region, suffix: Value<String>, account_id: Value<String>) -> Self {
        Self { service, token: region.token(), suffix, account_id }
    }

    /// What every name begins with.
    pub fn service(&self) -> &ServiceName {
        &self.service
    }

    /// The name of something of this kind.
    ///
    /// # Errors
    /// The name would be longer than AWS takes, or carry a character that names may not have.
    pub fn name(&self, kind: NameKind, purpose: &str) -> Result<Value<String>, Box<Diagnostic>> {
        let stem = self.stem(kind, purpose);
        let account = if kind.takes_account_id() { ACCOUNT_ID_LENGTH + 1 } else { 0 };
        let longest = stem.len() + EnvironmentSuffix::LONGEST + account;
        if longest > kind.limit() {
            return Err(Box::new(self.too_long(kind, purpose, longest)));
        }
        if !is_plain(&stem) {
            return Err(Box::new(not_plain(kind, purpose)));
        }
        if kind.takes_underscores_only() {
            return Ok(concat([text(stem.replace('-', "_")), replace(self.suffix.clone(), "-", "_")]));
        }
        if kind.takes_account_id() {
            return Ok(concat([text(stem), self.suffix.clone(), text("-"), self.account_id.clone()]));
        }
        Ok(concat([text(stem), self.suffix.clone()]))
    }

    /// What comes before the suffix.
    fn stem(&self, kind: NameKind, purpose: &str) -> String {
        let Self { service, token, .. } = self;
        if kind.spares_region() && service.as_str().len() > LONGEST_SERVICE_BESIDE_REGION {
            return format!("{service}-{purpose}-");
        }
        format!("{service}-{purpose}-{token}-")
    }

    fn too_long(&self, kind: NameKind, purpose: &str, longest: usize) -> Diagnostic {
        Diagnostic::new(
            DiagnosticKind::IllegalName,
            format!("{kind:?} `{purpose}`"),
            format!("the name can be {longest} characters long, AWS takes {}", kind.limit()),
        )
        .because(format!(
            "it begins with `{}`, a suffix may have up to {} characters, and every one of them must fit",
            self.service,
            EnvironmentSuffix::LONGEST
        ))
        .help("shorten the purpose")
    }
}

/// Lower-case letters, digits and single hyphens, a letter first: what every kind of name above accepts.
fn is_plain(stem: &str) -> bool {
    stem.starts_with(|first: char| first.is_ascii_lowercase())
        && !stem.contains("--")
        && stem.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn not_plain(kind: NameKind, purpose: &str) -> Diagnostic {
    Diagnostic::new(
        DiagnosticKind::IllegalName,
        format!("{kind:?} `{purpose}`"),
        "the name has a character that names in AWS may not have",
    )
    .help("use lower-case letters, digits and single hyphens")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming() -> Naming {
        Naming::new(ServiceName::default(), Region::US_EAST_1, text("dev"), text("123456789012"))
    }

    #[test]
    fn a_name_has_service_purpose_region_and_suffix() {
        assert_eq!(naming().name(NameKind::Function, "api").unwrap(), text("payments-api-use1-dev"));
    }

    #[test]
    fn a_bucket_ends_in_the_account_because_its_name_is_the_worlds() {
        let name = naming().name(NameKind::Bucket, "receipts").unwrap();
        assert_eq!(name, text("payments-receipts-use1-dev-123456789012"));
    }

    #[test]
    fn a_restore_test_has_underscores_for_hyphens_also_those_of_the_suffix() {
        let name = naming().name(NameKind::RestoreTesting, "restores").unwrap();
        let suffix = replace(text("dev"), "-", "_");
        assert_eq!(name, concat([text("payments_restores_use1_"), suffix]));
    }

    #[test]
    fn a_name_is_measured_with_the_longest_suffix_and_not_with_the_one_it_has() {
        // payments-…-use1- and twelve characters of suffix leave 37 of a function's 64.
        assert!(naming().name(NameKind::Function, &"p".repeat(37)).is_ok());
        let error = naming().name(NameKind::Function, &"p".repeat(38)).unwrap_err();
        assert_eq!(error.kind, DiagnosticKind::IllegalName);
        assert!(error.message.contains("65") && error.message.contains("64"), "{error}");
    }

    #[test]
    fn a_bucket_has_room_for_the_account_too() {
        assert!(naming().name(NameKind::Bucket, &"p".repeat(23)).is_ok());
        assert!(naming().name(NameKind::Bucket, &"p".repeat(24)).is_err());
    }

    #[test]
    fn a_long_service_name_leaves_a_sampling_rule_no_region() {
        let name = |service: &str, kind| {
            let naming = Naming::new(service.parse().unwrap(), Region::US_EAST_1, text("dev"), text("123456789012"));
            naming.name(kind, "post").unwrap()
        };
        assert_eq!(name("invoices", NameKind::Trace), text("invoices-post-use1-dev"));
        assert_eq!(name("inventory", NameKind::Trace), text("inventory-post-dev"));
        assert_eq!(name("inventory", NameKind::Role), text("inventory-post-use1-dev"));
    }

    #[test]
    fn characters_that_some_service_refuses_are_refused_everywhere() {
        for purpose in ["Receipts", "receipts_2", "re--ceipts", "réceipts"] {
            assert!(naming().name(NameKind::Topic, purpose).is_err(), "{purpose}");
        }
    }
}
