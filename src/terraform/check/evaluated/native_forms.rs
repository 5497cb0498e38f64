//! What native syntax writes as a block and what as an argument.

use super::Walk;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::{Type, generators};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::resource::NativeBody;
use crate::terraform::schema::BlockSchema;

impl<'m> Walk<'_, '_, 'm> {
    /// What native syntax writes as a block and what as an argument.
    pub(super) fn forms(&mut self, arguments: &'m Object, written: &'m NativeBody, schema: BlockSchema<'_>) {
        for name in &written.blocks {
            // Other types do not take what a block is read as, and say so themselves.
            let attribute = schema.attribute(name).filter(|attribute| !attribute.untold());
            let takes_anything = attribute.map(|it| Type::from(it.value_type())) == Some(Type::Dynamic);
            if takes_anything {
                self.wrong_form(name, format!("`{name}` is an argument, not a block"), "write it with `=`");
            }
        }
        let made: Vec<&Object> = arguments.get("dynamic").and_then(|it| generators("dynamic", it)).unwrap_or_default();
        for name in &written.arguments {
            // What is an argument once is one everywhere.
            if schema.attribute(name).is_some() && made.iter().any(|labels| labels.get(name).is_some()) {
                self.wrong_form(name, format!("`{name}` is an argument here, and a block in `dynamic`"), "keep one");
            }
            if schema.attribute(name).is_none() && schema.nested_block(name).is_some() {
                self.wrong_form(name, format!("`{name}` is a block, not an argument"), "write it without `=`");
            }
        }
    }

    /// An attribute that may be written as blocks: a block may leave members out and has no others, an argument has them all.
    pub(super) fn written_objects(&mut self, arguments: &'m Object, written: &'m NativeBody, schema: BlockSchema<'_>) {
        let of_objects = |name: &str| match Type::from(schema.attribute(name)?.value_type()) {
            Type::List(element) | Type::Set(element) => match Type::clone(&element) {
                Type::Object(object) => Some(object.attributes.keys().cloned().collect::<Vec<_>>()),
                _ => None,
            },
            _ => None,
        };
        let all =
            written.blocks.iter().map(|name| (name, true)).chain(written.arguments.iter().map(|name| (name, false)));
        for (name, is_block) in all {
            let Some(known) = of_objects(name) else { continue };
            let objects = match arguments.get(name) {
                Some(Expression::List(items)) => items.as_slice(),
                Some(object @ Expression::Object(_)) if is_block => std::slice::from_ref(object),
                _ => continue,
            };
            for object in objects.iter().filter_map(literal_keys) {
                let unknown = object.iter().find(|key| !known.iter().any(|name| **name == ***key));
                let missing = known.iter().find(|name| !object.iter().any(|key| **key == ***name));
                match (is_block, unknown, missing) {
                    (true, Some(key), _) => {
                        self.wrong_form(name, format!("there is no argument `{key}` in it"), "remove it");
                    }
                    (false, _, Some(member)) => {
                        let help = "write it as a block, without `=`, or give every member";
                        self.wrong_form(name, format!("an object in it has no `{member}`"), help);
                    }
                    _ => {}
                }
            }
        }
    }

    fn wrong_form(&mut self, name: &'m str, message: String, help: &'static str) {
        self.findings.push(name);
        self.findings.add(self.findings.here(DiagnosticKind::WrongType, message).help(help));
        self.findings.pop();
    }
}

/// The keys of an object that is written out, where all of them are literal.
fn literal_keys(expression: &Expression) -> Option<Vec<&str>> {
    let Expression::Object(object) = expression else { return None };
    object
        .entries()
        .map(|(key, _)| match key {
            Key::Literal(name) => Some(name.as_ref()),
            Key::Computed(_) => None,
        })
        .collect()
}
