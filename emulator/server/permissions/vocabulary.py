"""Where IAM's words are not those of the APIs: prefixes, actions, the names in ARNs, condition keys.

Sources: the Service Authorization Reference, and of S3 "Required permissions for Amazon S3 API operations".
"""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]

# The prefix of a service's actions, where its model has another name.
PREFIXES = {
    "stepfunctions": "states",
    "elbv2": "elasticloadbalancing",
    "efs": "elasticfilesystem",
    "s3control": "s3",
    "resourcegroupstaggingapi": "tag",
    "apigatewayv2": "apigateway",
}
ALWAYS_ALLOWED = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}
# Services whose Describe actions are granted by ARN even where a request names nothing.
DESCRIBES_BY_ARN = {"rds"}

ACTIONS = {
    ("lambda", "Invoke"): "InvokeFunction",
    ("lambda", "InvokeAsync"): "InvokeFunction",
    ("s3", "CreateMultipartUpload"): "PutObject",
    ("s3", "UploadPart"): "PutObject",
    ("s3", "CompleteMultipartUpload"): "PutObject",
    ("s3", "CopyObject"): "PutObject",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "GetObjectAttributes"): "GetObject",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "DeleteObjects"): "DeleteObject",
    ("s3", "GetBucketAccelerateConfiguration"): "GetAccelerateConfiguration",
    ("s3", "GetBucketCors"): "GetBucketCORS",
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "PutBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "DeleteBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "GetBucketLifecycle"): "GetLifecycleConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "PutLifecycleConfiguration",
    ("s3", "DeleteBucketLifecycle"): "PutLifecycleConfiguration",
    ("s3", "GetBucketReplication"): "GetReplicationConfiguration",
    ("s3", "PutBucketReplication"): "PutReplicationConfiguration",
    ("s3", "DeleteBucketReplication"): "PutReplicationConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "DeletePublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "DeleteBucketOwnershipControls"): "PutBucketOwnershipControls",
    ("s3", "DeleteBucketTagging"): "PutBucketTagging",
    ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
    ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
    ("s3", "GetObjectLockConfiguration"): "GetBucketObjectLockConfiguration",
    ("s3", "PutObjectLockConfiguration"): "PutBucketObjectLockConfiguration",
    ("budgets", "CreateBudget"): "ModifyBudget",
    ("budgets", "UpdateBudget"): "ModifyBudget",
    ("budgets", "DeleteBudget"): "ModifyBudget",
    ("budgets", "CreateNotification"): "ModifyBudget",
    ("budgets", "DeleteNotification"): "ModifyBudget",
    ("budgets", "CreateSubscriber"): "ModifyBudget",
    ("budgets", "DeleteSubscriber"): "ModifyBudget",
    ("budgets", "DescribeBudget"): "ViewBudget",
    ("budgets", "DescribeBudgets"): "ViewBudget",
    ("budgets", "DescribeNotificationsForBudget"): "ViewBudget",
    ("budgets", "DescribeSubscribersForNotification"): "ViewBudget",
}

# The action that a service asks for, too, when a thing is made with tags: of its own, or of the operation.
TAGGING = {
    "ec2": "CreateTags",
    "rds": "AddTagsToResource",
    "ssm": "AddTagsToResource",
    "acm": "AddTagsToCertificate",
    "elasticloadbalancing": "AddTags",
    "iam:CreateRole": "TagRole",
    "iam:CreatePolicy": "TagPolicy",
    "s3:PutObject": "PutObjectTagging",
    **dict.fromkeys(
        (
            "kms",
            "lambda",
            "logs",
            "dynamodb",
            "sns",
            "states",
            "secretsmanager",
            "backup",
            "events",
            "cloudwatch",
            "wafv2",
            "xray",
            "fis",
            "config",
            "budgets",
            "cloudformation",
            "ecs",
        ),
        "TagResource",
    ),
}


def tagging(service: str, operation: str, given: Data) -> str | None:
    """The action for the tags that a call gives to what it makes."""
    named = TAGGING.get(f"{service}:{operation}") or TAGGING.get(service)
    makes = operation.startswith(("Create", "Put", "Request", "Run", "Register")) and "Tag" not in operation
    tagged = any(
        value
        for name, value in given.items()
        if name.lower().endswith(("tags", "taglist", "tagspecifications", "tagging"))
    )
    return named if makes and tagged else None


# Whose action hands the role to which service.
PASSED_TO = {
    "lambda": "lambda.amazonaws.com",
    "stepfunctions": "states.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com",
    "backup": "backup.amazonaws.com",
    "rds": "monitoring.rds.amazonaws.com",
    "ec2": "vpc-flow-logs.amazonaws.com",
    "fis": "fis.amazonaws.com",
    "config": "config.amazonaws.com",
    "cloudformation": "cloudformation.amazonaws.com",
    "s3": "s3.amazonaws.com",
    "events": "events.amazonaws.com",
    "apigateway": "apigateway.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
}
# Services that say in `aws:SourceAccount` for whom they take on a role: their guides print the condition ("confused deputy").
SAY_WHOSE = {
    "states.amazonaws.com",
    "scheduler.amazonaws.com",
    "fis.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "config.amazonaws.com",
    "cloudformation.amazonaws.com",
    "ecs-tasks.amazonaws.com",
}

# The members that carry what stands in an ARN's placeholder, where they are not called the same.
MEMBERS = {
    ("rds", "DbClusterInstanceName"): ("DBClusterIdentifier", "TargetDbClusterIdentifier", "DbClusterIdentifier"),
    ("rds", "DbInstanceName"): ("DBInstanceIdentifier",),
    ("rds", "GlobalCluster"): ("GlobalClusterIdentifier",),
    ("rds", "SubnetGroupName"): ("DBSubnetGroupName",),
    ("rds", "ClusterParameterGroupName"): ("DBClusterParameterGroupName",),
    ("rds", "ClusterSnapshotName"): ("DBClusterSnapshotIdentifier", "FinalDBSnapshotIdentifier"),
    ("iam", "RoleNameWithPath"): ("RoleName",),
    ("iam", "PolicyNameWithPath"): ("PolicyName",),
    ("kms", "KeyId"): ("KeyId", "TargetKeyId"),
    ("kms", "Alias"): ("AliasName",),
    ("s3", "BucketName"): ("Bucket",),
    ("s3", "ObjectName"): ("Key",),
    ("sns", "TopicName"): ("Name",),
    ("states", "StateMachineName"): ("name",),
    ("secretsmanager", "SecretId"): ("SecretId", "Name"),
    ("ssm", "ParameterNameWithoutLeadingSlash"): ("Name", "Names", "ResourceId"),
    ("ssm", "DocumentName"): ("Name",),
    ("events", "RuleName"): ("Name", "Rule"),
    ("scheduler", "ScheduleName"): ("Name",),
    ("cloudwatch", "AlarmName"): ("AlarmName", "AlarmNames"),
    ("cloudwatch", "DashboardName"): ("DashboardName", "DashboardNames"),
    ("logs", "LogGroupName"): ("logGroupName", "logGroupIdentifier"),
    ("route53", "Id"): ("HostedZoneId", "HealthCheckId", "Id"),
    ("acm", "CertificateId"): ("CertificateArn",),
    ("config", "RuleName"): ("ConfigRuleName", "ConfigRuleNames"),
    ("cloudformation", "StackSetName"): ("StackSetName",),
}
# What stands before a name in a request and not in its ARN.
BEFORE_NAMES = ("/hostedzone/", "hostedzone/", "/healthcheck/", "/change/", "alias/", "/")
# What stands in a web ACL's ARN for the scope that a request names.
WAF_SCOPES = {"REGIONAL": "regional", "CLOUDFRONT": "global"}
DEFAULTS = {("scheduler", "GroupName"): "default"}

# Kinds of EC2's resources by the first part of an id.
EC2_KINDS = {
    "vpc": "vpc",
    "subnet": "subnet",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "rtb": "route-table",
    "vpce": "vpc-endpoint",
    "pcx": "vpc-peering-connection",
    "acl": "network-acl",
    "fl": "vpc-flow-log",
    "eni": "network-interface",
}


def values(service: str, placeholder: str, given: Data) -> list[str]:
    """What a request names for a placeholder of an ARN."""
    members = {name.lower(): value for name, value in _members(given)}
    for name in (*MEMBERS.get((service, placeholder), ()), placeholder):
        value = members.get(name.lower())
        if isinstance(value, str) and value and not value.startswith("arn:"):
            return [_in_arn(service, value)]
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return [_in_arn(service, one) for one in value if not one.startswith("arn:")]
    default = DEFAULTS.get((service, placeholder))
    return [default] if default else []


def _members(given: Data) -> list[tuple[str, Any]]:
    """The members of a request, those of its structures after its own."""
    inner = [item for value in given.values() if isinstance(value, dict) for item in value.items()]
    return [*inner, *given.items()]


def _in_arn(service: str, name: str) -> str:
    """A value of a request as it stands in an ARN."""
    if service == "logs":
        # A log group keeps the slash that its name begins with.
        return name
    return WAF_SCOPES.get(name, name) if service == "wafv2" else _bare(name)


def _bare(name: str) -> str:
    for prefix in BEFORE_NAMES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def resources(service: str, action: str, given: Data, region: str, account: str) -> list[str]:
    """The resources of calls that name them in a way of their own."""
    if service == "s3" and given.get("Bucket") and action in ("DeleteObject", "DeleteObjectVersion"):
        keys = [one.get("Key", "") for one in (given.get("Delete") or {}).get("Objects", [])] or [given.get("Key", "")]
        return [f"arn:aws:s3:::{given['Bucket']}/{key}" for key in keys]
    if service == "ec2" and action in ("CreateTags", "DeleteTags"):
        ids = [str(one) for one in given.get("Resources", [])]
        return [f"arn:aws:ec2:{region}:{account}:{EC2_KINDS.get(one.partition('-')[0], '*')}/{one}" for one in ids]
    if service == "ssm" and given.get("ResourceType") == "Parameter" and given.get("ResourceId"):
        return [f"arn:aws:ssm:{region}:{account}:parameter/{_bare(given['ResourceId'])}"]
    if service == "elasticloadbalancing" and action in ("AddTags", "RemoveTags") and given.get("ResourceArns"):
        return [str(one) for one in given["ResourceArns"]]
    return []


def context(service: str, action: str, given: Data) -> dict[str, Any]:
    """The condition keys that a service takes from the request."""
    if service == "cloudwatch" and given.get("Namespace"):
        return {"cloudwatch:namespace": given["Namespace"]}
    if service == "dynamodb":
        keys = _leading_keys(given)
        return {"dynamodb:LeadingKeys": keys} if keys else {}
    return {}


def _leading_keys(given: Data) -> list[str]:
    """The partition keys of the items that a request is about."""
    keys = given.get("Key") or given.get("Item")
    if not isinstance(keys, dict) or not keys:
        return []
    partition = _partition_key(given.get("TableName", ""), keys)
    value = keys.get(partition)
    return [str(next(iter(value.values())))] if isinstance(value, dict) and value else []


def _partition_key(table: str, keys: Data) -> str:
    from ministack.services import dynamodb

    found = dynamodb._tables.get(table.rpartition("/")[2]) or {}
    return found.get("pk_name") or next(iter(keys))
