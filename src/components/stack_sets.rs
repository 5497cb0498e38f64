//! What other accounts of the organization get: an alert topic in both regions, and a role that reads the drills' evidence
//! in this account. `CloudFormation` brings it to every account of the given organizational units, also to those that join
//! later.

use super::bucket::Bucket;
use super::encryption::identity_may_use;
use super::failover::drill::EVIDENCE_PREFIX;
use super::naming::NameKind;
use super::region_scope::RegionScope;
use crate::aws::cloudformation::{self, stack_instances, stack_set};
use crate::aws::iam_policy::{PolicyDocument, Principal, Statement};
use crate::aws::{iam, kms};
use crate::settings::Region;
use crate::terraform::functions::length;
use crate::terraform::{Handle, Lifecycle, Number, Resource, Value, concat};

/// What the accounts get, as `CloudFormation` reads it.
const TEMPLATE: &str = include_str!("../../templates/account_baseline.json");

/// What is brought where.
#[derive(Debug)]
pub struct StackSetInputs<'a> {
    /// The regions of this stack.
    pub regions: [Region; 2],
    /// The organization, if its accounts may read evidence.
    pub organization_id: &'a Value<String>,
    /// The units whose accounts get the baseline.
    pub organizational_unit_ids: &'a Value<Vec<String>>,
    /// Whether this is the organization's management account (`SELF`) or one that it has delegated to
    /// (`DELEGATED_ADMIN`).
    pub call_as: &'a Value<String>,
    /// What names end in.
    pub environment: &'a Value<String>,
    /// The bucket with the evidence.
    pub evidence: &'a Bucket,
    /// Its key.
    pub evidence_key: &'a Handle<kms::Key>,
}

/// Adds the stack set, and the role that its readers take on.
pub fn stack_sets(region: &mut RegionScope<'_>, inputs: &StackSetInputs<'_>) {
    let evidence_role_arn = evidence_role(region, inputs);
    let name = region.name(NameKind::StackSet, "account-baseline");
    let own_region = region.region().name();
    let set = region.add(
        cloudformation::StackSet::new("stack_sets_baseline", name)
            .description(format!("Alert topic and evidence reader of the {} stack", region.service_name()))
            // With this model AWS uses roles of its own; an administration role would be refused.
            .permission_model("SERVICE_MANAGED")
            .call_as(inputs.call_as)
            .auto_deployment(stack_set::AutoDeployment::new().enabled(true).retain_stacks_on_account_removal(false))
            .capabilities(["CAPABILITY_NAMED_IAM"])
            .parameters([
                ("EvidenceRegion", Value::from(own_region)),
                ("EvidenceRoleArn", evidence_role_arn),
                ("ReaderName", reader_name(region, inputs)),
            ])
            .template_body(TEMPLATE)
            .lifecycle(Lifecycle::new().ignore_changes(["administration_role_arn"])),
    );
    let units = inputs.organizational_unit_ids;
    let wanted: Value<Number> = Value::from(1).when(length(units.clone()).more_than(0), 0);
    region.add(
        cloudformation::StackInstances::new("stack_sets_baseline", set.name())
            .count(wanted)
            .call_as(inputs.call_as)
            .regions(inputs.regions.map(|region| Value::from(region.name())))
            .deployment_targets(stack_instances::DeploymentTargets::new().organizational_unit_ids(units))
            // One region after the other, and none after one that failed.
            .operation_preferences(
                stack_instances::OperationPreferences::new()
                    .failure_tolerance_count(0)
                    .max_concurrent_count(1)
                    .region_concurrency_type("SEQUENTIAL"),
            ),
    );
}

/// The name of the role in each account.
fn reader_name(region: &RegionScope<'_>, inputs: &StackSetInputs<'_>) -> Value<String> {
    concat([format!("{}-evidence-reader-", region.service_name()).into(), inputs.environment.clone()])
}

/// The role in this account. Whoever takes it on comes from the organization, and from the role that the stack set makes.
/// Returns its ARN, or nothing if there is no organization to trust.
fn evidence_role(region: &mut RegionScope<'_>, inputs: &StackSetInputs<'_>) -> Value<String> {
    let nobody = inputs.organization_id.clone().is_null();
    let wanted: Value<Number> = Value::from(0).when(nobody.clone(), 1);
    let readers = concat(["arn:aws:iam::*:role/".into(), reader_name(region, inputs)]);
    let trust = PolicyDocument::new([Statement::allow("EvidenceReadersOfTheOrganization")
        .action("sts:AssumeRole")
        .principal(Principal::Aws("*".into()))
        .when("StringEquals", "aws:PrincipalOrgID", inputs.organization_id)
        .when("ArnLike", "aws:PrincipalArn", readers)]);
    let name = region.name(NameKind::Role, "evidence");
    let role = region.add(
        iam::Role::new("stack_sets_evidence", trust.to_json())
            .count(wanted.clone())
            .name(name)
            .description("Reads the evidence of drills"),
    );
    let statements = [
        Statement::allow("FindEvidence").action("s3:ListBucket").resource(inputs.evidence.arn()).when(
            "StringLike",
            "s3:prefix",
            format!("{EVIDENCE_PREFIX}*"),
        ),
        Statement::allow("ReadEvidence").action("s3:GetObject").resource(concat([
            inputs.evidence.arn(),
            "/".into(),
            EVIDENCE_PREFIX.into(),
            "*".into(),
        ])),
        identity_may_use("DecryptEvidence", inputs.evidence_key.arn(), region.service("s3")),
    ];
    region.add(
        iam::RolePolicy::new("stack_sets_evidence", PolicyDocument::new(statements).to_json(), role.at(0).id())
            .count(wanted)
            .name("read-evidence"),
    );
    Value::from("").when(nobody, role.at(0).arn())
}
