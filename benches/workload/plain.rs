//! The same document from structs that hold final strings, the cheapest way to write it from data: every reference is
//! text from the start, the fields stand in the order of the output, and nobody looks whether any of it is right.

#![allow(clippy::struct_field_names, reason = "the fields are named as in the document")]

use std::collections::BTreeMap;

use serde::Serialize;

use super::{REGIONS, UNIT_RESOURCES, network_number, unit_name};

/// The resources of one type by their names.
type Named<T> = BTreeMap<String, T>;

/// The document of this many resources.
pub(crate) fn document(resources: usize) -> Document {
    let mut document = Document {
        provider: Providers { aws: REGIONS.map(|region| Provider { alias: region.alias, region: region.name }) },
        resource: Resources::default(),
        terraform: Terraform {
            required_providers: RequiredProviders {
                aws: RequiredProvider { source: "hashicorp/aws", version: ">= 5.100.0" },
            },
            required_version: ">= 1.11.0",
        },
    };
    for number in 0..resources / UNIT_RESOURCES {
        let region = REGIONS[number % REGIONS.len()];
        let unit = Unit {
            number,
            name: unit_name(number),
            provider: if number % 2 == 0 { "aws.primary" } else { "aws.dr" },
            region: region.name,
        };
        unit.add(&mut document.resource);
    }
    document
}

#[derive(Debug, Serialize)]
pub(crate) struct Document {
    provider: Providers,
    resource: Resources,
    terraform: Terraform,
}

#[derive(Debug, Serialize)]
struct Providers {
    aws: [Provider; 2],
}

#[derive(Debug, Serialize)]
struct Provider {
    alias: &'static str,
    region: &'static str,
}

#[derive(Debug, Serialize)]
struct Terraform {
    required_providers: RequiredProviders,
    required_version: &'static str,
}

#[derive(Debug, Serialize)]
struct RequiredProviders {
    aws: RequiredProvider,
}

#[derive(Debug, Serialize)]
struct RequiredProvider {
    source: &'static str,
    version: &'static str,
}

#[derive(Debug, Default, Serialize)]
#[allow(clippy::struct_field_names, reason = "the fields are named as the types are in the document")]
struct Resources {
    aws_cloudwatch_log_group: Named<LogGroup>,
    aws_cloudwatch_metric_alarm: Named<MetricAlarm>,
    aws_iam_role: Named<Role>,
    aws_iam_role_policy: Named<RolePolicy>,
    aws_lambda_function: Named<Function>,
    aws_route_table: Named<RouteTable>,
    aws_route_table_association: Named<RouteTableAssociation>,
    aws_security_group: Named<SecurityGroup>,
    aws_sqs_queue: Named<Queue>,
    aws_subnet: Named<Subnet>,
    aws_vpc: Named<Vpc>,
    aws_vpc_security_group_ingress_rule: Named<IngressRule>,
}

#[derive(Debug, Serialize)]
struct Tags {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Service")]
    service: &'static str,
}

#[derive(Debug, Serialize)]
struct LogGroup {
    name: String,
    provider: &'static str,
    retention_in_days: u32,
    tags: Tags,
}

#[derive(Debug, Serialize)]
struct MetricAlarm {
    alarm_description: &'static str,
    alarm_name: String,
    comparison_operator: &'static str,
    dimensions: Dimensions,
    evaluation_periods: u32,
    metric_name: &'static str,
    namespace: &'static str,
    period: u32,
    provider: &'static str,
    statistic: &'static str,
    tags: Tags,
    threshold: u32,
    treat_missing_data: &'static str,
}

#[derive(Debug, Serialize)]
struct Dimensions {
    #[serde(rename = "FunctionName")]
    function_name: String,
}

#[derive(Debug, Serialize)]
struct Role {
    assume_role_policy: &'static str,
    name: String,
    provider: &'static str,
    tags: Tags,
}

#[derive(Debug, Serialize)]
struct RolePolicy {
    name: &'static str,
    policy: String,
    provider: &'static str,
    role: String,
}

#[derive(Debug, Serialize)]
#[allow(clippy::struct_field_names, reason = "the argument is called so")]
struct Function {
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Environment>,
    filename: &'static str,
    function_name: String,
    handler: &'static str,
    memory_size: u32,
    provider: &'static str,
    role: String,
    runtime: &'static str,
    tags: Tags,
    timeout: u32,
}

#[derive(Debug, Serialize)]
struct Environment {
    variables: Variables,
}

#[derive(Debug, Serialize)]
struct Variables {
    #[serde(rename = "REFUNDS_QUEUE_URL")]
    refunds_queue_url: String,
}

#[derive(Debug, Serialize)]
struct RouteTable {
    provider: &'static str,
    tags: Tags,
    vpc_id: String,
}

#[derive(Debug, Serialize)]
struct RouteTableAssociation {
    provider: &'static str,
    route_table_id: String,
    subnet_id: String,
}

#[derive(Debug, Serialize)]
struct SecurityGroup {
    description: &'static str,
    name: String,
    provider: &'static str,
    tags: Tags,
    vpc_id: String,
}

#[derive(Debug, Serialize)]
struct Queue {
    message_retention_seconds: u32,
    name: String,
    provider: &'static str,
    sqs_managed_sse_enabled: bool,
    tags: Tags,
}

#[derive(Debug, Serialize)]
struct Subnet {
    availability_zone: String,
    cidr_block: String,
    provider: &'static str,
    tags: Tags,
    vpc_id: String,
}

#[derive(Debug, Serialize)]
struct Vpc {
    cidr_block: String,
    enable_dns_hostnames: bool,
    enable_dns_support: bool,
    provider: &'static str,
    tags: Tags,
}

#[derive(Debug, Serialize)]
struct IngressRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    cidr_ipv4: Option<&'static str>,
    from_port: u32,
    ip_protocol: &'static str,
    provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    referenced_security_group_id: Option<String>,
    security_group_id: String,
    to_port: u32,
}

const LAMBDA_ASSUMES: &str = concat!(
    r#"${jsonencode({"Statement" = [{"Action" = "sts:AssumeRole", "Effect" = "Allow", "Principal" = "#,
    r#"{"Service" = "lambda.amazonaws.com"}, "Sid" = "AssumeRole"}], "Version" = "2012-10-17"})}"#
);

/// A unit that is being added.
struct Unit {
    number: usize,
    name: String,
    provider: &'static str,
    region: &'static str,
}

impl Unit {
    fn add(&self, resources: &mut Resources) {
        self.network(resources);
        self.subnets(resources);
        self.security_groups(resources);
        self.queues(resources);
        self.role(resources);
        self.functions(resources);
        self.alarms(resources);
    }

    fn local(&self, purpose: &str) -> String {
        format!("{}_{purpose}", self.name)
    }

    fn name(&self, purpose: &str) -> String {
        format!("{}-{purpose}", self.name)
    }

    fn tags(&self, purpose: &str) -> Tags {
        Tags { name: self.name(purpose), service: "payments" }
    }

    fn reference(&self, of_type: &str, purpose: &str, attribute: &str) -> String {
        format!("${{{of_type}.{}_{purpose}.{attribute}}}", self.name)
    }

    fn network(&self, resources: &mut Resources) {
        let network = Vpc {
            cidr_block: format!("10.{}.0.0/16", network_number(self.number)),
            enable_dns_hostnames: true,
            enable_dns_support: true,
            provider: self.provider,
            tags: self.tags("network"),
        };
        resources.aws_vpc.insert(self.local("network"), network);
    }

    fn network_id(&self) -> String {
        self.reference("aws_vpc", "network", "id")
    }

    fn subnets(&self, resources: &mut Resources) {
        let routes = RouteTable { provider: self.provider, tags: self.tags("private"), vpc_id: self.network_id() };
        resources.aws_route_table.insert(self.local("private"), routes);
        for (zone, block) in [("a", 1), ("b", 2)] {
            let subnet = Subnet {
                availability_zone: format!("{}{zone}", self.region),
                cidr_block: format!("10.{}.{block}.0/24", network_number(self.number)),
                provider: self.provider,
                tags: self.tags(zone),
                vpc_id: self.network_id(),
            };
            resources.aws_subnet.insert(self.local(zone), subnet);
            let association = RouteTableAssociation {
                provider: self.provider,
                route_table_id: self.reference("aws_route_table", "private", "id"),
                subnet_id: self.reference("aws_subnet", zone, "id"),
            };
            resources.aws_route_table_association.insert(self.local(zone), association);
        }
    }

    fn security_groups(&self, resources: &mut Resources) {
        for purpose in ["function", "database"] {
            let group = SecurityGroup {
                description: "Opened only to what is listed",
                name: self.name(purpose),
                provider: self.provider,
                tags: self.tags(purpose),
                vpc_id: self.network_id(),
            };
            resources.aws_security_group.insert(self.local(purpose), group);
        }
        let postgres = IngressRule {
            cidr_ipv4: None,
            from_port: 5432,
            ip_protocol: "tcp",
            provider: self.provider,
            referenced_security_group_id: Some(self.reference("aws_security_group", "function", "id")),
            security_group_id: self.reference("aws_security_group", "database", "id"),
            to_port: 5432,
        };
        resources.aws_vpc_security_group_ingress_rule.insert(self.local("database_from_function"), postgres);
        let https = IngressRule {
            cidr_ipv4: Some("10.0.0.0/8"),
            from_port: 443,
            ip_protocol: "tcp",
            provider: self.provider,
            referenced_security_group_id: None,
            security_group_id: self.reference("aws_security_group", "function", "id"),
            to_port: 443,
        };
        resources.aws_vpc_security_group_ingress_rule.insert(self.local("function_from_network"), https);
    }

    fn queues(&self, resources: &mut Resources) {
        for purpose in ["refunds", "dead_letters"] {
            let queue = Queue {
                message_retention_seconds: 1_209_600,
                name: self.name(purpose),
                provider: self.provider,
                sqs_managed_sse_enabled: true,
                tags: self.tags(purpose),
            };
            resources.aws_sqs_queue.insert(self.local(purpose), queue);
        }
    }

    fn role(&self, resources: &mut Resources) {
        let role = Role {
            assume_role_policy: LAMBDA_ASSUMES,
            name: self.name("function"),
            provider: self.provider,
            tags: self.tags("function"),
        };
        resources.aws_iam_role.insert(self.local("function"), role);
        for purpose in ["charge", "refund"] {
            let group = LogGroup {
                name: format!("/aws/lambda/{}", self.name(purpose)),
                provider: self.provider,
                retention_in_days: 30,
                tags: self.tags(purpose),
            };
            resources.aws_cloudwatch_log_group.insert(self.local(purpose), group);
        }
        let policy = RolePolicy {
            name: "refunds",
            policy: self.policy(),
            provider: self.provider,
            role: self.reference("aws_iam_role", "function", "id"),
        };
        resources.aws_iam_role_policy.insert(self.local("function"), policy);
    }

    fn policy(&self) -> String {
        let unit = &self.name;
        format!(
            concat!(
                r#"${{jsonencode({{"Statement" = [{{"Action" = "sqs:SendMessage", "Effect" = "Allow", "#,
                r#""Resource" = aws_sqs_queue.{unit}_refunds.arn, "Sid" = "Enqueue"}}, "#,
                r#"{{"Action" = ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect" = "Allow", "#,
                r#""Resource" = "${{aws_cloudwatch_log_group.{unit}_charge.arn}}:*", "Sid" = "Log"}}], "#,
                r#""Version" = "2012-10-17"}})}}"#
            ),
            unit = unit
        )
    }

    fn functions(&self, resources: &mut Resources) {
        let queue_url = self.reference("aws_sqs_queue", "refunds", "url");
        let environment = Environment { variables: Variables { refunds_queue_url: queue_url } };
        for (purpose, environment) in [("charge", Some(environment)), ("refund", None)] {
            let function = Function {
                environment,
                filename: "function.zip",
                function_name: self.name(purpose),
                handler: "payments.handler",
                memory_size: 512,
                provider: self.provider,
                role: self.reference("aws_iam_role", "function", "arn"),
                runtime: "python3.13",
                tags: self.tags(purpose),
                timeout: 10,
            };
            resources.aws_lambda_function.insert(self.local(purpose), function);
        }
    }

    fn alarms(&self, resources: &mut Resources) {
        for (purpose, metric_name, alarm_description) in [
            // Text that is no interpolation is escaped by hand.
            ("errors", "Errors", "Refunds fail: $${not an interpolation}"),
            ("throttles", "Throttles", "Refunds are throttled"),
        ] {
            let function_name = self.reference("aws_lambda_function", "refund", "function_name");
            let alarm = MetricAlarm {
                alarm_description,
                alarm_name: self.name(purpose),
                comparison_operator: "GreaterThanThreshold",
                dimensions: Dimensions { function_name },
                evaluation_periods: 3,
                metric_name,
                namespace: "AWS/Lambda",
                period: 60,
                provider: self.provider,
                statistic: "Sum",
                tags: self.tags(purpose),
                threshold: 0,
                treat_missing_data: "notBreaching",
            };
            resources.aws_cloudwatch_metric_alarm.insert(self.local(purpose), alarm);
        }
    }
}
