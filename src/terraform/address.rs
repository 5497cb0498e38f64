//! Addresses: how one block of a module names another.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

/// What kind of block a [`ResourceBlock`](super::resource::ResourceBlock) is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceMode {
    /// `resource`: created, changed and destroyed.
    Managed,
    /// `data`: only read.
    Data,
    /// `ephemeral`: opened for the run and never stored in plan or state.
    Ephemeral,
}

impl ResourceMode {
    /// The block's keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Managed => "resource",
            Self::Data => "data",
            Self::Ephemeral => "ephemeral",
        }
    }
}

/// The address of a block that expressions can refer to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Address {
    /// `aws_vpc.main`, `data.aws_partition.current`, `ephemeral.aws_secretsmanager_random_password.database`
    Resource {
        /// Resource, data source or ephemeral.
        mode: ResourceMode,
        /// The type, such as `aws_vpc`.
        type_name: Cow<'static, str>,
        /// The local name.
        name: Cow<'static, str>,
    },
    /// `var.name`
    Variable(Cow<'static, str>),
    /// `local.name`
    Local(Cow<'static, str>),
    /// `module.name`
    Module(Cow<'static, str>),
}

impl Address {
    /// The address of a managed resource.
    pub fn managed(type_name: impl Into<Cow<'static, str>>, name: impl Into<Cow<'static, str>>) -> Self {
        Self::Resource { mode: ResourceMode::Managed, type_name: type_name.into(), name: name.into() }
    }

    /// The local name, without type or prefix.
    pub fn name(&self) -> &str {
        match self {
            Self::Resource { name, .. } | Self::Variable(name) | Self::Local(name) | Self::Module(name) => name,
        }
    }
}

impl Address {
    /// The texts that make up the address, one after the other.
    pub(crate) fn pieces(&self) -> [&str; 5] {
        match self {
            Self::Resource { mode: ResourceMode::Managed, type_name, name } => [type_name, ".", name, "", ""],
            Self::Resource { mode, type_name, name } => [mode.keyword(), ".", type_name, ".", name],
            Self::Variable(name) => ["var", ".", name, "", ""],
            Self::Local(name) => ["local", ".", name, "", ""],
            Self::Module(name) => ["module", ".", name, "", ""],
        }
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.pieces().into_iter().try_for_each(|piece| f.write_str(piece))
    }
}
