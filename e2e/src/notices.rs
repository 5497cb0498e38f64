//! What people are told: an SQS queue that is subscribed to an alert topic, read from its beginning.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::emulator::ACCOUNT;

const POLL: Duration = Duration::from_millis(200);

/// A message to the people behind a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub message: String,
}

/// All messages of one topic since the subscription.
pub struct Notices {
    aws: Aws,
    region: String,
    queue_url: String,
    received: Mutex<Vec<Notice>>,
}

impl Notices {
    /// Subscribes a queue of its own to a topic.
    ///
    /// # Errors
    ///
    /// When queue or subscription cannot be made.
    pub fn subscribe(aws: &Aws, topic_arn: &str) -> Result<Self> {
        let region = topic_arn.split(':').nth(3).context("the topic's ARN names no region")?.to_owned();
        let topic = topic_arn.rsplit(':').next().context("the topic's ARN names no topic")?;
        let name = format!("{topic}-readers");
        let created = aws.json(&region, "sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": name}))?;
        let queue_url = created["QueueUrl"].as_str().context("CreateQueue answered no URL")?.to_owned();
        let endpoint = format!("arn:aws:sqs:{region}:{ACCOUNT}:{name}");
        aws.query(
            &region,
            "sns",
            &format!("Action=Subscribe&Version=2010-03-31&TopicArn={topic_arn}&Protocol=sqs&Endpoint={endpoint}"),
        )?;
        Ok(Self { aws: aws.clone(), region, queue_url, received: Mutex::default() })
    }

    /// Everything that has been said until now, in order.
    ///
    /// # Errors
    ///
    /// When the queue cannot be read.
    pub fn all(&self) -> Result<Vec<Notice>> {
        let mut received = self.received();
        loop {
            let request = json!({"QueueUrl": self.queue_url, "MaxNumberOfMessages": 10});
            let answer = self.aws.json(&self.region, "sqs", "AmazonSQS.ReceiveMessage", &request)?;
            let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
            if messages.is_empty() {
                return Ok(received.clone());
            }
            for message in messages {
                received.push(notice(&message)?);
                let handle = json!({"QueueUrl": self.queue_url, "ReceiptHandle": message["ReceiptHandle"]});
                self.aws.json(&self.region, "sqs", "AmazonSQS.DeleteMessage", &handle)?;
            }
        }
    }

    /// Waits for a notice of this execution with this subject.
    ///
    /// # Errors
    ///
    /// When there is none in time; with the subjects that there are.
    pub fn wait_for(&self, subject: &str, execution_arn: &str, timeout: Duration) -> Result<Notice> {
        let deadline = Instant::now() + timeout;
        loop {
            let notices = self.all()?;
            let mut of_execution = notices.iter().filter(|notice| notice.message.contains(execution_arn));
            if let Some(notice) = of_execution.find(|notice| notice.subject == subject) {
                return Ok(notice.clone());
            }
            if Instant::now() >= deadline {
                let subjects: Vec<_> = notices.iter().map(|notice| notice.subject.as_str()).collect();
                bail!("no notice {subject:?} of {execution_arn} after {} s, but {subjects:?}", timeout.as_secs());
            }
            thread::sleep(POLL);
        }
    }

    fn received(&self) -> MutexGuard<'_, Vec<Notice>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The notice in a queue's message: SNS wraps it in JSON of its own.
fn notice(message: &Value) -> Result<Notice> {
    let body = message["Body"].as_str().context("a message without a body")?;
    let wrapped: Value = serde_json::from_str(body).with_context(|| format!("not SNS's JSON: {body}"))?;
    let text = |name: &str| wrapped[name].as_str().unwrap_or_default().to_owned();
    Ok(Notice { subject: text("Subject"), message: text("Message") })
}
