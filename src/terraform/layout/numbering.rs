//! The modules of a configuration, numbered: the root first, callers before those they call.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::assignment::ModulePath;

/// The number of a module.
pub(super) type ModuleNumber = usize;

/// The module that calls all others.
pub(super) const ROOT: ModuleNumber = 0;

/// The tree of modules.
#[derive(Debug)]
pub(super) struct Numbering {
    /// Of every module but the root.
    paths: Vec<ModulePath>,
    numbers: BTreeMap<ModulePath, ModuleNumber>,
}

impl Numbering {
    /// The tree that these modules, and those that call them, make.
    pub(super) fn new<'a>(paths: impl Iterator<Item = &'a ModulePath>) -> Self {
        let mut numbers = BTreeMap::new();
        for path in paths {
            if !numbers.contains_key(path) {
                let mut next = Some(path.clone());
                while let Some(path) = next {
                    next = path.parent();
                    numbers.insert(path, ROOT);
                }
            }
        }
        // A path sorts after its beginnings, hence after the modules that call it.
        for (number, module) in (ROOT + 1..).zip(numbers.values_mut()) {
            *module = number;
        }
        Self { paths: numbers.keys().cloned().collect(), numbers }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.paths.len() + 1
    }

    /// All but the root, callers first.
    pub(super) fn children(&self) -> impl DoubleEndedIterator<Item = (ModuleNumber, &ModulePath)> {
        self.paths.iter().enumerate().map(|(position, path)| (position + 1, path))
    }

    pub(super) fn number(&self, path: &ModulePath) -> ModuleNumber {
        self.numbers.get(path).copied().unwrap_or(ROOT)
    }

    /// The module that calls this one.
    pub(super) fn caller(&self, module: ModuleNumber) -> ModuleNumber {
        self.path(module).and_then(ModulePath::parent).map_or(ROOT, |parent| self.number(&parent))
    }

    pub(super) fn path(&self, module: ModuleNumber) -> Option<&ModulePath> {
        self.paths.get(module.checked_sub(1)?)
    }

    /// The names on the way from the root.
    pub(super) fn names(&self, module: ModuleNumber) -> &[Cow<'static, str>] {
        self.path(module).map_or(&[], ModulePath::names)
    }

    /// The name of the module called in `module` on the way to `inner`, if `inner` is inside of `module`.
    pub(super) fn next_on_the_way(&self, module: ModuleNumber, inner: ModuleNumber) -> Option<&Cow<'static, str>> {
        self.names(inner).strip_prefix(self.names(module))?.first()
    }

    /// The module of that name that `module` calls.
    pub(super) fn called(&self, module: ModuleNumber, name: &str) -> Option<ModuleNumber> {
        let path = match self.path(module) {
            Some(path) => path.child(name.to_owned()),
            None => ModulePath::new(name.to_owned()),
        };
        self.numbers.get(&path).copied()
    }

    /// The names on the way to `module` that are not on the way to `other`.
    pub(super) fn apart(&self, module: ModuleNumber, other: ModuleNumber) -> &[Cow<'static, str>] {
        let names = self.names(module);
        let common = names.iter().zip(self.names(other)).take_while(|(left, right)| left == right).count();
        names.get(common..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{ModulePath, Numbering, ROOT};

    #[test]
    fn callers_come_first_and_are_made_where_nobody_names_them() {
        let deep = ModulePath::new("b").child("c").child("d");
        let numbering = Numbering::new([&deep, &ModulePath::new("a")].into_iter());
        let paths: Vec<String> = numbering.children().map(|(_, path)| path.to_string()).collect();
        assert_eq!(paths, ["module.a", "module.b", "module.b.module.c", "module.b.module.c.module.d"]);
        assert_eq!((numbering.caller(4), numbering.caller(2), numbering.caller(ROOT)), (3, ROOT, ROOT));
        assert_eq!(numbering.next_on_the_way(2, 4).map(AsRef::as_ref), Some("c"));
        assert_eq!(numbering.next_on_the_way(1, 4), None);
        assert_eq!(numbering.called(3, "d"), Some(4));
        assert_eq!(numbering.apart(4, 2), ["c", "d"]);
    }
}
