//! The topics of what `EventBridge` tells, in both regions. Features that it tells of share them.

use super::Builder;
use super::foundations::Foundations;
use super::region::{self, RegionStack};
use super::variables::existing_in_region::PartsOfRegion;
use crate::aws::sns;
use crate::components::alerts::{TopicInputs, event_topic};
use crate::terraform::Handle;

/// The topic of each region.
#[derive(Debug)]
pub struct EventTopics {
    /// That of the primary region.
    pub primary: Handle<sns::Topic>,
    /// That of the DR region.
    pub dr: Handle<sns::Topic>,
}

/// Adds the topics.
pub fn build(builder: &mut Builder<'_>, primary: &RegionStack, dr: &RegionStack) -> EventTopics {
    let foundations = builder.foundations();
    let existing = &foundations.variables.existing;
    EventTopics {
        primary: event_topic(&mut builder.primary(), &inputs(foundations, &existing.primary, primary)),
        dr: event_topic(&mut builder.dr(), &inputs(foundations, &existing.dr, dr)),
    }
}

/// Where the topic of a region comes from.
pub fn inputs<'a>(
    foundations: &'a Foundations,
    existing: &'a PartsOfRegion,
    stack: &'a RegionStack,
) -> TopicInputs<'a> {
    TopicInputs {
        existing_arn: existing.event_topic_arn.as_ref(),
        key: &stack.base.keys.operations,
        subscribers: region::subscribers(foundations),
    }
}
