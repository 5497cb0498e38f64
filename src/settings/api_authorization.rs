//! How callers of the API prove who they are.

use super::named::named;

named! {
    /// How callers of the API prove who they are.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ApiAuthorization: "API authorization", taken_as str::to_owned, alike constant, {
        /// Anyone may call.
        None = "NONE",
        /// Requests are signed (Signature Version 4) by an identity that may invoke the API.
        AwsIam = "AWS_IAM",
        /// Requests carry `x-api-key`.
        ApiKey = "API_KEY",
    }
}

/// As constants are spelled.
fn constant(text: &str) -> String {
    text.to_ascii_uppercase().replace('-', "_")
}
