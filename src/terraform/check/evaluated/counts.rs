//! How many nested blocks of a type there are, where `dynamic` makes some of them.

use super::Walk;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::generators;
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::schema::{BlockSchema, NestedBlock};

impl<'m> Walk<'_, '_, 'm> {
    /// Holds the blocks that are written out together with those that are made to the limits of their type.
    pub(super) fn counts(&mut self, schema: BlockSchema<'_>, body: &'m Object) {
        let dynamic = |key: &Key| matches!(key, Key::Literal(name) if name == "dynamic");
        let all = body.entries().filter(|(key, _)| dynamic(key)).filter_map(|(_, value)| generators("dynamic", value));
        let labels: Vec<&'m Object> = all.flatten().collect();
        for nested in schema.nested_blocks() {
            let makers: Vec<&'m Object> = labels.iter().flat_map(|labels| makers(labels, nested.name())).collect();
            if !makers.is_empty() {
                self.count(nested, body, &makers);
            }
        }
    }

    fn count(&mut self, nested: NestedBlock<'_>, body: &'m Object, makers: &[&'m Object]) {
        let mut count = written(body, nested.name());
        for maker in makers {
            let Some(made) = self.made(maker) else { return };
            count += made;
        }
        let (least, most) = (nested.min_items() as usize, nested.max_items().map(|most| most as usize));
        let message = match most {
            Some(most) if count > most => {
                format!("`{}` is there {count} times, but may be there {most} times at most", nested.name())
            }
            _ if count < least => {
                format!("`{}` is there {count} times, but must be there {least} times at least", nested.name())
            }
            _ => return,
        };
        self.findings.push("dynamic");
        self.add(message, DiagnosticKind::BlockCount, "`dynamic` makes a block for each element of its `for_each`");
        self.findings.pop();
    }

    /// How many blocks a generator makes, where that is known.
    fn made(&self, generator: &Object) -> Option<usize> {
        let for_each = generator.get("for_each")?;
        let collection = self.evaluator.evaluate_named(self.id, for_each, self.names.clone()).ok()?;
        let (collection, _) = collection.unmarked();
        let is_walked = collection.is_known() && !collection.is_null() && !collection.of_type().is_primitive();
        is_walked.then(|| collection.elements().len())
    }
}

/// The generators under a label.
fn makers<'m>(labels: &'m Object, name: &str) -> Vec<&'m Object> {
    let all = match labels.get(name) {
        Some(Expression::List(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let object = |value: &'m Expression| match value {
        Expression::Object(object) => Some(object),
        _ => None,
    };
    all.iter().filter_map(object).collect()
}

/// How many blocks of a type are written out.
fn written(body: &Object, name: &str) -> usize {
    let here = body.entries().filter(|(key, _)| matches!(key, Key::Literal(key) if key == name));
    here.map(|(_, value)| match value {
        Expression::Null => 0,
        Expression::List(items) => items.len(),
        _ => 1,
    })
    .sum()
}
