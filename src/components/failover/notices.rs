//! Where the failover tells people what it does, and what it cannot do.

use crate::aws::iam_policy::Statement;
use crate::aws::{kms, sns};
use crate::components::region_scope::RegionScope;
use crate::components::topic_use::TopicKey;
use crate::terraform::Handle;

/// A topic, what encrypts it, and the key of operations.
#[derive(Debug, Clone, Copy)]
pub struct Notices<'a> {
    /// The topic.
    pub topic: &'a Handle<sns::Topic>,
    /// What encrypts it.
    pub topic_key: TopicKey<'a>,
    /// The key of logs, executions and schedules.
    pub key: &'a Handle<kms::Key>,
}

impl Notices<'_> {
    /// Lets an identity tell people.
    pub fn allow(&self, region: &RegionScope<'_>) -> [Statement; 2] {
        let topic_arn = self.topic.arn();
        [
            Statement::allow("TellPeople").action("sns:Publish").resource(&topic_arn),
            self.topic_key.allow("UseNoticeKey", region, &topic_arn),
        ]
    }
}
