//! What is searched: the machines as they are deployed, or with one of the fixes taken out to see that the search finds
//! what the fix is for.

use crate::deployed::Machines;

/// The protocol, and which of its fixes are in.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The machines.
    pub machines: Machines,
    /// How often the detector attempts a failover in one outage before half an hour has passed, and after that.
    pub attempts: (u8, u8),
    /// Whether the detector counts failures while the latch is active.
    pub counts_under_latch: bool,
    /// Whether an operator who accepts the loss of data is obeyed.
    pub operator_is_obeyed: bool,
    /// How long there is no second failover after one.
    pub cool_down_seconds: i64,
}
