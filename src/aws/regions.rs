//! The `region` argument that provider 6 gives to most types: the object is in that region, whatever the provider's is
//! (enhanced region support, <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support>).

use super::Provider;
use crate::terraform::ResourceMode;
use crate::terraform::schema::Attribute;

/// Types that had a `region` of another meaning before, and still have it: the guide's "resources deprecating `region`", and `aws_arn`,
/// whose region is a part of the ARN.
const OTHER_MEANING: [(ResourceMode, &str); 11] = [
    (ResourceMode::Managed, "aws_cloudformation_stack_set_instance"),
    (ResourceMode::Managed, "aws_config_aggregate_authorization"),
    (ResourceMode::Managed, "aws_dx_hosted_connection"),
    (ResourceMode::Managed, "aws_servicequotas_template"),
    (ResourceMode::Managed, "aws_ssmincidents_replication_set"),
    (ResourceMode::Data, "aws_arn"),
    (ResourceMode::Data, "aws_region"),
    (ResourceMode::Data, "aws_servicequotas_templates"),
    (ResourceMode::Data, "aws_ssmincidents_replication_set"),
    (ResourceMode::Data, "aws_vpc_endpoint_service"),
    (ResourceMode::Data, "aws_vpc_peering_connection"),
];

/// Whether the `region` of a type says in which region an object is.
pub(crate) fn takes_region(mode: ResourceMode, type_name: &str) -> bool {
    let has = || {
        let block = Provider::published().schema().block_type(mode, type_name);
        block.and_then(|block| block.attribute("region")).is_some_and(Attribute::settable)
    };
    !OTHER_MEANING.contains(&(mode, type_name)) && has()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regional_types_take_a_region_and_global_ones_do_not() {
        for name in ["aws_vpc", "aws_s3_bucket", "aws_dynamodb_table", "aws_rds_cluster", "aws_db_instance"] {
            assert!(takes_region(ResourceMode::Managed, name), "{name}");
        }
        for name in ["aws_iam_role", "aws_route53_zone", "aws_config_aggregate_authorization", "google_storage_bucket"]
        {
            assert!(!takes_region(ResourceMode::Managed, name), "{name}");
        }
        assert!(takes_region(ResourceMode::Data, "aws_vpc"));
        assert!(!takes_region(ResourceMode::Data, "aws_region"));
        for (mode, name) in OTHER_MEANING {
            let is_there = Provider::published().schema().block_type(mode, name).is_some();
            assert!(is_there, "{name}");
        }
    }
}
