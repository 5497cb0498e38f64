"""What no emulator can record, with AWS's source: what a service does with the caller's permissions, and its service-linked role.

Keys: the guides' chapters on encryption with a key of one's own. Roles: "Using service-linked roles" of each guide.
"""

from __future__ import annotations

Line = tuple[str, str, str, str]

ANY_KEY = "arn:aws:kms:{region}:{account}:key/*"

# Types that make no call of their own, or one that nobody can be denied.
NEVER_CALLED: frozenset[str] = frozenset(
    {"data.aws_caller_identity", "data.aws_iam_policy_document", "data.aws_region", "data.aws_partition"}
)


def keys(service: str, *actions: str) -> list[Line]:
    """Actions on keys, by the way of a service only."""
    return [
        ("apply", f"kms:{action}", ANY_KEY, f"kms:ViaService={service}.{{region}}.amazonaws.com") for action in actions
    ]


def linked_role(service: str) -> list[Line]:
    """The role that a service makes for itself at the first use in an account."""
    role = f"arn:aws:iam::{{account}}:role/aws-service-role/{service}/*"
    return [("apply", "iam:CreateServiceLinkedRole", role, f"iam:AWSServiceName={service}")]


def logs(*actions: str) -> list[Line]:
    """Delivery of logs, which has no resource to name."""
    return [("apply", f"logs:{action}", "*", "") for action in actions]


DELIVERY = logs(
    "CreateLogDelivery",
    "GetLogDelivery",
    "UpdateLogDelivery",
    "DeleteLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "DescribeResourcePolicies",
    "DescribeLogGroups",
)
REMOVAL = [("destroy", "logs:DeleteLogDelivery", "*", ""), ("destroy", "logs:ListLogDeliveries", "*", "")]

# What a service that moves data to another key does with the keys.
ALL_USES = ("CreateGrant", "DescribeKey", "Decrypt", "Encrypt", "GenerateDataKey")
MOVING = (*ALL_USES, "ReEncryptFrom", "ReEncryptTo")
# DynamoDB developer guide, "Authorizing use of your customer managed key", "Replication role".
TABLE = [*keys("dynamodb", *MOVING), *linked_role("replication.dynamodb.amazonaws.com")]

BALANCING = "arn:aws:elasticloadbalancing:{region}:{account}"
USAGE_PLAN = "arn:aws:apigateway:{region}::/usageplans/*"

BESIDE: dict[str, list[Line]] = {
    # No recorded life has keys for callers. API Gateway developer guide, "Actions, resources, and condition keys": the
    # methods are those of the REST calls, and a plan gives its stages back before it goes.
    "aws_api_gateway_usage_plan": [
        ("apply", "apigateway:POST", "arn:aws:apigateway:{region}::/usageplans", ""),
        ("apply", "apigateway:PATCH", USAGE_PLAN, ""),
        ("apply", "apigateway:PUT", "arn:aws:apigateway:{region}::/tags/*", ""),
        ("destroy", "apigateway:PATCH", USAGE_PLAN, ""),
        ("destroy", "apigateway:DELETE", USAGE_PLAN, ""),
        ("plan", "apigateway:GET", USAGE_PLAN, ""),
    ],
    # Documents of `adopt` look objects up by their tags.
    "data.aws_resourcegroupstaggingapi_resources": [("plan", "tag:GetResources", "*", "")],
    "aws_rds_cluster": [
        # RDS user guide, "AWS KMS key management", and "Using service-linked roles for Amazon Aurora".
        *keys("rds", *MOVING, "GenerateDataKeyWithoutPlaintext"),
        *linked_role("rds.amazonaws.com"),
    ],
    "aws_rds_cluster_instance": keys("rds", "CreateGrant", "DescribeKey", "Decrypt", "GenerateDataKey"),
    "aws_dynamodb_table": TABLE,
    "aws_dynamodb_table_replica": TABLE,
    # Secrets Manager user guide, "Permissions for the KMS key".
    "aws_secretsmanager_secret": keys("secretsmanager", "Decrypt", "GenerateDataKey", "DescribeKey"),
    "aws_secretsmanager_secret_version": keys("secretsmanager", "Decrypt", "GenerateDataKey"),
    # S3 user guide, "Using server-side encryption with AWS KMS keys": multipart uploads decrypt.
    "aws_s3_object": keys("s3", "Decrypt", "GenerateDataKey"),
    # Lambda developer guide, "Securing Lambda environment variables".
    "aws_lambda_function": keys("lambda", *ALL_USES),
    # Not part of the recorded life; SNS API reference, Unsubscribe and GetSubscriptionAttributes.
    "aws_sns_topic_subscription": [
        ("destroy", "sns:Unsubscribe", "*", ""),
        ("plan", "sns:GetSubscriptionAttributes", "*", ""),
    ],
    # Step Functions developer guide, "Data at rest encryption".
    "aws_sfn_state_machine": [*keys("states", "DescribeKey", "Decrypt", "GenerateDataKey"), *DELIVERY],
    # EventBridge Scheduler user guide, "Encryption at rest".
    "aws_scheduler_schedule": keys("scheduler", "DescribeKey", "Decrypt", "GenerateDataKey"),
    # AWS Backup developer guide, "API permissions": CreateBackupVault.
    "aws_backup_vault": [
        *keys("backup", "CreateGrant", "DescribeKey", "Decrypt", "GenerateDataKey", "RetireGrant"),
        ("apply", "backup-storage:MountCapsule", "*", ""),
        *linked_role("backup.amazonaws.com"),
    ],
    # Route 53 developer guide, "Working with customer managed keys for DNSSEC".
    "aws_route53_key_signing_key": [
        ("apply", f"kms:{action}", ANY_KEY, "") for action in ("DescribeKey", "GetPublicKey", "Sign", "CreateGrant")
    ],
    # API Gateway developer guide, "Service-linked roles", "Permissions for CloudWatch logging" of access logs.
    "aws_api_gateway_domain_name": linked_role("ops.apigateway.amazonaws.com"),
    "aws_api_gateway_stage": [*DELIVERY, *REMOVAL],
    # VPC user guide, "Publish flow logs"; WAF developer guide, "Logging to CloudWatch Logs".
    "aws_flow_log": [*logs("CreateLogDelivery", "DeleteLogDelivery"), *REMOVAL],
    "aws_wafv2_web_acl_logging_configuration": [
        *DELIVERY,
        *REMOVAL,
        *linked_role("wafv2.amazonaws.com"),
    ],
    # API Gateway developer guide, "Set up permissions to create a VPC link": PrivateLink is called with the caller's permissions.
    "aws_api_gateway_vpc_link": [
        *(
            ("apply", f"ec2:{action}", "*", "")
            for action in (
                "CreateVpcEndpointServiceConfiguration",
                "DescribeVpcEndpointServiceConfigurations",
                "ModifyVpcEndpointServicePermissions",
            )
        ),
        ("apply", "elasticloadbalancing:DescribeLoadBalancers", "*", ""),
        ("destroy", "ec2:DeleteVpcEndpointServiceConfigurations", "*", ""),
        *linked_role("ops.apigateway.amazonaws.com"),
    ],
    # Amazon ECS and Elastic Load Balancing guides, "Service-linked roles".
    "aws_ecs_cluster": linked_role("ecs.amazonaws.com"),
    "aws_lb": [
        *linked_role("elasticloadbalancing.amazonaws.com"),
        # A zone more, which no recorded life has.
        ("apply", "elasticloadbalancing:SetSubnets", f"{BALANCING}:loadbalancer/*/{{name}}/*", ""),
    ],
    # The emulator judges the tags of what is made by the load balancer; service authorization reference, ELB V2.
    "aws_lb_listener": [
        ("apply", f"elasticloadbalancing:{action}", f"{BALANCING}:listener/*", "")
        for action in ("AddTags", "ModifyListener", "ModifyListenerAttributes", "RemoveTags")
    ],
    "aws_lb_target_group": [
        ("apply", f"elasticloadbalancing:{action}", f"{BALANCING}:targetgroup/{{name}}/*", "")
        for action in ("ModifyTargetGroup", "RemoveTags")
    ],
    # X-Ray developer guide, "Data protection".
    "aws_xray_encryption_config": keys("xray", *ALL_USES),
    # Config developer guide, and FIS user guide, "Service-linked roles".
    "aws_config_configuration_recorder": linked_role("config.amazonaws.com"),
    "aws_fis_experiment_template": linked_role("fis.amazonaws.com"),
}
