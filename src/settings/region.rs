//! AWS regions as the stack knows them.

/// An AWS region that can hold a half of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region {
    name: &'static str,
    token: &'static str,
}

impl Region {
    /// The region's name, such as `us-east-1`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The short form that names in AWS carry, such as `use1`.
    pub fn token(self) -> &'static str {
        self.token
    }
}
