//! What Terraform shows where AWS refuses: values that the provider lets through and AWS's models do not, in each protocol.

use anyhow::{Context as _, Result, ensure};
use dr_synth_e2e::emulator::Emulator;
use dr_synth_e2e::progress::Progress;
use dr_synth_e2e::reaper::Reaper;
use dr_synth_e2e::terraform::Terraform;
use dr_synth_e2e::workspace::Workspace;
use serde_json::{Value, json};

/// By address: arguments, and what Terraform says.
fn cases() -> Vec<(&'static str, Value, [&'static str; 2])> {
    let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
    vec![
        // EC2's own protocol. The apostrophe that a published stack once had.
        (
            "aws_vpc_security_group_ingress_rule",
            json!({"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432,
                "cidr_ipv4": "10.1.0.0/16", "description": "From the other region's network"}),
            [
                "api error InvalidParameterValue",
                "Invalid rule description. Valid descriptions are strings less than 256",
            ],
        ),
        // Query.
        (
            "aws_iam_role",
            json!({"name": "r", "assume_role_policy": trust, "tags": {"Owner": "payments, on call"}}),
            ["api error ValidationError", "at 'tags.1.member.value' failed to satisfy constraint"],
        ),
        // JSON.
        (
            "aws_ssm_parameter",
            json!({"name": "p", "type": "String", "value": "v", "tags": {"Owner": "payments, on call"}}),
            ["ValidationException", "at 'tags.1.member.value' failed to satisfy constraint"],
        ),
        // REST with JSON.
        (
            "aws_xray_group",
            json!({"group_name": "a-name-of-more-than-32-characters", "filter_expression": "responsetime > 5"}),
            ["InvalidRequestException", "Member must have length less than or equal to 32"],
        ),
        // REST with XML.
        (
            "aws_route53_zone",
            json!({"name": "payments.example", "tags": {"Note": "n".repeat(257)}}),
            ["InvalidInput", "Member must have length less than or equal to 256"],
        ),
    ]
}

#[test]
fn terraform_fails_as_on_aws() -> Result<()> {
    let progress = Progress::start();
    let reaper = Reaper::start()?;
    let emulator = Emulator::start(&progress)?;
    let terraform = Terraform::locate(&emulator, &reaper)?;
    let workspace = Workspace::empty(&terraform, &progress)?;
    let mut resources = json!({});
    for (type_name, arguments, _) in cases() {
        resources[type_name] = json!({"it": arguments});
    }
    let document = json!({
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 5.100"}}},
        "provider": {"aws": {"region": "us-east-1"}},
        "resource": resources,
    });
    workspace.write_document(document.to_string().as_bytes())?;
    workspace.init()?;
    let error = workspace.apply(&[]).err().context("the apply succeeds")?;
    let said = format!("{error:#}");
    // Terraform breaks lines where it likes.
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for (type_name, _, expected) in cases() {
        for text in expected {
            ensure!(words.contains(text), "{type_name}: {text:?} is not in what Terraform says:\n{said}");
        }
    }
    let refused = emulator.refused()?;
    ensure!(refused.len() >= cases().len(), "refused: {refused:?}");
    Ok(())
}
