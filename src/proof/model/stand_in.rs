//! What stands for the attributes that AWS gives at the apply: names, ids and ARNs in AWS's own form.
//!
//! With them every expression around them has a value (`"${bucket.arn}/*"`, `replace(...)`), and who is meant by an ARN is found
//! by comparing ARNs, as AWS does. They never leave the model.

use std::cell::OnceCell;

use super::account::Account;
use super::hosts;
use super::node::Node;

/// Whose attribute is asked for. Several attributes repeat its id, which is made once.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'a> {
    /// Its address with instance keys.
    pub(crate) address: &'a str,
    /// Its type.
    pub(crate) kind: &'a str,
    /// Its arguments.
    pub(crate) values: &'a Node,
    /// Its region.
    pub(crate) region: &'a str,
    /// Its account.
    pub(crate) account: &'a Account,
    /// How its type is named, if that is known.
    form: Option<&'static Form>,
    id: OnceCell<String>,
}

/// How a type is named: the arguments that name it, the service and the form of its ARN.
#[derive(Debug)]
struct Form(&'static str, &'static [&'static str], &'static str, ArnScope);

#[derive(Debug, PartialEq, Clone, Copy)]
enum ArnScope {
    /// Region and account.
    Both,
    /// Account, no region.
    Account,
    /// Neither.
    Neither,
}

use ArnScope::Both;

/// `{}` is the name (or the id where AWS gives one).
const FORMS: [Form; 34] = [
    Form("aws_s3_bucket", &["bucket"], "s3:{}", ArnScope::Neither),
    Form("aws_db_instance", &["identifier"], "rds:db:{}", Both),
    Form("aws_rds_cluster", &["cluster_identifier"], "rds:cluster:{}", Both),
    Form("aws_rds_global_cluster", &["global_cluster_identifier"], "rds:global-cluster:{}", ArnScope::Account),
    Form("aws_docdb_cluster", &["cluster_identifier"], "rds:cluster:{}", Both),
    Form("aws_docdb_global_cluster", &["global_cluster_identifier"], "rds:global-cluster:{}", ArnScope::Account),
    Form("aws_neptune_cluster", &["cluster_identifier"], "rds:cluster:{}", Both),
    Form("aws_neptune_global_cluster", &["global_cluster_identifier"], "rds:global-cluster:{}", ArnScope::Account),
    Form("aws_redshift_cluster", &["cluster_identifier"], "redshift:cluster:{}", Both),
    Form("aws_dynamodb_table", &["name"], "dynamodb:table/{}", Both),
    Form("aws_timestreamwrite_table", &["table_name"], "timestream:table/{}", Both),
    Form("aws_efs_file_system", &[], "elasticfilesystem:file-system/fs-{}", Both),
    Form("aws_fsx_windows_file_system", &[], "fsx:file-system/fs-{}", Both),
    Form("aws_fsx_ontap_file_system", &[], "fsx:file-system/fs-{}", Both),
    Form("aws_fsx_openzfs_file_system", &[], "fsx:file-system/fs-{}", Both),
    Form("aws_fsx_lustre_file_system", &[], "fsx:file-system/fs-{}", Both),
    Form("aws_ebs_volume", &[], "ec2:volume/vol-{}", Both),
    Form("aws_instance", &[], "ec2:instance/i-{}", Both),
    Form("aws_kms_key", &[], "kms:key/{}", Both),
    Form("aws_kms_external_key", &[], "kms:key/{}", Both),
    Form("aws_kms_replica_key", &[], "kms:key/{}", Both),
    Form("aws_kms_alias", &["name"], "kms:{}", Both),
    Form("aws_backup_vault", &["name"], "backup:backup-vault:{}", Both),
    Form("aws_backup_logically_air_gapped_vault", &["name"], "backup:backup-vault:{}", Both),
    Form("aws_backup_plan", &[], "backup:backup-plan:{}", Both),
    Form("aws_secretsmanager_secret", &["name"], "secretsmanager:secret:{}-AbCdEf", Both),
    Form("aws_elasticache_replication_group", &["replication_group_id"], "elasticache:replicationgroup:{}", Both),
    Form("aws_elasticache_cluster", &["cluster_id"], "elasticache:cluster:{}", Both),
    Form("aws_elasticache_global_replication_group", &[], "elasticache:globalreplicationgroup:{}", ArnScope::Account),
    Form("aws_memorydb_cluster", &["name"], "memorydb:cluster/{}", Both),
    Form("aws_opensearch_domain", &["domain_name"], "es:domain/{}", Both),
    Form("aws_dsql_cluster", &["identifier"], "dsql:cluster/{}", Both),
    Form("aws_iam_role", &["name"], "iam:role/{}", ArnScope::Account),
    Form("aws_ecr_repository", &["name"], "ecr:repository/{}", Both),
];

/// Attributes that repeat the object's id.
const IDS: [&str; 9] = [
    "id",
    "key_id",
    "file_system_id",
    "global_replication_group_id",
    "resource_id",
    "source_id",
    "multi_region_cluster_name",
    "dbi_resource_id",
    "cluster_resource_id",
];

impl<'a> Subject<'a> {
    pub(crate) fn new([address, kind, region]: [&'a str; 3], values: &'a Node, account: &'a Account) -> Self {
        let form = FORMS.iter().find(|form| form.0 == kind);
        Self { address, kind, values, region, account, form, id: OnceCell::new() }
    }

    /// What stands for an attribute that the configuration does not set, where something can.
    pub(crate) fn attribute(&self, name: &str) -> Option<Node> {
        let text = match (self.kind, name) {
            ("aws_secretsmanager_secret", "id") | ("aws_kms_alias", "target_key_arn") | (_, "arn") => self.arn(),
            // What an API calls a function by.
            ("aws_lambda_function", "invoke_arn") => {
                format!(
                    "arn:{}:apigateway:{}:lambda:path/2015-03-31/functions/{}/invocations",
                    partition(self.region),
                    self.region,
                    self.arn()
                )
            }
            ("aws_kms_alias", "target_key_id") => return None,
            ("aws_db_instance", "id" | "resource_id") => format!("db-{}", self.hash()),
            (_, name) if IDS.contains(&name) => self.id(),
            ("aws_s3_bucket_versioning" | "aws_s3_bucket_policy", "bucket") => return None,
            _ if self.form.is_some_and(|form| form.1.contains(&name)) => self.id(),
            (_, "name" | "identifier") => self.begun(name).unwrap_or_else(|| self.id()),
            _ => return hosts::stand_in(self, name).map(Node::Text),
        };
        Some(Node::Text(text))
    }

    /// The attributes by which others may mean this object.
    pub(crate) fn identifiers(&self) -> Vec<String> {
        let mut all = vec![self.arn(), self.id()];
        if let Some(Node::Text(id)) = self.attribute("id") {
            all.push(id);
        }
        all.dedup();
        all
    }

    /// The name or id that AWS knows the object by.
    pub(super) fn id(&self) -> String {
        self.id.get_or_init(|| self.new_id()).clone()
    }

    fn new_id(&self) -> String {
        let Some(Form(_, names, template, _)) = self.form else { return self.hash() };
        if let Some(name) = names.iter().find_map(|name| self.values.at(name).text().get()) {
            return name;
        }
        let prefix = template.rsplit(['/', ':']).next().and_then(|last| last.strip_suffix("{}")).unwrap_or_default();
        if self.kind.starts_with("aws_kms_") && self.kind != "aws_kms_alias" {
            return self.key_id();
        }
        if let Some(name) = names.iter().find_map(|name| self.begun(name)) {
            return name;
        }
        format!("{prefix}{}", self.hash())
    }

    /// A name of which only the beginning is given, such as `name_prefix`.
    fn begun(&self, name: &str) -> Option<String> {
        let prefix = self.values.at(&format!("{name}_prefix")).text().get()?;
        Some(format!("{prefix}{}", self.hash()))
    }

    /// A replica of a key carries the id of its primary.
    fn key_id(&self) -> String {
        match self.values.at("primary_key_arn").text().get() {
            Some(arn) => arn.rsplit('/').next().unwrap_or_default().to_owned(),
            None if self.values.at("multi_region").flag().get() == Some(true) => format!("mrk-{}", self.hash()),
            None => self.hash(),
        }
    }

    /// The ARN in AWS's form.
    pub(crate) fn arn(&self) -> String {
        let account = self.account.digits();
        let partition = partition(self.region);
        let Some(Form(_, _, template, place)) = self.form else {
            let service = self.kind.split('_').nth(1).unwrap_or("aws");
            return format!("arn:{partition}:{service}:{}:{account}:{}", self.region, self.hash());
        };
        let (service, rest) = template.split_once(':').unwrap_or((template, "{}"));
        let mut id = self.id();
        if let ("aws_iam_role", Node::Text(path)) = (self.kind, self.values.at("path")) {
            id = format!("{}{id}", path.trim_start_matches('/'));
        }
        let rest = match rest.rsplit_once(['/', ':']).map_or(rest, |(_, last)| last).strip_suffix("{}") {
            Some(prefix) if !prefix.is_empty() && id.starts_with(prefix) => {
                rest.replacen("{}", id.trim_start_matches(prefix), 1)
            }
            _ => rest.replacen("{}", &id, 1),
        };
        match place {
            ArnScope::Both => format!("arn:{partition}:{service}:{}:{account}:{rest}", self.region),
            ArnScope::Account => format!("arn:{partition}:{service}::{account}:{rest}"),
            ArnScope::Neither => format!("arn:{partition}:{service}:::{rest}"),
        }
    }

    fn hash(&self) -> String {
        stand_in_of(self.address)
    }
}

/// The partition of a region, with which its ARNs begin.
pub(crate) fn partition(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 5] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eusc-", "aws-eusc"),
    ];
    PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// Whether a text is a name that stands for the one that AWS gives the object at this address.
pub(crate) fn is_stand_in_of(address: &str, text: &str) -> bool {
    text.contains(&stand_in_of(address))
}

/// Attributes that every type may have.
pub(super) const ATTRIBUTES: [&str; 13] = [
    "arn",
    "invoke_arn",
    "id",
    "name",
    "key_id",
    "file_system_id",
    "global_replication_group_id",
    "resource_id",
    "source_id",
    "multi_region_cluster_name",
    "dbi_resource_id",
    "cluster_resource_id",
    "target_key_arn",
];

/// The arguments that name an object of a type.
pub(super) fn names_of(kind: &str) -> &'static [&'static str] {
    FORMS.iter().find(|form| form.0 == kind).map_or(&[], |form| form.1)
}

/// Whether no two objects of a type share a name, in whatever region they are.
pub(super) fn is_unique(kind: &str) -> bool {
    let is_given_by_aws = FORMS.iter().any(|form| form.0 == kind && form.1.is_empty());
    let has_no_region = kind == "aws_s3_bucket" || kind == "aws_iam_role" || kind.starts_with("aws_route53_");
    is_given_by_aws || has_no_region || kind.contains("_global_")
}

/// How many digits stand for an id that AWS gives.
pub(crate) const STAND_IN_DIGITS: usize = 16;

/// What stands for the id of the object at an address, alone or within another text.
pub(crate) fn stand_in_of(address: &str) -> String {
    digits(address, STAND_IN_DIGITS)
}

/// Digits that stand for a text; the same text, the same digits.
pub(super) fn digits(text: &str, count: usize) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let all = format!("{hash:020}");
    all[all.len() - count..].to_owned()
}
