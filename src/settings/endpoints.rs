//! Whose the VPC endpoints are.

use super::named::named;

named! {
    /// Whose the endpoints are through which functions reach AWS services.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    #[non_exhaustive]
    pub enum Endpoints: "owner of endpoints", taken_as str::to_owned, alike str::to_lowercase, {
        /// The stack makes them.
        #[default]
        Own = "own",
        /// They are in the network already.
        Existing = "existing",
    }
}
