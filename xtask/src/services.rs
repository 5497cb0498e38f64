//! Which types have bindings, in which file each stands and what it is called there.

use dr_synth::terraform::ResourceMode;

use crate::Outcome;

/// A file of bindings.
pub(crate) struct Service {
    /// The module's name.
    pub(crate) module: &'static str,
    /// What the module is about, for its documentation.
    pub(crate) title: &'static str,
    /// What is left out of the names of its types: the module says it already.
    prefixes: &'static [&'static str],
    resources: &'static str,
    data_sources: &'static str,
    ephemerals: &'static str,
}

/// A type that has bindings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Binding {
    pub(crate) mode: ResourceMode,
    /// The provider's name, such as `aws_kms_key`.
    pub(crate) type_name: String,
    /// The name in the module in snake case, such as `key`; its nested blocks stand in a module of this name.
    pub(crate) snake_name: String,
    /// The name in the module, such as `Key`.
    pub(crate) rust_name: String,
}

impl Service {
    /// The types of this service, sorted by mode and name.
    pub(crate) fn bindings(&self) -> Vec<Binding> {
        let modes = [
            (ResourceMode::Managed, self.resources),
            (ResourceMode::Data, self.data_sources),
            (ResourceMode::Ephemeral, self.ephemerals),
        ];
        let mut bindings: Vec<Binding> = modes
            .into_iter()
            .flat_map(|(mode, names)| names.split_whitespace().map(move |name| self.binding(mode, name)))
            .collect();
        bindings.sort();
        bindings
    }

    fn binding(&self, mode: ResourceMode, name: &str) -> Binding {
        let short = self.prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        let suffix = match mode {
            ResourceMode::Managed => "",
            ResourceMode::Data => "_data",
            ResourceMode::Ephemeral => "_ephemeral",
        };
        let snake_name = format!("{short}{suffix}");
        Binding { mode, type_name: format!("aws_{name}"), rust_name: camel(&snake_name), snake_name }
    }
}

/// `rest_api` as `RestApi`.
pub(crate) fn camel(snake: &str) -> String {
    let capitalized = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    snake.split('_').map(capitalized).collect()
}

/// All types with bindings; an error if a type stands in two places.
pub(crate) fn all_bindings() -> Outcome<Vec<Binding>> {
    let mut bindings: Vec<Binding> = SERVICES.iter().flat_map(Service::bindings).collect();
    bindings.sort();
    match bindings.windows(2).find(|pair| pair[0].type_name == pair[1].type_name && pair[0].mode == pair[1].mode) {
        Some(pair) => Err(format!("{} stands twice in the table of services", pair[0].type_name)),
        None => Ok(bindings),
    }
}

/// Nested blocks that stay untyped, by type: they hold themselves to a depth that would make thousands of Rust types.
/// Hand-written types take their place.
pub(crate) const UNTYPED_BLOCKS: &[(&str, &str)] = &[("aws_wafv2_web_acl", "rule")];

/// Arguments and attributes that version 6 of the provider drops, renames or gives another meaning, beside those that
/// 5.100.0 itself calls deprecated. Documents are meant for both versions, so bindings do not have them.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade>
pub(crate) const GONE_IN_VERSION_6: &[(ResourceMode, &str, &str)] = &[
    // Renamed to `bucket_region`; `region` becomes the argument that picks the region of the resource.
    (ResourceMode::Managed, "aws_s3_bucket", "region"),
    (ResourceMode::Data, "aws_s3_bucket", "region"),
    // Renamed to `region`, which 5.100.0 does not have; `id` is the region's name in both.
    (ResourceMode::Data, "aws_region", "name"),
    // Renamed to `service_region`.
    (ResourceMode::Data, "aws_vpc_endpoint_service", "region"),
];

const NONE: Service = Service { module: "", title: "", prefixes: &[], resources: "", data_sources: "", ephemerals: "" };

/// The files of bindings.
pub(crate) const SERVICES: &[Service] = &[
    Service {
        module: "acm",
        title: "AWS Certificate Manager",
        prefixes: &["acm_"],
        resources: "acm_certificate acm_certificate_validation",
        ..NONE
    },
    Service {
        module: "apigateway",
        title: "Amazon API Gateway (REST APIs)",
        prefixes: &["api_gateway_"],
        resources: "api_gateway_rest_api api_gateway_rest_api_policy api_gateway_resource api_gateway_method
            api_gateway_method_response api_gateway_integration api_gateway_integration_response
            api_gateway_request_validator api_gateway_model api_gateway_gateway_response api_gateway_deployment
            api_gateway_stage api_gateway_method_settings api_gateway_account api_gateway_usage_plan
            api_gateway_usage_plan_key api_gateway_api_key api_gateway_domain_name api_gateway_base_path_mapping
            api_gateway_vpc_link",
        ..NONE
    },
    Service {
        module: "backup",
        title: "AWS Backup",
        prefixes: &["backup_"],
        resources: "backup_vault backup_vault_policy backup_vault_lock_configuration backup_vault_notifications
            backup_plan backup_selection backup_restore_testing_plan backup_restore_testing_selection
            backup_report_plan backup_framework backup_region_settings",
        ..NONE
    },
    Service { module: "budgets", title: "AWS Budgets", prefixes: &["budgets_"], resources: "budgets_budget", ..NONE },
    Service {
        module: "cloudformation",
        title: "AWS CloudFormation",
        prefixes: &["cloudformation_"],
        resources: "cloudformation_stack cloudformation_stack_set cloudformation_stack_instances",
        ..NONE
    },
    Service {
        module: "cloudwatch",
        title: "Amazon CloudWatch and CloudWatch Logs",
        prefixes: &["cloudwatch_"],
        resources: "cloudwatch_metric_alarm cloudwatch_composite_alarm cloudwatch_dashboard cloudwatch_log_group
            cloudwatch_log_metric_filter cloudwatch_log_resource_policy cloudwatch_log_data_protection_policy",
        ..NONE
    },
    Service {
        module: "config",
        title: "AWS Config",
        prefixes: &["config_"],
        resources: "config_configuration_recorder config_configuration_recorder_status config_delivery_channel
            config_config_rule config_conformance_pack config_retention_configuration
            config_configuration_aggregator config_aggregate_authorization",
        ..NONE
    },
    Service {
        module: "dynamodb",
        title: "Amazon DynamoDB",
        prefixes: &["dynamodb_"],
        resources: "dynamodb_table dynamodb_table_replica dynamodb_resource_policy dynamodb_table_item",
        ..NONE
    },
    Service {
        module: "ecs",
        title: "Amazon ECS",
        prefixes: &["ecs_"],
        resources: "ecs_cluster ecs_service ecs_task_definition",
        ..NONE
    },
    Service {
        module: "elb",
        title: "Elastic Load Balancing",
        prefixes: &["lb_"],
        resources: "lb lb_listener lb_target_group",
        ..NONE
    },
    Service {
        module: "events",
        title: "Amazon EventBridge",
        prefixes: &["cloudwatch_event_"],
        resources: "cloudwatch_event_rule cloudwatch_event_target",
        ..NONE
    },
    Service {
        module: "fis",
        title: "AWS Fault Injection Service",
        prefixes: &["fis_"],
        resources: "fis_experiment_template",
        ..NONE
    },
    Service {
        module: "iam",
        title: "AWS Identity and Access Management",
        prefixes: &["iam_"],
        resources: "iam_role iam_role_policy iam_policy iam_role_policy_attachment iam_service_linked_role",
        data_sources: "iam_policy_document",
        ..NONE
    },
    Service {
        module: "kms",
        title: "AWS Key Management Service",
        prefixes: &["kms_"],
        resources: "kms_key kms_alias kms_replica_key kms_key_policy",
        data_sources: "kms_key",
        ..NONE
    },
    Service {
        module: "lambda",
        title: "AWS Lambda",
        prefixes: &["lambda_"],
        resources: "lambda_function lambda_permission lambda_alias lambda_provisioned_concurrency_config
            lambda_function_event_invoke_config lambda_event_source_mapping",
        ..NONE
    },
    Service {
        module: "rds",
        title: "Amazon Aurora and RDS",
        prefixes: &["rds_", "db_"],
        resources: "rds_global_cluster rds_cluster rds_cluster_instance rds_cluster_parameter_group
            db_parameter_group db_subnet_group db_event_subscription",
        data_sources: "rds_engine_version rds_orderable_db_instance",
        ..NONE
    },
    Service {
        module: "route53",
        title: "Amazon Route 53",
        prefixes: &["route53_"],
        resources: "route53_zone route53_record route53_health_check route53_hosted_zone_dnssec
            route53_key_signing_key route53_query_log",
        data_sources: "route53_zone",
        ..NONE
    },
    Service {
        module: "s3",
        title: "Amazon S3",
        prefixes: &["s3_"],
        resources: "s3_bucket s3_bucket_versioning s3_bucket_server_side_encryption_configuration
            s3_bucket_public_access_block s3_bucket_ownership_controls s3_bucket_lifecycle_configuration
            s3_bucket_policy s3_bucket_replication_configuration s3_bucket_logging s3_bucket_notification s3_object",
        data_sources: "s3_bucket",
        ..NONE
    },
    Service {
        module: "scheduler",
        title: "Amazon EventBridge Scheduler",
        prefixes: &["scheduler_"],
        resources: "scheduler_schedule scheduler_schedule_group",
        ..NONE
    },
    Service {
        module: "secretsmanager",
        title: "AWS Secrets Manager",
        prefixes: &["secretsmanager_"],
        resources: "secretsmanager_secret secretsmanager_secret_version secretsmanager_secret_policy
            secretsmanager_secret_rotation",
        ephemerals: "secretsmanager_random_password secretsmanager_secret_version",
        ..NONE
    },
    Service { module: "sfn", title: "AWS Step Functions", prefixes: &["sfn_"], resources: "sfn_state_machine", ..NONE },
    Service {
        module: "sns",
        title: "Amazon SNS",
        prefixes: &["sns_"],
        resources: "sns_topic sns_topic_policy sns_topic_subscription",
        data_sources: "sns_topic",
        ..NONE
    },
    Service {
        module: "sqs",
        title: "Amazon SQS",
        prefixes: &["sqs_"],
        resources: "sqs_queue sqs_queue_policy",
        ..NONE
    },
    Service {
        module: "ssm",
        title: "AWS Systems Manager",
        prefixes: &["ssm_"],
        resources: "ssm_parameter ssm_document",
        ..NONE
    },
    Service {
        module: "sts",
        title: "the account, partition and region that Terraform works in",
        prefixes: &[],
        data_sources: "caller_identity partition region organizations_organization",
        ..NONE
    },
    Service {
        module: "vpc",
        title: "Amazon VPC",
        prefixes: &["vpc_", "ec2_"],
        resources: "vpc subnet route_table route route_table_association default_security_group security_group
            vpc_security_group_ingress_rule vpc_security_group_egress_rule vpc_endpoint flow_log
            vpc_peering_connection vpc_peering_connection_accepter vpc_peering_connection_options",
        data_sources: "vpc subnet route_table vpc_endpoint availability_zones prefix_list ec2_managed_prefix_list
            vpc_endpoint_service",
        ..NONE
    },
    Service {
        module: "wafv2",
        title: "AWS WAF",
        prefixes: &["wafv2_"],
        resources: "wafv2_web_acl wafv2_web_acl_association wafv2_web_acl_logging_configuration wafv2_ip_set",
        data_sources: "wafv2_web_acl",
        ..NONE
    },
    Service {
        module: "xray",
        title: "AWS X-Ray",
        prefixes: &["xray_"],
        resources: "xray_group xray_sampling_rule xray_encryption_config",
        ..NONE
    },
];
