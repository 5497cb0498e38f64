//! An account with two small APIs and DNS in the shape of the stack's.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use dr_synth_e2e::aws::{Aws, Method, elements};
use serde_json::{Value, json};

pub(crate) const PRIMARY: &str = "us-east-1";
pub(crate) const DR: &str = "us-east-2";
const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";
static REFERENCES: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Account {
    zone: String,
    dr_api: String,
}

impl Account {
    /// `/health` answers 200 in both regions, `/latch` in neither. Domain names of the failover name exist in both.
    pub(crate) fn create(aws: &Aws, domain: &str) -> Self {
        let [primary_api, dr_api] = [PRIMARY, DR].map(|region| {
            let api = rest(aws, region, Method::Post, "/restapis", &json!({"name": "payments"}));
            let api = api["id"].as_str().unwrap().to_owned();
            add_path(aws, region, &api, "health");
            api
        });
        let [primary_target, dr_target] = [PRIMARY, DR].map(|region| custom_domain(aws, region, domain));
        let zone = xml(aws, "/hostedzone", "CreateHostedZoneRequest", "<Name>example.com</Name>");
        let zone = elements(&zone, "Id")[0].trim_start_matches("/hostedzone/").to_owned();
        let endpoint = probe(aws, "endpoint", &host(&primary_api, PRIMARY), "/live/health", false);
        let latch = probe(aws, "latch", &host(&dr_api, DR), "/live/latch", true);
        let both = calculated(aws, "takes-traffic", [&endpoint, &latch]);
        let account = Self { zone, dr_api };
        for (role, region, target, check) in
            [("PRIMARY", PRIMARY, primary_target, Some(&both)), ("SECONDARY", DR, dr_target, None)]
        {
            let check = check.map(|id| format!("<HealthCheckId>{id}</HealthCheckId>")).unwrap_or_default();
            let routing = format!("<SetIdentifier>{role}</SetIdentifier><Failover>{role}</Failover>");
            account.change(
                aws,
                &format!(
                    "<Name>{domain}</Name><Type>A</Type>{routing}<AliasTarget><HostedZoneId>Z1</HostedZoneId>\
                     <DNSName>{target}</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>{check}"
                ),
            );
            account.change(
                aws,
                &format!("<Name>_active.{domain}</Name><Type>TXT</Type>{routing}{}{check}", text_values(region)),
            );
        }
        account
    }

    /// `/latch` answers 200 in the DR region from now on.
    pub(crate) fn set_latch(&self, aws: &Aws) {
        add_path(aws, DR, &self.dr_api, "latch");
    }

    pub(crate) fn add_text(&self, aws: &Aws, name: &str, text: &str) {
        self.change(aws, &format!("<Name>{name}</Name><Type>TXT</Type>{}", text_values(text)));
    }

    fn change(&self, aws: &Aws, record: &str) {
        let change = format!(
            "<ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet>{record}</ResourceRecordSet>\
             </Change></Changes></ChangeBatch>"
        );
        send(aws, &format!("/hostedzone/{}/rrset/", self.zone), "ChangeResourceRecordSetsRequest", &change);
    }
}

pub(crate) fn set_outage(endpoint: &str, region: &str, down: bool) {
    let request = json!({"region": region, "down": down});
    ureq::post(format!("{endpoint}/_emulator/outage")).send(request.to_string()).unwrap();
}

/// The resolver that functions have.
pub(crate) fn resolver(endpoint: &str) -> SocketAddr {
    let text = ureq::get(format!("{endpoint}/_emulator/internet")).call().unwrap().body_mut().read_to_string().unwrap();
    let internet: Value = serde_json::from_str(&text).unwrap();
    internet["resolver"].as_str().unwrap().parse().unwrap()
}

fn host(api: &str, region: &str) -> String {
    format!("{api}.execute-api.{region}.amazonaws.com")
}

fn rest(aws: &Aws, region: &str, method: Method, path: &str, body: &Value) -> Value {
    let answer = aws.send(region, "apigateway", method, path, &body.to_string()).unwrap();
    answer.json().unwrap_or_default()
}

/// `GET` of a path that API Gateway itself answers with 200.
fn add_path(aws: &Aws, region: &str, api: &str, path: &str) {
    let resources = aws.get(region, "apigateway", &format!("/restapis/{api}/resources")).unwrap().json().unwrap();
    let items = resources["item"].as_array().or_else(|| resources["_embedded"]["item"].as_array()).unwrap().clone();
    let root = items.iter().find(|item| item["path"] == "/").unwrap()["id"].as_str().unwrap().to_owned();
    let parent = format!("/restapis/{api}/resources/{root}");
    let resource = rest(aws, region, Method::Post, &parent, &json!({"pathPart": path}));
    let method = format!("/restapis/{api}/resources/{}/methods/GET", resource["id"].as_str().unwrap());
    rest(aws, region, Method::Put, &method, &json!({"authorizationType": "NONE"}));
    let mock = json!({"type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}});
    rest(aws, region, Method::Put, &format!("{method}/integration"), &mock);
    rest(aws, region, Method::Post, &format!("/restapis/{api}/deployments"), &json!({"stageName": "live"}));
}

fn custom_domain(aws: &Aws, region: &str, domain: &str) -> String {
    let request = json!({
        "domainName": domain,
        "endpointConfiguration": {"types": ["REGIONAL"]},
        "regionalCertificateArn": format!("arn:aws:acm:{region}:123456789012:certificate/1"),
    });
    let created = rest(aws, region, Method::Post, "/domainnames", &request);
    created["regionalDomainName"].as_str().unwrap().to_owned()
}

fn probe(aws: &Aws, name: &str, host: &str, path: &str, inverted: bool) -> String {
    let config = format!(
        "<Type>HTTPS</Type><FullyQualifiedDomainName>{host}</FullyQualifiedDomainName><Port>443</Port>\
         <ResourcePath>{path}</ResourcePath><RequestInterval>10</RequestInterval><FailureThreshold>3</FailureThreshold>\
         <EnableSNI>true</EnableSNI><Inverted>{inverted}</Inverted>"
    );
    health_check(aws, name, &config)
}

fn calculated(aws: &Aws, name: &str, children: [&str; 2]) -> String {
    let children = children.map(|id| format!("<ChildHealthCheck>{id}</ChildHealthCheck>")).concat();
    let config = format!(
        "<Type>CALCULATED</Type><HealthThreshold>2</HealthThreshold><ChildHealthChecks>{children}</ChildHealthChecks>"
    );
    health_check(aws, name, &config)
}

/// A health check with its `Name` tag; its id.
fn health_check(aws: &Aws, name: &str, config: &str) -> String {
    let config = format!("<HealthCheckConfig>{config}</HealthCheckConfig>");
    let created = xml(aws, "/healthcheck", "CreateHealthCheckRequest", &config);
    let id = elements(&created, "Id")[0].to_owned();
    let tags = format!("<AddTags><Tag><Key>Name</Key><Value>{name}</Value></Tag></AddTags>");
    send(aws, &format!("/tags/healthcheck/{id}"), "ChangeTagsForResourceRequest", &tags);
    id
}

fn text_values(text: &str) -> String {
    format!(
        "<TTL>10</TTL><ResourceRecords><ResourceRecord><Value>\"{text}\"</Value></ResourceRecord></ResourceRecords>"
    )
}

/// A request that makes something, which Route 53 wants a reference for.
fn xml(aws: &Aws, path: &str, request: &str, content: &str) -> String {
    // Two requests with one reference would be one.
    let reference = REFERENCES.fetch_add(1, Ordering::Relaxed);
    send(aws, path, request, &format!("<CallerReference>{reference}</CallerReference>{content}"))
}

fn send(aws: &Aws, path: &str, request: &str, content: &str) -> String {
    let body = format!("<{request} xmlns=\"{NAMESPACE}\">{content}</{request}>");
    aws.send("us-east-1", "route53", Method::Post, &format!("/2013-04-01{path}"), &body).unwrap().text
}
