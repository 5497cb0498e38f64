//! Certificates: both regions' are watched, because the standby's is used on the worst of days only.

use dr_synth::settings::Settings;

use super::document;

#[test]
fn each_region_tells_of_a_certificate_that_was_not_renewed() {
    let document = document(&Settings::default());
    for prefix in ["primary", "dr"] {
        let alarm = &document["resource"]["aws_cloudwatch_metric_alarm"][format!("{prefix}_certificate_expiry")];
        assert_eq!(alarm["namespace"], "AWS/CertificateManager", "{prefix}");
        assert_eq!(alarm["metric_name"], "DaysToExpiry");
        assert_eq!(
            alarm["dimensions"]["CertificateArn"],
            format!("${{aws_acm_certificate.{prefix}_failover.arn}}").as_str()
        );
        assert_eq!(alarm["comparison_operator"], "LessThanThreshold");
        // ACM tells twice a day at most; a shorter period would have gaps.
        assert_eq!(alarm["period"], 86_400);
        assert!(alarm["alarm_actions"][0].as_str().unwrap().contains(&format!("aws_sns_topic.{prefix}_alerts")));
    }
}

#[test]
fn the_name_servers_that_the_registrar_needs_are_an_output() {
    let document = document(&Settings::default());
    let servers = document["output"]["route53_name_servers"]["value"].as_str().unwrap();
    assert!(servers.contains("aws_route53_zone.primary_payments"), "{servers}");
}
