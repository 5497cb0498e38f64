//! What the functions' code comes in.

use super::named::named;

named! {
    /// What the code of the functions comes in.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    #[non_exhaustive]
    pub enum PackageKind: "package", taken_as str::to_owned, alike str::to_lowercase, {
        /// A zip archive: the document's own, or one that a variable names.
        #[default]
        Zip = "zip",
        /// A container image in a repository of each region, which variables name.
        Image = "image",
    }
}
