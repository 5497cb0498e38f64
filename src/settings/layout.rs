//! How many documents the stack is written as.

use super::named::named;

named! {
    /// How many documents the stack is written as. Both layouts plan the same resources, and a state moves between them.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Layout: "layout", taken_as str::to_owned, alike str::to_ascii_lowercase, {
        /// One document that holds everything.
        #[default]
        Single = "single",
        /// A root document, and a module for each region and for what stands above both.
        Modules = "modules",
    }
}
