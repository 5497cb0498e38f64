//! Who decides that a failover starts.

use super::named::named;

named! {
    /// Who decides that a failover starts, once the guards have nothing against it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum FailoverMode: "failover mode", taken_as str::to_owned, alike str::to_ascii_lowercase, {
        /// The detector. A person is asked only where the replication lag is unknown or too large.
        #[default]
        Automatic = "automatic",
        /// A person, always: the failover waits for an approval.
        Approve = "approve",
        /// A person, who starts it: the detector only tells.
        Manual = "manual",
    }
}
