//! Variables of what exists in a region and replaces a part of the stack there.

use super::{each_matches, matches};
use crate::components::existing_keys::CLASSES;
use crate::settings::{Feature, Region, Settings};
use crate::stack::foundations::ROUTE53_METRICS_REGION;
use crate::terraform::variable::ObjectAttribute;
use crate::terraform::{Any, Condition, Expression, Module, TypeConstraint, Value, Variable};

/// What is named of a region, where the settings say that it exists.
#[derive(Debug, Clone)]
pub struct PartsOfRegion {
    /// The keys.
    pub kms_key_arns: Option<Value<Any>>,
    /// The topic of alarms, and of what the failover tells and asks.
    pub alert_topic_arn: Option<Value<String>>,
    /// The topic of what `EventBridge` tells.
    pub event_topic_arn: Option<Value<String>>,
    /// The web ACL before the API.
    pub web_acl_arn: Option<Value<String>>,
    /// The bucket that keeps access logs of buckets.
    pub log_archive_bucket: Option<Value<String>>,
}

/// A region, and what it is called.
pub(super) struct RegionOf {
    /// What names of its variables begin with.
    prefix: &'static str,
    /// What people call it.
    called: &'static str,
    region: Region,
}

impl RegionOf {
    pub(super) fn primary(settings: &Settings) -> Self {
        Self { prefix: "primary", called: "primary", region: settings.primary_region }
    }

    pub(super) fn dr(settings: &Settings) -> Self {
        Self { prefix: "dr", called: "standby", region: settings.dr_region }
    }

    /// Declares a variable with a text that must match; there is no default, and `example` is one that does.
    fn named(&self, module: &mut Module, part: &Part) -> Value<String> {
        let name = format!("{}_{}", self.prefix, part.name);
        let matches = matches(part.pattern.clone(), Variable::reference(name.clone()));
        let message = format!("{name} must be {}, such as {}.", part.form, part.example);
        let description = part.description.replace("REGION", &format!("{} region", self.called));
        module.add_variable(
            Variable::new(name).description(description).nullable(false).validation(Condition::new(matches, message)),
        )
    }

    fn topic_arn(&self, module: &mut Module, name: &'static str, description: &'static str) -> Value<String> {
        let region = self.region;
        let part = Part {
            name,
            description,
            pattern: format!("^arn:aws:sns:{region}:[0-9]{{12}}:[A-Za-z0-9_-]{{1,256}}$"),
            // The failover gives no message group, without which nothing can be published to a FIFO topic.
            form: format!("the ARN of a standard topic in {region}, not of a FIFO topic"),
            example: format!("arn:aws:sns:{region}:123456789012:on-call"),
        };
        self.named(module, &part)
    }

    fn alert_topic_arn(&self, module: &mut Module) -> Value<String> {
        let description = "The SNS topic of the REGION that receives alarms, budgets, database events and what the failover tells \
                           and asks.";
        self.topic_arn(module, "alert_topic_arn", description)
    }

    fn event_topic_arn(&self, module: &mut Module) -> Value<String> {
        let description = "The SNS topic of the REGION that receives what EventBridge tells about backups and configurations. It may \
                           be the alert topic.";
        self.topic_arn(module, "event_topic_arn", description)
    }

    fn web_acl_arn(&self, module: &mut Module) -> Value<String> {
        let region = self.region;
        let part = Part {
            name: "web_acl_arn",
            description: "The web ACL of the REGION that is put before the API.",
            pattern: format!(
                "^arn:aws:wafv2:{region}:[0-9]{{12}}:regional/webacl/[A-Za-z0-9_-]{{1,128}}/[0-9a-f-]{{36}}$"
            ),
            form: format!("the ARN of a web ACL of the scope REGIONAL in {region}"),
            example: format!(
                "arn:aws:wafv2:{region}:123456789012:regional/webacl/edge/1234abcd-12ab-34cd-56ef-1234567890ab"
            ),
        };
        self.named(module, &part)
    }

    fn log_archive_bucket(&self, module: &mut Module) -> Value<String> {
        let part = Part {
            name: "log_archive_bucket",
            description: "The bucket of the REGION that keeps access logs of the stack's buckets.",
            pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$".to_owned(),
            form: "the name of a bucket".to_owned(),
            example: format!("acme-log-archive-{}", self.region),
        };
        self.named(module, &part)
    }

    /// One variable for all keys of a region, so that none is forgotten.
    fn kms_key_arns(&self, module: &mut Module) -> Value<Any> {
        let Self { prefix, called, region } = self;
        let name = format!("{prefix}_kms_key_arns");
        let arns = Expression::call("values", [Variable::reference::<Any>(name.clone()).into()]);
        let key = |class: &str| ObjectAttribute {
            name: class.to_owned(),
            of_type: TypeConstraint::String,
            optional: false,
            default: None,
        };
        let each = each_matches(format!("^arn:aws:kms:{region}:[0-9]{{12}}:key/[0-9a-z-]+$"), Value::new(arns));
        module.add_variable(
            Variable::new(name.clone())
                .description(format!(
                    "The keys of the {called} region, by what they encrypt: {}. One key may serve several.",
                    CLASSES.join(", ")
                ))
                .of_type(TypeConstraint::Object(CLASSES.map(key).into()))
                .nullable(false)
                .validation(Condition::new(
                    each,
                    format!(
                        "{name} must be ARNs of keys in {region}, such as \
                         arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
                    ),
                )),
        )
    }
}

/// A part that is named by a text.
struct Part {
    /// The variable's name, without the region's prefix.
    name: &'static str,
    /// What it is; `REGION` is the region as people call it.
    description: &'static str,
    pattern: String,
    /// What a value must be.
    form: String,
    example: String,
}

/// Declares what the settings say that the region has.
pub(super) fn declare(module: &mut Module, settings: &Settings, region: &RegionOf) -> PartsOfRegion {
    let topics = settings.existing_topics;
    let has_events = [Feature::Backup, Feature::Config].iter().any(|feature| settings.features.has(*feature));
    PartsOfRegion {
        kms_key_arns: settings.existing_keys.then(|| region.kms_key_arns(module)),
        alert_topic_arn: topics.then(|| region.alert_topic_arn(module)),
        event_topic_arn: (topics && has_events).then(|| region.event_topic_arn(module)),
        web_acl_arn: settings.existing_web_acl.then(|| region.web_acl_arn(module)),
        log_archive_bucket: settings.existing_log_archive.then(|| region.log_archive_bucket(module)),
    }
}

/// Route 53's alarms need a topic where its metrics are.
pub(super) fn route53_metrics_alert_topic_arn(module: &mut Module, settings: &Settings) -> Option<Value<String>> {
    let elsewhere = ![settings.primary_region, settings.dr_region].contains(&ROUTE53_METRICS_REGION);
    (settings.existing_topics && elsewhere).then(|| {
        let region = RegionOf { prefix: "route53_metrics", called: "", region: ROUTE53_METRICS_REGION };
        let description = "The SNS topic of us-east-1 that receives the alarms on Route 53, whose metrics are there.";
        region.topic_arn(module, "alert_topic_arn", description)
    })
}
