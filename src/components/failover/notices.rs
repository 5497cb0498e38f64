//! Where the failover tells people what it does, and what it cannot do.

use crate::aws::iam_policy::Statement;
use crate::aws::{kms, sns};
use crate::components::encryption::identity_may_use;
use crate::components::region_scope::RegionScope;
use crate::terraform::Handle;

/// A topic and the key that encrypts it.
#[derive(Debug, Clone, Copy)]
pub struct Notices<'a> {
    /// The topic.
    pub topic: &'a Handle<sns::Topic>,
    /// Its key.
    pub key: &'a Handle<kms::Key>,
}

impl Notices<'_> {
    /// Lets an identity tell people.
    pub fn allow(&self, region: &RegionScope<'_>) -> [Statement; 2] {
        [
            Statement::allow("TellPeople").action("sns:Publish").resource(self.topic.arn()),
            identity_may_use("UseNoticeKey", self.key.arn(), region.service("sns")),
        ]
    }
}
