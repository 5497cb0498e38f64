//! Where a block stands when a configuration is written as several modules.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// The way from the root to a module: `primary_region`, or `primary_region` and then `network` inside of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModulePath(Arc<[Cow<'static, str>]>);

/// The module of a block, and the block's name in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) module: ModulePath,
    pub(crate) name: Cow<'static, str>,
}

impl ModulePath {
    /// A module that the root calls.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::from([name.into()]))
    }

    /// A module that this one calls.
    pub fn child(&self, name: impl Into<Cow<'static, str>>) -> Self {
        Self(self.0.iter().cloned().chain([name.into()]).collect())
    }

    /// The names on the way, the outermost first.
    pub fn names(&self) -> &[Cow<'static, str>] {
        &self.0
    }

    /// The module's own name.
    pub fn name(&self) -> &str {
        self.0.last().map_or("", AsRef::as_ref)
    }

    /// The module that calls it, unless the root does.
    pub fn parent(&self) -> Option<Self> {
        let (_, parents) = self.0.split_last()?;
        (!parents.is_empty()).then(|| Self(parents.into()))
    }

    /// The address of a managed resource in the module, as the root sees it.
    pub(super) fn managed(&self, type_name: &str, name: &str) -> String {
        let way = self.0.iter().flat_map(|module| ["module.", module, "."]);
        let pieces = way.chain([type_name, ".", name]);
        let mut address = String::with_capacity(pieces.clone().map(str::len).sum());
        address.extend(pieces);
        address
    }

    /// The folder of its document, seen from the root's: `modules/primary_region/modules/network`.
    pub fn folder(&self) -> String {
        let folders: Vec<String> = self.0.iter().map(|name| folder(name)).collect();
        folders.join("/")
    }
}

impl Display for ModulePath {
    /// As in addresses: `module.primary_region.module.network`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (position, name) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "." };
            write!(f, "{separator}module.{name}")?;
        }
        Ok(())
    }
}

/// The folder of a module, seen from that of the module that calls it.
pub(super) fn folder(name: &str) -> String {
    format!("modules/{name}")
}

#[cfg(test)]
mod tests {
    use super::ModulePath;

    #[test]
    fn a_way_has_an_address_and_a_folder() {
        let network = ModulePath::new("primary_region").child("network");
        assert_eq!(network.to_string(), "module.primary_region.module.network");
        assert_eq!(network.folder(), "modules/primary_region/modules/network");
        assert_eq!(network.managed("aws_vpc", "main"), format!("{network}.aws_vpc.main"));
        assert_eq!(network.name(), "network");
        assert_eq!(network.parent(), Some(ModulePath::new("primary_region")));
        assert_eq!(ModulePath::new("primary_region").parent(), None);
    }
}
