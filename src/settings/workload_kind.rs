//! What takes payments: the function that the document carries, containers, or something that the stack does not make.

use super::named::named;

named! {
    /// What takes payments in each region.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum WorkloadKind: "workload", taken_as str::to_owned, alike str::to_ascii_lowercase, {
        /// A Lambda function behind an API, both made by the stack.
        #[default]
        Lambda = "lambda",
        /// Containers on Fargate behind an API, both made by the stack; the image is the user's own.
        Fargate = "fargate",
        /// Nothing of the stack's: a service that runs elsewhere, known by the name of its host in each region.
        None = "none",
    }
}
