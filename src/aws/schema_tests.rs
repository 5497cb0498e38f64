//! The embedded schema against what is known of the provider.

use super::schema;
use crate::terraform::ResourceMode;
use crate::terraform::schema::constraint::ConstraintKind;
use crate::terraform::schema::{Attribute, BlockNesting, BlockSchema, TypeSchema};

fn managed(type_name: &str) -> BlockSchema<'static> {
    schema().block_type(ResourceMode::Managed, type_name).unwrap()
}

#[test]
fn names_the_provider() {
    assert_eq!(schema().source(), "registry.terraform.io/hashicorp/aws");
    assert_eq!(schema().provider_name(), "aws");
    assert_eq!(schema().version(), "5.100.0");
}

#[test]
fn stays_under_400_kilobytes() {
    assert!(schema().as_bytes().len() < 400_000, "{}", schema().as_bytes().len());
}

#[test]
fn knows_every_type_and_function_of_the_provider() {
    let count = |mode| schema().type_names(mode).len();
    assert_eq!(count(ResourceMode::Managed), 1526);
    assert_eq!(count(ResourceMode::Data), 608);
    assert_eq!(count(ResourceMode::Ephemeral), 7);
    let functions: Vec<_> = schema().function_names().collect();
    assert_eq!(functions, ["arn_build", "arn_parse", "trim_iam_role_path"]);
    assert!(schema().has_function("arn_parse"));
    assert!(!schema().has_function("arn"));
}

#[test]
fn finds_every_type_attribute_and_block_by_its_own_name() {
    fn visit(block: BlockSchema<'_>) {
        for attribute in block.attributes() {
            let found = block.attribute(attribute.name()).unwrap();
            assert_eq!(found.name(), attribute.name());
            assert!(found.settable() || found.computed(), "{}", attribute.name());
        }
        for nested in block.nested_blocks() {
            assert_eq!(block.nested_block(nested.name()).unwrap().name(), nested.name());
        }
        // WAF and QuickSight repeat whole trees at every level; one level below the top is what is looked at here.
    }
    for mode in [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral] {
        for name in schema().type_names(mode) {
            let block = schema().block_type(mode, name).unwrap();
            visit(block);
            block.nested_blocks().for_each(|nested| visit(nested.block()));
        }
    }
}

#[test]
fn a_type_that_does_not_exist_has_no_schema() {
    assert!(schema().block_type(ResourceMode::Managed, "aws_vcp").is_none());
    assert!(schema().block_type(ResourceMode::Managed, "").is_none());
    // It is a data source only.
    assert!(schema().block_type(ResourceMode::Managed, "aws_caller_identity").is_none());
    assert!(schema().block_type(ResourceMode::Data, "aws_caller_identity").is_some());
}

#[test]
fn knows_required_optional_and_computed_arguments() {
    let vpc = managed("aws_vpc");
    let cidr = vpc.attribute("cidr_block").unwrap();
    assert!(cidr.optional() && cidr.computed() && !cidr.required());
    assert!(matches!(cidr.value_type(), TypeSchema::String));
    let arn = vpc.attribute("arn").unwrap();
    assert!(arn.computed() && !arn.settable());
    assert!(vpc.attribute("cidr").is_none());
    let tags = vpc.attribute("tags").unwrap();
    let TypeSchema::Map(element) = tags.value_type() else { panic!("tags are a map") };
    assert!(matches!(element.resolve(), TypeSchema::String));
    assert!(managed("aws_subnet").attribute("vpc_id").unwrap().required());
}

#[test]
fn knows_write_only_and_sensitive_arguments() {
    let cluster = managed("aws_rds_cluster");
    let write_only = cluster.attribute("master_password_wo").unwrap();
    assert!(write_only.write_only() && write_only.optional());
    let password = cluster.attribute("master_password").unwrap();
    assert!(password.sensitive() && !password.write_only());
}

#[test]
fn knows_nested_blocks_and_their_counts() {
    let rule = managed("aws_s3_bucket_lifecycle_configuration").nested_block("rule").unwrap();
    assert_eq!(rule.nesting(), BlockNesting::List);
    assert!(rule.block().attribute("status").unwrap().required());
    let filter = rule.block().nested_block("filter").unwrap();
    assert!(filter.block().nested_block("and").unwrap().block().attribute("prefix").is_some());
    let timeouts = managed("aws_rds_cluster").nested_block("timeouts").unwrap();
    assert_eq!(timeouts.nesting(), BlockNesting::Single);
    assert_eq!(timeouts.max_items(), Some(1));
    let versioning = managed("aws_s3_bucket_versioning").nested_block("versioning_configuration").unwrap();
    assert_eq!((versioning.min_items(), versioning.max_items()), (1, Some(1)));
    assert!(managed("aws_vpc").nested_block("rule").is_none());
}

#[test]
fn knows_objects_in_attributes() {
    let options = managed("aws_acm_certificate").attribute("domain_validation_options").unwrap();
    let TypeSchema::Set(element) = options.value_type() else { panic!("a set") };
    let TypeSchema::Object(object) = element.resolve() else { panic!("of objects") };
    let names: Vec<_> = object.fields().map(Attribute::name).collect();
    assert_eq!(names, ["domain_name", "resource_record_name", "resource_record_type", "resource_record_value"]);
    assert!(matches!(object.field("domain_name").unwrap().value_type(), TypeSchema::String));
    assert!(object.field("domain").is_none());
}

#[test]
fn knows_the_provider_block() {
    let provider = schema().provider_configuration();
    assert!(provider.attribute("region").unwrap().optional());
    assert!(provider.nested_block("default_tags").unwrap().block().attribute("tags").is_some());
}

#[test]
fn knows_which_arguments_go_together() {
    fn rules(type_name: &str) -> Vec<(ConstraintKind, Vec<&'static str>)> {
        let groups = schema().constraints(ResourceMode::Managed, type_name);
        groups.map(|group| (group.kind(), group.paths().collect())).collect()
    }
    let bucket = rules("aws_s3_bucket");
    assert!(bucket.contains(&(ConstraintKind::Conflicts, vec!["bucket", "bucket_prefix"])), "{bucket:?}");
    let function = rules("aws_lambda_function");
    assert!(function.contains(&(ConstraintKind::ExactlyOneOf, vec!["filename", "image_uri", "s3_bucket"])));
    let cluster = rules("aws_rds_cluster");
    let password = vec!["master_password_wo", "master_password_wo_version"];
    assert!(cluster.contains(&(ConstraintKind::RequiredWith, password)), "{cluster:?}");
    assert!(rules("aws_s3_bucket_versioning").is_empty());
}
