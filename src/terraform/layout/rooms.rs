//! The modules of a configuration, numbered: the root first, callers before those they call.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::home::ModulePath;

/// The number of a module.
pub(super) type Room = usize;

/// The module that calls all others.
pub(super) const ROOT: Room = 0;

/// The tree of modules.
#[derive(Debug)]
pub(super) struct Rooms {
    /// Of every module but the root.
    paths: Vec<ModulePath>,
    numbers: BTreeMap<ModulePath, Room>,
}

impl Rooms {
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
        for (number, room) in (ROOT + 1..).zip(numbers.values_mut()) {
            *room = number;
        }
        Self { paths: numbers.keys().cloned().collect(), numbers }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.paths.len() + 1
    }

    /// All but the root, callers first.
    pub(super) fn children(&self) -> impl DoubleEndedIterator<Item = (Room, &ModulePath)> {
        self.paths.iter().enumerate().map(|(position, path)| (position + 1, path))
    }

    pub(super) fn number(&self, path: &ModulePath) -> Room {
        self.numbers.get(path).copied().unwrap_or(ROOT)
    }

    /// The module that calls this one.
    pub(super) fn caller(&self, room: Room) -> Room {
        self.path(room).and_then(ModulePath::parent).map_or(ROOT, |parent| self.number(&parent))
    }

    pub(super) fn path(&self, room: Room) -> Option<&ModulePath> {
        self.paths.get(room.checked_sub(1)?)
    }

    /// The names on the way from the root.
    pub(super) fn names(&self, room: Room) -> &[Cow<'static, str>] {
        self.path(room).map_or(&[], ModulePath::names)
    }

    /// The name of the module called in `room` on the way to `inner`, if `inner` is inside of `room`.
    pub(super) fn next_on_the_way(&self, room: Room, inner: Room) -> Option<&Cow<'static, str>> {
        self.names(inner).strip_prefix(self.names(room))?.first()
    }

    /// The module of that name that `room` calls.
    pub(super) fn called(&self, room: Room, name: &str) -> Option<Room> {
        let path = match self.path(room) {
            Some(path) => path.child(name.to_owned()),
            None => ModulePath::new(name.to_owned()),
        };
        self.numbers.get(&path).copied()
    }

    /// The names on the way to `room` that are not on the way to `other`.
    pub(super) fn apart(&self, room: Room, other: Room) -> &[Cow<'static, str>] {
        let names = self.names(room);
        let common = names.iter().zip(self.names(other)).take_while(|(left, right)| left == right).count();
        names.get(common..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{ModulePath, ROOT, Rooms};

    #[test]
    fn callers_come_first_and_are_made_where_nobody_names_them() {
        let deep = ModulePath::new("b").child("c").child("d");
        let rooms = Rooms::new([&deep, &ModulePath::new("a")].into_iter());
        let paths: Vec<String> = rooms.children().map(|(_, path)| path.to_string()).collect();
        assert_eq!(paths, ["module.a", "module.b", "module.b.module.c", "module.b.module.c.module.d"]);
        assert_eq!((rooms.caller(4), rooms.caller(2), rooms.caller(ROOT)), (3, ROOT, ROOT));
        assert_eq!(rooms.next_on_the_way(2, 4).map(AsRef::as_ref), Some("c"));
        assert_eq!(rooms.next_on_the_way(1, 4), None);
        assert_eq!(rooms.called(3, "d"), Some(4));
        assert_eq!(rooms.apart(4, 2), ["c", "d"]);
    }
}
