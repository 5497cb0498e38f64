//! Looking at the emulated account beside Terraform: AWS API calls in the services' own protocols.
//!
//! The emulator reads the account, the region and the service from the signature's credential scope and does not
//! verify the signature, so there is none. These calls work nowhere else, which is the point.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use ureq::Agent;

use crate::emulator::ACCOUNT;
use crate::http::{Answer, agent};

/// AWS API calls to one emulator.
#[derive(Clone)]
pub struct Aws {
    agent: Agent,
    endpoint: String,
}

impl Aws {
    /// Calls to this emulator.
    pub fn at(endpoint: &str) -> Self {
        Self { agent: agent(), endpoint: endpoint.to_owned() }
    }

    /// A call in the JSON protocol: `DynamoDB`, Secrets Manager, `CloudWatch` Logs and others.
    ///
    /// # Errors
    ///
    /// When the service refuses it.
    pub fn json(&self, region: &str, service: &str, target: &str, body: &Value) -> Result<Value> {
        let request = self
            .agent
            .post(&self.endpoint)
            .header("Authorization", authorization(region, service))
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.1");
        let answer = Answer::read(request.send(body.to_string()).with_context(|| target.to_owned())?)?;
        ensure!(answer.status == 200, "{target} answered {}: {}", answer.status, answer.text);
        answer.json()
    }

    /// A call in the query protocol: EC2, RDS, SNS, IAM, `CloudWatch`. The answer is XML.
    ///
    /// # Errors
    ///
    /// When the service refuses it.
    pub fn query(&self, region: &str, service: &str, parameters: &str) -> Result<String> {
        let request = self
            .agent
            .post(&self.endpoint)
            .header("Authorization", authorization(region, service))
            .header("Content-Type", "application/x-www-form-urlencoded");
        let answer = Answer::read(request.send(parameters).with_context(|| parameters.to_owned())?)?;
        ensure!(answer.status == 200, "{service} {parameters} answered {}: {}", answer.status, answer.text);
        Ok(answer.text)
    }

    /// A `GET` in the REST protocols: S3, Lambda, API Gateway, Route 53.
    ///
    /// # Errors
    ///
    /// When there is no HTTP answer.
    pub fn get(&self, region: &str, service: &str, path: &str) -> Result<Answer> {
        let url = format!("{}{path}", self.endpoint);
        let request = self.agent.get(&url).header("Authorization", authorization(region, service));
        Answer::read(request.call().with_context(|| format!("GET {path}"))?)
    }

    /// A request with a body in the REST protocols.
    ///
    /// # Errors
    ///
    /// When the service refuses it.
    pub fn send(&self, region: &str, service: &str, method: Method, path: &str, body: &str) -> Result<Answer> {
        let url = format!("{}{path}", self.endpoint);
        let request = match method {
            Method::Post => self.agent.post(&url),
            Method::Put => self.agent.put(&url),
            Method::Patch => self.agent.patch(&url),
        };
        let request = request.header("Authorization", authorization(region, service));
        let answer = Answer::read(request.send(body).with_context(|| format!("{service} {path}"))?)?;
        ensure!((200..300).contains(&answer.status), "{service} {path} answered {}: {}", answer.status, answer.text);
        Ok(answer)
    }

    /// A call of one of the emulator's own endpoints.
    ///
    /// # Errors
    ///
    /// When it is refused.
    pub fn emulator(&self, name: &str, body: &Value) -> Result<Value> {
        let url = format!("{}/_emulator/{name}", self.endpoint);
        let answer = Answer::read(self.agent.post(&url).send(body.to_string())?)?;
        ensure!(answer.status == 200, "{name} answered {}: {}", answer.status, answer.text);
        answer.json()
    }
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`.
    Patch,
}

/// The texts of all elements of this name in an XML document, in order.
pub fn elements<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(open.as_str()).skip(1).filter_map(|rest| rest.split_once(close.as_str()).map(|(text, _)| text)).collect()
}

/// The header of a signed request, with a credential scope and without a signature.
pub(crate) fn authorization(region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn elements_are_read_in_order() {
        let xml = "<Buckets><Bucket><Name>a</Name></Bucket><Bucket><Name>b</Name></Bucket></Buckets>";
        assert_eq!(elements(xml, "Name"), ["a", "b"]);
        assert!(elements(xml, "Owner").is_empty());
    }
}
