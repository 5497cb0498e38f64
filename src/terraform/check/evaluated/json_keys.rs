//! Keys of objects in JSON syntax. In native syntax the last of equal keys counts; here Terraform takes none twice, and knows which are
//! equal when it has evaluated them.

use std::collections::HashSet;
use std::sync::Arc;

use super::Walk;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};
use crate::terraform::evaluation::{Type, Value};
use crate::terraform::expression::Key;
use crate::terraform::written_keys::ObjectKeys;

impl<'m> Walk<'_, '_, 'm> {
    /// No two keys of an object are the same text.
    pub(super) fn distinct(&mut self, object: &'m ObjectKeys) {
        let mut seen = HashSet::new();
        let known = object.keys.iter().filter_map(|key| self.name(key));
        let Some(twice) = known.into_iter().find(|name| !seen.insert(name.clone())) else { return };
        let message = format!("the key `{twice}` is there twice");
        let diagnostic = Diagnostic::new(DiagnosticKind::Conflict, &object.block, message).at(&object.field);
        self.findings.add(diagnostic.help("remove one of the two, or give it another key"));
    }

    /// What a key is, where that is known.
    fn name(&self, key: &Key) -> Option<Arc<str>> {
        let value = match key {
            Key::Literal(name) => Value::text(name.as_ref()),
            Key::Computed(key) => self.evaluator.evaluate_named(self.id, key, Vec::new()).ok()?,
        };
        value.unmarked().0.convert(&Type::String).ok()?.as_text().map(Arc::from)
    }
}
