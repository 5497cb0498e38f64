//! Whoever runs Terraform with no more permissions than `dr-synth permissions` says.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::aws::{Aws, elements};
use crate::emulator::ACCOUNT;
use crate::terraform::Credentials;

const ROLE: &str = "terraform";
const REGION: &str = "us-east-1";

/// A role with policies of its own, and nothing else.
pub struct Deployer {
    aws: Aws,
    policies: Vec<String>,
}

impl Deployer {
    /// Makes the role with these policies, a JSON list of documents.
    ///
    /// # Errors
    ///
    /// When IAM refuses one of them, its size for instance.
    pub fn with_policies(aws: &Aws, policies: &[u8]) -> Result<Self> {
        let policies: Vec<Value> =
            serde_json::from_slice(policies).context("reading what dr-synth permissions printed")?;
        ensure!(!policies.is_empty(), "there is no policy at all");
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]});
        iam(aws, &[("Action", "CreateRole"), ("RoleName", ROLE), ("AssumeRolePolicyDocument", &trust.to_string())])?;
        let mut deployer = Self { aws: aws.clone(), policies: Vec::new() };
        for (number, policy) in policies.iter().enumerate() {
            let name = format!("{ROLE}-{number}");
            let text = policy.to_string();
            let made = iam(aws, &[("Action", "CreatePolicy"), ("PolicyName", &name), ("PolicyDocument", &text)])?;
            let arn = elements(&made, "Arn").first().context("a new policy has no ARN")?.to_string();
            iam(aws, &[("Action", "AttachRolePolicy"), ("RoleName", ROLE), ("PolicyArn", &arn)])?;
            deployer.policies.push(arn);
        }
        Ok(deployer)
    }

    /// A session of the role.
    ///
    /// # Errors
    ///
    /// When STS gives none.
    pub fn credentials(&self) -> Result<Credentials> {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}");
        let form = form(&[("Action", "AssumeRole"), ("RoleArn", &arn), ("RoleSessionName", ROLE)], "2011-06-15");
        let session = self.aws.query(REGION, "sts", &form)?;
        let element = |name| {
            let found = elements(&session, name).first().map(|text| (*text).to_owned());
            found.with_context(|| format!("a new session has no {name}"))
        };
        Ok(Credentials {
            key: element("AccessKeyId")?,
            secret: element("SecretAccessKey")?,
            token: element("SessionToken")?,
        })
    }

    /// Takes the role and its policies away.
    ///
    /// # Errors
    ///
    /// When IAM refuses.
    pub fn remove(self) -> Result<()> {
        for arn in &self.policies {
            iam(&self.aws, &[("Action", "DetachRolePolicy"), ("RoleName", ROLE), ("PolicyArn", arn)])?;
            iam(&self.aws, &[("Action", "DeletePolicy"), ("PolicyArn", arn)])?;
        }
        iam(&self.aws, &[("Action", "DeleteRole"), ("RoleName", ROLE)]).map(drop)
    }
}

fn iam(aws: &Aws, parameters: &[(&str, &str)]) -> Result<String> {
    aws.query(REGION, "iam", &form(parameters, "2010-05-08"))
}

/// Parameters of the query protocol, encoded.
fn form(parameters: &[(&str, &str)], version: &str) -> String {
    let all = parameters.iter().copied().chain(std::iter::once(("Version", version)));
    all.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

fn encoded(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn values_are_encoded() {
        let parameters = form(&[("Action", "CreatePolicy"), ("PolicyDocument", r#"{"a":"b c/*"}"#)], "2010-05-08");
        assert_eq!(
            parameters,
            "Action=CreatePolicy&PolicyDocument=%7B%22a%22%3A%22b%20c%2F%2A%22%7D&Version=2010-05-08"
        );
    }
}
