//! The failover name in a region: its certificate, and the API behind it.
//!
//! Both regions answer for the same name, because a client does not notice which of them DNS sent it to.

use super::payments_api::PaymentsApi;
use super::region_scope::RegionScope;
use crate::aws::{acm, apigateway, route53};
use crate::terraform::{Handle, Lifecycle, Resource, Value};

/// A certificate whose DNS records can be seen is issued within minutes; a wait past this means that they cannot.
const CERTIFICATE_WAIT: &str = "10m";

/// Requests the region's certificate for the failover name.
pub fn certificate(region: &mut RegionScope<'_>, failover_domain: &Value<String>) -> Handle<acm::Certificate> {
    region.add(
        acm::Certificate::new("failover")
            .domain_name(failover_domain)
            .validation_method("DNS")
            // The name in use cannot lose its certificate before it has another.
            .lifecycle(Lifecycle::new().create_before_destroy()),
    )
}

/// Waits until the certificate is issued.
pub fn issued_certificate(
    region: &mut RegionScope<'_>,
    certificate: &Handle<acm::Certificate>,
    validation_record: &Handle<route53::Record>,
) -> Handle<acm::CertificateValidation> {
    region.add(
        acm::CertificateValidation::new("failover", certificate.arn())
            .validation_record_fqdns([validation_record.fqdn()])
            .timeouts(acm::certificate_validation::Timeouts::new().create(CERTIFICATE_WAIT)),
    )
}

/// Answers for the failover name in this region, once its certificate is issued.
pub fn api_domain(
    region: &mut RegionScope<'_>,
    failover_domain: &Value<String>,
    issued: &Handle<acm::CertificateValidation>,
    api: &PaymentsApi,
) -> Handle<apigateway::DomainName> {
    let domain = region.add(
        apigateway::DomainName::new("failover", failover_domain)
            .regional_certificate_arn(issued.certificate_arn())
            .endpoint_configuration(apigateway::domain_name::EndpointConfiguration::new(["REGIONAL"]))
            .security_policy("TLS_1_2"),
    );
    region.add(
        apigateway::BasePathMapping::new("failover", api.api.id(), domain.domain_name())
            .stage_name(api.stage.stage_name()),
    );
    domain
}
