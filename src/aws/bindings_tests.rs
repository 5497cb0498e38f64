//! What generated bindings build, by a few of them that have what is special.

use serde_json::json;

use super::{apigateway, dynamodb, kms, route53, s3, secretsmanager};
use crate::terraform::{Handle, Module, Object, Resource};

fn arguments(resource: impl Resource) -> serde_json::Value {
    serde_json::from_str(&resource.into_block().arguments().to_json()).unwrap()
}

#[test]
fn constructors_take_what_is_required_and_setters_the_rest() {
    let table = dynamodb::Table::new("sessions", "sessions")
        .hash_key("id")
        .attribute(dynamodb::table::Attribute::new("id", "S"))
        .attribute(dynamodb::table::Attribute::new("at", "N"));
    assert_eq!(
        arguments(table),
        json!({
            "name": "sessions",
            "hash_key": "id",
            "attribute": [{"name": "id", "type": "S"}, {"name": "at", "type": "N"}]
        })
    );
}

#[test]
fn a_block_that_stands_once_is_an_object_and_one_that_is_repeated_a_list() {
    let versioning = s3::bucket_versioning::VersioningConfiguration::new("Enabled");
    assert_eq!(
        arguments(s3::BucketVersioning::new("receipts", "bucket", versioning)),
        json!({"bucket": "bucket", "versioning_configuration": {"status": "Enabled"}})
    );
    let filter = s3::bucket_lifecycle_configuration::RuleFilter::new().prefix("tmp/");
    let rule = s3::bucket_lifecycle_configuration::Rule::new("expire", "Enabled").filter(filter);
    let rule = serde_json::from_str::<serde_json::Value>(&Object::from(rule).to_json()).unwrap();
    // In the provider's schema a filter may be repeated, whatever AWS makes of it.
    assert_eq!(rule, json!({"id": "expire", "status": "Enabled", "filter": [{"prefix": "tmp/"}]}));
}

#[test]
fn names_that_rust_or_the_library_has_already_get_an_underscore() {
    let record = route53::Record::new("api", "api.example.com", "A", "Z1");
    assert_eq!(arguments(record), json!({"name": "api.example.com", "type": "A", "zone_id": "Z1"}));
    let mut module = Module::new();
    let object: Handle<s3::Object> = module.add(s3::Object::new("page", "bucket", "index.html"));
    assert_eq!(object.key_().expression().to_string(), "aws_s3_object.page.key");
    assert_eq!(object.key("x").address(), object.address());
    // The struct `Resource` of API Gateway beside the trait of that name.
    let resource = apigateway::Resource::new("payments", "root", "payments", "api");
    assert_eq!(arguments(resource), json!({"parent_id": "root", "path_part": "payments", "rest_api_id": "api"}));
}

#[test]
fn handles_refer_to_attributes_in_every_mode() {
    let mut module = Module::new();
    let key = module.add(kms::Key::new("database"));
    assert_eq!(key.arn().expression().to_string(), "aws_kms_key.database.arn");
    let zone = module.add(route53::ZoneData::new("parent").name("example.com"));
    assert_eq!(zone.zone_id().expression().to_string(), "data.aws_route53_zone.parent.zone_id");
    let password = module.add(secretsmanager::RandomPasswordEphemeral::new("database"));
    assert_eq!(
        password.random_password().expression().to_string(),
        "ephemeral.aws_secretsmanager_random_password.database.random_password"
    );
}
