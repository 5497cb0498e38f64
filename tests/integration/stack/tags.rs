//! Tags: everything that takes them has them.

use dr_synth::aws;
use dr_synth::terraform::ResourceMode;

use super::{resources, whole_document};

#[test]
fn everything_that_takes_tags_has_a_name_of_its_own_with_the_suffix() {
    let document = whole_document();
    let mut tagged = 0;
    for (type_name, name, body) in resources(&document) {
        let schema = aws::schema().block_type(ResourceMode::Managed, type_name).unwrap();
        if schema.attribute("tags").is_none() {
            continue;
        }
        let tag = body["tags"]["Name"].as_str().unwrap_or_else(|| panic!("{type_name}.{name} has no Name"));
        assert!(tag.ends_with("${var.environment_suffix}"), "{type_name}.{name}: {tag}");
        tagged += 1;
    }
    assert!(tagged > 60, "only {tagged} resources were looked at");
}

#[test]
fn the_shared_tags_come_from_every_provider_configuration() {
    let document = whole_document();
    for provider in document["provider"]["aws"].as_array().unwrap() {
        assert_eq!(
            provider["default_tags"]["tags"],
            r#"${merge(var.tags, {"CostCenter" = "Operations", "Criticality" = "High", "Environment" = "DR"})}"#
        );
    }
}
