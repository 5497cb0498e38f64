"""Arguments that become another member than their name says, and arguments that are not checked, with the reason."""

_RULE = "IpPermissions.IpRanges.Description"
_METRICS = "cloudwatch:PutMetricAlarm#Metrics"
_RECORD = "route53:ChangeResourceRecordSets#ChangeBatch.Changes.ResourceRecordSet"
_NOTIFICATION = "s3:PutBucketNotificationConfiguration#NotificationConfiguration"
_PLAN = "backup:CreateBackupPlan#BackupPlan"
_STAGE = "apigateway:CreateUsagePlan"

# By type and path of the argument or block: the member that the provider makes of it.
ELSEWHERE: dict[tuple[str, str], str] = {
    # Of the four members that a description may go to, this one allows the most characters.
    ("aws_vpc_security_group_ingress_rule", "description"): f"ec2:AuthorizeSecurityGroupIngress#{_RULE}",
    ("aws_vpc_security_group_egress_rule", "description"): f"ec2:AuthorizeSecurityGroupEgress#{_RULE}",
    ("aws_vpc_security_group_ingress_rule", "tags"): "ec2:AuthorizeSecurityGroupIngress#TagSpecifications",
    ("aws_vpc_security_group_egress_rule", "tags"): "ec2:AuthorizeSecurityGroupEgress#TagSpecifications",
    ("aws_security_group", "ingress.description"): f"ec2:AuthorizeSecurityGroupIngress#{_RULE}",
    ("aws_security_group", "egress.description"): f"ec2:AuthorizeSecurityGroupEgress#{_RULE}",
    ("aws_default_security_group", "ingress.description"): f"ec2:AuthorizeSecurityGroupIngress#{_RULE}",
    ("aws_default_security_group", "egress.description"): f"ec2:AuthorizeSecurityGroupEgress#{_RULE}",
    ("aws_default_security_group", "tags"): "ec2:CreateTags#Tags",
    ("aws_vpc_peering_connection_accepter", "tags"): "ec2:CreateTags#Tags",
    ("aws_route53_health_check", "tags"): "route53:ChangeTagsForResource#AddTags",
    ("aws_route53_zone", "tags"): "route53:ChangeTagsForResource#AddTags",
    ("aws_s3_bucket", "tags"): "s3:PutBucketTagging#Tagging.TagSet",
    ("aws_s3_object", "tags"): "s3:PutObjectTagging#Tagging.TagSet",
    ("aws_dynamodb_table_replica", "tags"): "dynamodb:TagResource#Tags",
    ("aws_iam_service_linked_role", "tags"): "iam:TagRole#Tags",
    ("aws_xray_sampling_rule", "tags"): "xray:CreateSamplingRule#Tags",
    # CreateTable also takes an ARN, so its model leaves the name's own limits out.
    ("aws_dynamodb_table", "name"): "dynamodb:RestoreTableFromBackup#TargetTableName",
    ("aws_dynamodb_table", "hash_key"): "dynamodb:CreateTable#AttributeDefinitions.AttributeName",
    ("aws_dynamodb_table", "range_key"): "dynamodb:CreateTable#AttributeDefinitions.AttributeName",
    ("aws_dynamodb_table", "attribute"): "dynamodb:CreateTable#AttributeDefinitions",
    ("aws_dynamodb_table", "attribute.name"): "dynamodb:CreateTable#AttributeDefinitions.AttributeName",
    ("aws_dynamodb_table", "attribute.type"): "dynamodb:CreateTable#AttributeDefinitions.AttributeType",
    ("aws_dynamodb_table", "stream_view_type"): "dynamodb:CreateTable#StreamSpecification.StreamViewType",
    ("aws_dynamodb_table", "ttl"): "dynamodb:UpdateTimeToLive#TimeToLiveSpecification",
    ("aws_dynamodb_table", "global_secondary_index"): "dynamodb:CreateTable#GlobalSecondaryIndexes",
    ("aws_dynamodb_table", "global_secondary_index.name"): "dynamodb:CreateTable#GlobalSecondaryIndexes.IndexName",
    (
        "aws_dynamodb_table",
        "global_secondary_index.projection_type",
    ): "dynamodb:CreateTable#GlobalSecondaryIndexes.Projection.ProjectionType",
    ("aws_dynamodb_table", "local_secondary_index"): "dynamodb:CreateTable#LocalSecondaryIndexes",
    ("aws_dynamodb_table", "local_secondary_index.name"): "dynamodb:CreateTable#LocalSecondaryIndexes.IndexName",
    (
        "aws_dynamodb_table",
        "local_secondary_index.projection_type",
    ): "dynamodb:CreateTable#LocalSecondaryIndexes.Projection.ProjectionType",
    (
        "aws_dynamodb_table",
        "point_in_time_recovery",
    ): "dynamodb:UpdateContinuousBackups#PointInTimeRecoverySpecification",
    ("aws_cloudwatch_metric_alarm", "metric_query"): _METRICS,
    ("aws_cloudwatch_metric_alarm", "metric_query.metric"): f"{_METRICS}.MetricStat",
    ("aws_cloudwatch_metric_alarm", "metric_query.metric.metric_name"): f"{_METRICS}.MetricStat.Metric.MetricName",
    ("aws_cloudwatch_metric_alarm", "metric_query.metric.namespace"): f"{_METRICS}.MetricStat.Metric.Namespace",
    ("aws_cloudwatch_metric_alarm", "metric_query.metric.dimensions"): f"{_METRICS}.MetricStat.Metric.Dimensions",
    ("aws_cloudwatch_composite_alarm", "actions_suppressor.alarm"): "cloudwatch:PutCompositeAlarm#ActionsSuppressor",
    (
        "aws_cloudwatch_composite_alarm",
        "actions_suppressor.extension_period",
    ): "cloudwatch:PutCompositeAlarm#ActionsSuppressorExtensionPeriod",
    (
        "aws_cloudwatch_composite_alarm",
        "actions_suppressor.wait_period",
    ): "cloudwatch:PutCompositeAlarm#ActionsSuppressorWaitPeriod",
    (
        "aws_cloudwatch_log_metric_filter",
        "metric_transformation.name",
    ): "logs:PutMetricFilter#metricTransformations.metricName",
    (
        "aws_cloudwatch_log_metric_filter",
        "metric_transformation.namespace",
    ): "logs:PutMetricFilter#metricTransformations.metricNamespace",
    (
        "aws_cloudwatch_log_metric_filter",
        "metric_transformation.value",
    ): "logs:PutMetricFilter#metricTransformations.metricValue",
    ("aws_cloudwatch_event_target", "target_id"): "events:PutTargets#Targets.Id",
    (
        "aws_cloudwatch_event_target",
        "input_transformer.input_paths",
    ): "events:PutTargets#Targets.InputTransformer.InputPathsMap",
    ("aws_cloudwatch_event_target", "sqs_target"): "events:PutTargets#Targets.SqsParameters",
    ("aws_cloudwatch_event_target", "kinesis_target"): "events:PutTargets#Targets.KinesisParameters",
    ("aws_cloudwatch_event_target", "ecs_target"): "events:PutTargets#Targets.EcsParameters",
    ("aws_cloudwatch_event_target", "batch_target"): "events:PutTargets#Targets.BatchParameters",
    ("aws_cloudwatch_event_target", "http_target"): "events:PutTargets#Targets.HttpParameters",
    (
        "aws_cloudwatch_event_target",
        "run_command_targets",
    ): "events:PutTargets#Targets.RunCommandParameters.RunCommandTargets",
    (
        "aws_config_delivery_channel",
        "snapshot_delivery_properties",
    ): "config:PutDeliveryChannel#DeliveryChannel.configSnapshotDeliveryProperties",
    ("aws_config_configuration_recorder_status", "name"): "config:StartConfigurationRecorder#ConfigurationRecorderName",
    ("aws_config_aggregate_authorization", "account_id"): "config:PutAggregationAuthorization#AuthorizedAccountId",
    ("aws_config_aggregate_authorization", "region"): "config:PutAggregationAuthorization#AuthorizedAwsRegion",
    (
        "aws_config_configuration_aggregator",
        "account_aggregation_source.regions",
    ): "config:PutConfigurationAggregator#AccountAggregationSources.AwsRegions",
    ("aws_backup_plan", "rule.target_vault_name"): f"{_PLAN}.Rules.TargetBackupVaultName",
    ("aws_backup_framework", "control"): "backup:CreateFramework#FrameworkControls",
    ("aws_backup_framework", "control.scope"): "backup:CreateFramework#FrameworkControls.ControlScope",
    ("aws_backup_selection", "selection_tag"): "backup:CreateBackupSelection#BackupSelection.ListOfTags",
    (
        "aws_backup_selection",
        "selection_tag.key",
    ): "backup:CreateBackupSelection#BackupSelection.ListOfTags.ConditionKey",
    (
        "aws_backup_selection",
        "selection_tag.type",
    ): "backup:CreateBackupSelection#BackupSelection.ListOfTags.ConditionType",
    ("aws_budgets_budget", "limit_amount"): "budgets:CreateBudget#Budget.BudgetLimit.Amount",
    ("aws_budgets_budget", "limit_unit"): "budgets:CreateBudget#Budget.BudgetLimit.Unit",
    ("aws_budgets_budget", "notification.subscriber_email_addresses"): "budgets:CreateNotification#Subscribers.Address",
    ("aws_budgets_budget", "notification.subscriber_sns_topic_arns"): "budgets:CreateNotification#Subscribers.Address",
    ("aws_cloudformation_stack_set", "operation_preferences"): "cloudformation:UpdateStackSet#OperationPreferences",
    ("aws_api_gateway_usage_plan", "quota_settings"): f"{_STAGE}#quota",
    ("aws_api_gateway_usage_plan", "throttle_settings"): f"{_STAGE}#throttle",
    ("aws_fis_experiment_template", "action"): "fis:CreateExperimentTemplate#actions.value",
    ("aws_fis_experiment_template", "action.name"): "fis:CreateExperimentTemplate#actions.key",
    (
        "aws_fis_experiment_template",
        "action.parameter.key",
    ): "fis:CreateExperimentTemplate#actions.value.parameters.key",
    (
        "aws_fis_experiment_template",
        "action.parameter.value",
    ): "fis:CreateExperimentTemplate#actions.value.parameters.value",
    ("aws_fis_experiment_template", "action.target.key"): "fis:CreateExperimentTemplate#actions.value.targets.key",
    ("aws_fis_experiment_template", "action.target.value"): "fis:CreateExperimentTemplate#actions.value.targets.value",
    ("aws_fis_experiment_template", "target"): "fis:CreateExperimentTemplate#targets.value",
    ("aws_fis_experiment_template", "target.name"): "fis:CreateExperimentTemplate#targets.key",
    ("aws_flow_log", "tags"): "ec2:CreateFlowLogs#TagSpecifications",
    ("aws_kms_key", "deletion_window_in_days"): "kms:ScheduleKeyDeletion#PendingWindowInDays",
    ("aws_kms_replica_key", "deletion_window_in_days"): "kms:ScheduleKeyDeletion#PendingWindowInDays",
    ("aws_iam_role", "inline_policy"): "iam:PutRolePolicy",
    ("aws_iam_role", "inline_policy.name"): "iam:PutRolePolicy#PolicyName",
    ("aws_iam_role", "managed_policy_arns"): "iam:AttachRolePolicy#PolicyArn",
    ("aws_iam_role_policy", "role"): "iam:PutRolePolicy#RoleName",
    ("aws_iam_role_policy_attachment", "role"): "iam:AttachRolePolicy#RoleName",
    ("aws_lambda_function", "s3_bucket"): "lambda:CreateFunction#Code.S3Bucket",
    ("aws_lambda_function", "s3_key"): "lambda:CreateFunction#Code.S3Key",
    ("aws_lambda_function", "s3_object_version"): "lambda:CreateFunction#Code.S3ObjectVersion",
    (
        "aws_lambda_event_source_mapping",
        "destination_config.on_failure.destination_arn",
    ): "lambda:CreateEventSourceMapping#DestinationConfig.OnFailure.Destination",
    ("aws_rds_cluster", "final_snapshot_identifier"): "rds:CreateDBClusterSnapshot#DBClusterSnapshotIdentifier",
    ("aws_route53_health_check", "fqdn"): "route53:CreateHealthCheck#HealthCheckConfig.FullyQualifiedDomainName",
    ("aws_route53_health_check", "reference_name"): "route53:CreateHealthCheck#CallerReference",
    (
        "aws_route53_health_check",
        "child_health_threshold",
    ): "route53:CreateHealthCheck#HealthCheckConfig.HealthThreshold",
    (
        "aws_route53_health_check",
        "cloudwatch_alarm_name",
    ): "route53:CreateHealthCheck#HealthCheckConfig.AlarmIdentifier.Name",
    (
        "aws_route53_health_check",
        "cloudwatch_alarm_region",
    ): "route53:CreateHealthCheck#HealthCheckConfig.AlarmIdentifier.Region",
    ("aws_route53_record", "alias"): f"{_RECORD}.AliasTarget",
    ("aws_route53_record", "alias.name"): f"{_RECORD}.AliasTarget.DNSName",
    ("aws_route53_record", "alias.zone_id"): f"{_RECORD}.AliasTarget.HostedZoneId",
    ("aws_route53_record", "failover_routing_policy.type"): f"{_RECORD}.Failover",
    ("aws_route53_record", "latency_routing_policy.region"): f"{_RECORD}.Region",
    ("aws_route53_record", "weighted_routing_policy.weight"): f"{_RECORD}.Weight",
    ("aws_s3_bucket_notification", "lambda_function.events"): f"{_NOTIFICATION}.LambdaFunctionConfigurations.Events",
    ("aws_s3_bucket_notification", "queue.events"): f"{_NOTIFICATION}.QueueConfigurations.Events",
    ("aws_s3_bucket_notification", "topic.events"): f"{_NOTIFICATION}.TopicConfigurations.Events",
    ("aws_secretsmanager_secret", "replica"): "secretsmanager:CreateSecret#AddReplicaRegions",
    ("aws_secretsmanager_secret", "recovery_window_in_days"): "secretsmanager:DeleteSecret#RecoveryWindowInDays",
    ("aws_vpc_endpoint", "tags"): "ec2:CreateVpcEndpoint#TagSpecifications",
    ("aws_wafv2_web_acl", "custom_response_body.key"): "wafv2:CreateWebACL#CustomResponseBodies.key",
    ("aws_wafv2_web_acl", "custom_response_body.content"): "wafv2:CreateWebACL#CustomResponseBodies.value.Content",
    (
        "aws_wafv2_web_acl",
        "custom_response_body.content_type",
    ): "wafv2:CreateWebACL#CustomResponseBodies.value.ContentType",
}

_JSON = "the provider writes the JSON anew before it sends it, so its length and form are not what stands here"

# By type (`*`: every type) and path: why it is not checked.
UNCHECKED: dict[tuple[str, str], str] = {
    ("*", "policy"): _JSON,
    ("*", "policy_document"): _JSON,
    ("*", "assume_role_policy"): _JSON,
    ("*", "event_pattern"): _JSON,
    ("*", "input_parameters"): _JSON,
    ("*", "definition"): _JSON,
    ("*", "template_body"): _JSON,
    ("*", "policy_body"): _JSON,
    ("*", "dashboard_body"): _JSON,
    ("aws_ssm_document", "content"): _JSON,
    ("aws_s3_bucket", "acl"): "PutBucketAcl, which the provider calls, takes more values than CreateBucket",
    ("aws_lambda_function", "reserved_concurrent_executions"): "-1 means none and is not sent",
    ("aws_rds_cluster", "master_username"): "AWS's texts about RDS and about Aurora disagree on underscores and length",
    ("aws_rds_cluster_instance", "db_parameter_group_name"): "the groups that AWS makes have dots in their names",
    ("aws_db_parameter_group", "name"): "AWS takes dots, which its text leaves out",
    ("aws_api_gateway_method_settings", "settings.logging_level"): "it is the value of a patch operation",
}
