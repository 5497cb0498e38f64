//! The account's hosted zones, records and health checks, read from Route 53's API.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use dr_synth::dns_failover::{
    DomainName, Endpoint, FailoverRole, FailureThreshold, HealthCheck, HealthCheckId, HostedZone, Kind, Protocol,
    Record, RequestInterval, Routing, Target,
};
use roxmltree::{Document, Node};

use crate::aws::Aws;

/// Route 53's API is called there, whatever regions its records lead to.
const REGION: &str = "us-east-1";
const VERSION: &str = "/2013-04-01";

/// What makes a record one of a policy that is not evaluated.
const OTHER_POLICIES: [(&str, &str); 6] = [
    ("Weight", "weighted"),
    ("Region", "latency"),
    ("GeoLocation", "geolocation"),
    ("GeoProximityLocation", "geoproximity"),
    ("MultiValueAnswer", "multivalue"),
    ("CidrRoutingConfig", "IP-based"),
];

/// What there is to answer from and to probe.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Configuration {
    pub(super) zones: Vec<HostedZone>,
    pub(super) checks: BTreeMap<HealthCheckId, HealthCheck>,
    /// What people call the health checks.
    pub(super) names: BTreeMap<HealthCheckId, String>,
}

impl Configuration {
    pub(super) fn read(aws: &Aws) -> Result<Self> {
        let api = Api { aws };
        let checks = api.all("/healthcheck", &[("marker", "NextMarker")], "HealthCheck", health_check)?;
        let mut names = BTreeMap::new();
        for (id, check) in &checks {
            check.probed_endpoint().map_or(Ok(()), |endpoint| ensure_reachable(id, endpoint))?;
            names.extend(api.name_of(id)?.map(|name| (id.clone(), name)));
        }
        let zones = api.all("/hostedzone", &[("marker", "NextMarker")], "HostedZone", hosted_zone)?;
        let public = zones.into_iter().filter(|zone| !zone.private);
        let zones = public.map(|zone| api.records(zone)).collect::<Result<_>>()?;
        Ok(Self { zones, checks: checks.into_iter().collect(), names })
    }
}

fn ensure_reachable(id: &HealthCheckId, endpoint: &Endpoint) -> Result<()> {
    ensure!(
        endpoint.protocol != Protocol::Tcp && endpoint.ip_address.is_none(),
        "health check {id} probes {endpoint} by TCP or by IP address; the emulated internet has host names with HTTPS only"
    );
    Ok(())
}

/// A zone before its records are read.
struct ZoneHead {
    id: String,
    name: DomainName,
    private: bool,
}

struct Api<'a> {
    aws: &'a Aws,
}

impl Api<'_> {
    fn records(&self, zone: ZoneHead) -> Result<HostedZone> {
        let path = format!("/hostedzone/{}/rrset", zone.id);
        let next = [("name", "NextRecordName"), ("type", "NextRecordType"), ("identifier", "NextRecordIdentifier")];
        let records = self.all(&path, &next, "ResourceRecordSet", record)?;
        Ok(HostedZone { name: zone.name, records })
    }

    fn name_of(&self, id: &HealthCheckId) -> Result<Option<String>> {
        let text = self.get(&format!("/tags/healthcheck/{id}"))?;
        let document = Document::parse(&text).with_context(|| format!("the tags of health check {id}: {text}"))?;
        let tags = document.descendants().filter(|node| node.tag_name().name() == "Tag");
        let mut names = tags.filter(|tag| text_of(*tag, "Key") == Some("Name")).filter_map(|tag| text_of(tag, "Value"));
        Ok(names.next().map(str::to_owned))
    }

    /// The elements of this name on all pages of a list. `next` tells which parameters of the next page are which elements
    /// of this one.
    fn all<T>(
        &self,
        path: &str,
        next: &[(&str, &str)],
        element: &str,
        read: impl Fn(Node<'_, '_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let mut parameters = String::new();
        loop {
            let text = self.get(&format!("{path}{parameters}"))?;
            let document = Document::parse(&text).with_context(|| format!("GET {path}: {text}"))?;
            let elements = document.descendants().filter(|node| node.tag_name().name() == element);
            for node in elements {
                let item = read(node);
                found.push(item.with_context(|| format!("reading {}", &text[node.range()]))?);
            }
            let page = document.root_element();
            if text_of(page, "IsTruncated") != Some("true") {
                return Ok(found);
            }
            parameters = next_page(page, next);
        }
    }

    fn get(&self, path: &str) -> Result<String> {
        let answer = self.aws.get(REGION, "route53", &format!("{VERSION}{path}"))?;
        ensure!(answer.status == 200, "Route 53 answered GET {path} with {}: {}", answer.status, answer.text);
        Ok(answer.text)
    }
}

fn next_page(page: Node<'_, '_>, next: &[(&str, &str)]) -> String {
    let mut parameters = String::new();
    for (parameter, element) in next {
        if let Some(value) = text_of(page, element) {
            let separator = if parameters.is_empty() { '?' } else { '&' };
            // Writing to a string does not fail.
            let _ = write!(parameters, "{separator}{parameter}={}", percent_encoded(value));
        }
    }
    parameters
}

fn percent_encoded(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

fn hosted_zone(node: Node<'_, '_>) -> Result<ZoneHead> {
    let id = required(node, "Id")?.trim_start_matches("/hostedzone/").to_owned();
    let private = child(node, "Config").is_some_and(|config| flag(config, "PrivateZone"));
    Ok(ZoneHead { id, name: DomainName::new(required(node, "Name")?), private })
}

fn health_check(node: Node<'_, '_>) -> Result<(HealthCheckId, HealthCheck)> {
    let id = HealthCheckId::new(required(node, "Id")?);
    let config = child(node, "HealthCheckConfig").context("it has no HealthCheckConfig")?;
    let type_name = required(config, "Type")?;
    let kind = match type_name {
        "CALCULATED" => Kind::Calculated {
            children: texts(config, "ChildHealthChecks").into_iter().map(HealthCheckId::new).collect(),
            threshold: number(config, "HealthThreshold")?.unwrap_or(0).try_into()?,
        },
        "HTTP" | "HTTP_STR_MATCH" => Kind::Endpoint(endpoint(config, Protocol::Http)?),
        "HTTPS" | "HTTPS_STR_MATCH" => Kind::Endpoint(endpoint(config, Protocol::Https)?),
        "TCP" => Kind::Endpoint(endpoint(config, Protocol::Tcp)?),
        other => Kind::NotProbed { type_name: other.to_owned() },
    };
    Ok((id, HealthCheck { kind, inverted: flag(config, "Inverted"), disabled: flag(config, "Disabled") }))
}

fn endpoint(config: Node<'_, '_>, protocol: Protocol) -> Result<Endpoint> {
    let text = |name| text_of(config, name).map(str::to_owned);
    let host = text("FullyQualifiedDomainName").or_else(|| text("IPAddress"));
    let mut endpoint = Endpoint::new(protocol, host.context("it names neither a domain nor an address")?);
    endpoint.ip_address = text("IPAddress");
    endpoint.search_string = text("SearchString");
    if let Some(port) = number(config, "Port")? {
        endpoint.port = port.try_into().context("Port is no port")?;
    }
    if let Some(path) = text("ResourcePath") {
        endpoint.path = if path.starts_with('/') { path } else { format!("/{path}") };
    }
    if let Some(seconds) = number(config, "RequestInterval")? {
        endpoint.interval = RequestInterval::from_seconds(seconds).context("RequestInterval is neither 10 nor 30")?;
    }
    if let Some(probes) = number(config, "FailureThreshold")? {
        endpoint.failure_threshold = FailureThreshold::new(probes).context("FailureThreshold is not from 1 to 10")?;
    }
    if child(config, "EnableSNI").is_some() {
        endpoint.sends_server_name = flag(config, "EnableSNI");
    }
    Ok(endpoint)
}

fn record(node: Node<'_, '_>) -> Result<Record> {
    Ok(Record {
        name: DomainName::new(required(node, "Name")?),
        record_type: required(node, "Type")?.to_owned(),
        target: target(node)?,
        routing: routing(node)?,
        health_check: text_of(node, "HealthCheckId").map(HealthCheckId::new),
    })
}

fn target(node: Node<'_, '_>) -> Result<Target> {
    if let Some(alias) = child(node, "AliasTarget") {
        let name = DomainName::new(required(alias, "DNSName")?);
        return Ok(Target::Alias { name, evaluate_target_health: flag(alias, "EvaluateTargetHealth") });
    }
    let records = child(node, "ResourceRecords").context("it has neither values nor an alias target")?;
    let values = records.children().filter_map(|record| text_of(record, "Value")).map(str::to_owned).collect();
    let ttl = Duration::from_secs(number(node, "TTL")?.context("it has no TTL")?);
    Ok(Target::Values { values, ttl })
}

fn routing(node: Node<'_, '_>) -> Result<Routing> {
    if let Some(role) = text_of(node, "Failover") {
        let role = FailoverRole::from_name(role);
        return role.map(Routing::Failover).context("Failover is neither PRIMARY nor SECONDARY");
    }
    let other = OTHER_POLICIES.iter().find(|(element, _)| child(node, element).is_some());
    Ok(other.map_or(Routing::Simple, |(_, policy)| Routing::Other((*policy).to_owned())))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text_of<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text()
}

fn texts<'a>(node: Node<'a, '_>, list: &str) -> Vec<&'a str> {
    child(node, list).map(|list| list.children().filter_map(|item| item.text()).collect()).unwrap_or_default()
}

fn required<'a>(node: Node<'a, '_>, name: &str) -> Result<&'a str> {
    text_of(node, name).with_context(|| format!("it has no {name}"))
}

fn number(node: Node<'_, '_>, name: &str) -> Result<Option<u64>> {
    text_of(node, name).map(|text| text.parse().with_context(|| format!("{name} is {text:?}"))).transpose()
}

/// The emulator writes `True`, AWS `true`.
fn flag(node: Node<'_, '_>, name: &str) -> bool {
    text_of(node, name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use dr_synth::dns_failover::{FailoverRole, Kind, Routing, Target};
    use roxmltree::Document;

    use super::{ensure_reachable, health_check, next_page, record};

    #[test]
    fn health_checks_are_read() {
        let text = "<HealthCheck xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Id>1</Id><HealthCheckConfig>\
                    <Type>HTTPS_STR_MATCH</Type><FullyQualifiedDomainName>a.example.com</FullyQualifiedDomainName>\
                    <Port>8443</Port><ResourcePath>health</ResourcePath><SearchString>fine</SearchString>\
                    <RequestInterval>10</RequestInterval><FailureThreshold>5</FailureThreshold>\
                    <EnableSNI>False</EnableSNI><Inverted>True</Inverted></HealthCheckConfig></HealthCheck>";
        let (id, check) = health_check(Document::parse(text).unwrap().root_element()).unwrap();
        assert_eq!((id.as_str(), check.inverted, check.disabled), ("1", true, false));
        let endpoint = check.probed_endpoint().unwrap();
        assert_eq!(endpoint.to_string(), "https://a.example.com:8443/health");
        assert_eq!((endpoint.interval.duration().as_secs(), endpoint.failure_threshold.probes()), (10, 5));
        assert_eq!((endpoint.sends_server_name, endpoint.search_string.as_deref()), (false, Some("fine")));
    }

    #[test]
    fn what_the_emulated_internet_lacks_is_refused() {
        let read = |config: &str| {
            let text = format!("<HealthCheck><Id>9</Id><HealthCheckConfig>{config}</HealthCheckConfig></HealthCheck>");
            let (id, check) = health_check(Document::parse(&text).unwrap().root_element()).unwrap();
            ensure_reachable(&id, check.probed_endpoint().unwrap()).map_err(|error| error.to_string())
        };
        let name = "<FullyQualifiedDomainName>a.example.com</FullyQualifiedDomainName>";
        assert_eq!(read(&format!("<Type>HTTPS</Type>{name}")), Ok(()));
        for refused in ["<Type>TCP</Type>", "<Type>HTTPS</Type><IPAddress>192.0.2.1</IPAddress>"] {
            let message = read(&format!("{refused}{name}")).unwrap_err();
            assert!(message.starts_with("health check 9 probes"), "{message}");
        }
    }

    #[test]
    fn what_is_not_probed_is_kept_as_such() {
        let text = "<HealthCheck><Id>2</Id><HealthCheckConfig><Type>CLOUDWATCH_METRIC</Type></HealthCheckConfig></HealthCheck>";
        let (_, check) = health_check(Document::parse(text).unwrap().root_element()).unwrap();
        assert!(matches!(check.kind, Kind::NotProbed { type_name } if type_name == "CLOUDWATCH_METRIC"));
    }

    #[test]
    fn records_are_read() {
        let read = |content: &str| {
            let text =
                format!("<ResourceRecordSet><Name>A.example.com.</Name><Type>A</Type>{content}</ResourceRecordSet>");
            record(Document::parse(&text).unwrap().root_element())
        };
        let alias = read(
            "<SetIdentifier>one</SetIdentifier><Failover>PRIMARY</Failover><AliasTarget><HostedZoneId>Z</HostedZoneId>\
             <DNSName>d-1.example.net.</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget>\
             <HealthCheckId>3</HealthCheckId>",
        )
        .unwrap();
        assert_eq!(alias.name.as_str(), "a.example.com");
        assert_eq!(alias.routing, Routing::Failover(FailoverRole::Primary));
        assert!(
            matches!(&alias.target, Target::Alias { name, evaluate_target_health: true } if name.as_str() == "d-1.example.net")
        );
        assert_eq!(alias.health_check.unwrap().as_str(), "3");

        let values = "<ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>";
        let weighted = read(&format!("<Weight>1</Weight><TTL>30</TTL>{values}")).unwrap();
        assert_eq!(weighted.routing, Routing::Other("weighted".to_owned()));
        assert_eq!(read(values).unwrap_err().to_string(), "it has no TTL");
    }

    #[test]
    fn the_next_page_begins_where_this_one_ends() {
        let text = "<List><NextRecordName>\\052.example.com.</NextRecordName><NextRecordType>A</NextRecordType></List>";
        let parameters =
            [("name", "NextRecordName"), ("type", "NextRecordType"), ("identifier", "NextRecordIdentifier")];
        let next = next_page(Document::parse(text).unwrap().root_element(), &parameters);
        assert_eq!(next, "?name=%5C052.example.com.&type=A");
    }
}
