//! Local values that come out differently each time they are evaluated.

use rustc_hash::FxHashMap;

use crate::terraform::address::Address;
use crate::terraform::expression::{Call, Names, Root, Traversal, Visitor};
use crate::terraform::module::Local;

/// The functions whose result is another one at every call
/// (<https://developer.hashicorp.com/terraform/language/functions>).
const IMPURE: [&str; 3] = ["bcrypt", "timestamp", "uuid"];

/// For each local value, whether it calls such a function, by itself or through other local values.
pub(super) fn locals(locals: &[Local]) -> Vec<bool> {
    let numbers: FxHashMap<&str, usize> = (0..).zip(locals).map(|(number, local)| (&*local.name, number)).collect();
    let mut users = vec![Vec::new(); locals.len()];
    let mut impure = vec![false; locals.len()];
    let mut waiting = Vec::new();
    for (number, local) in locals.iter().enumerate() {
        let mut found = Uses { impure: false, locals: Vec::new() };
        local.value.walk(&Names::none(), &mut found);
        for used in found.locals.into_iter().filter_map(|name| numbers.get(name)) {
            users[*used].push(number);
        }
        if found.impure {
            waiting.push(number);
        }
    }
    while let Some(number) = waiting.pop() {
        if !std::mem::replace(&mut impure[number], true) {
            waiting.extend(&users[number]);
        }
    }
    impure
}

struct Uses<'e> {
    impure: bool,
    locals: Vec<&'e str>,
}

impl<'e> Visitor<'e> for Uses<'e> {
    fn traversal(&mut self, traversal: &'e Traversal, _names: &Names<'_>) {
        if let Root::Address(address) = &traversal.root
            && let Address::Local(name) = &**address
        {
            self.locals.push(name);
        }
    }

    fn call(&mut self, call: &'e Call, _names: &Names<'_>) {
        self.impure |= IMPURE.contains(&call.name.as_ref());
    }
}
