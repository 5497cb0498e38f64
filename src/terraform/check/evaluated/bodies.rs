//! Bodies: arguments, and the blocks within.

use super::Walk;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::{Type, generators, has_dynamic};
use crate::terraform::expression::{Expression, Key, Object};
use crate::terraform::schema::{BlockNesting, BlockSchema};

impl<'m> Walk<'_, '_, 'm> {
    /// The arguments and nested blocks of a body. Of one without a schema it is not known which of the two they are.
    pub(super) fn body(&mut self, schema: Option<BlockSchema<'_>>, body: &'m Object, native: bool) {
        let passes_over = std::mem::take(&mut self.passes_over_unknown);
        let is_known = |name: &str| {
            schema.is_none_or(|schema| schema.attribute(name).is_some() || schema.nested_block(name).is_some())
        };
        for (key, value) in body.entries() {
            let Key::Literal(name) = key else { continue };
            if passes_over && name != "dynamic" && !is_known(name) {
                continue;
            }
            self.findings.push(name);
            match generators(name, value) {
                Some(all) => all.into_iter().for_each(|labels| self.dynamic(schema, labels, native)),
                None => self.field(schema, name, value, native),
            }
            self.findings.pop();
        }
        if let Some(schema) = schema {
            self.counts(schema, body);
        }
    }

    fn field(&mut self, schema: Option<BlockSchema<'_>>, name: &str, value: &'m Expression, native: bool) {
        if let Some(attribute) = schema.and_then(|schema| schema.attribute(name)).filter(|it| !it.untold()) {
            let of_type = Type::from(attribute.value_type());
            // What stands there as a block may leave fields out in native syntax.
            let as_block =
                native && matches!(value, Expression::Object(_) | Expression::List(_)) && is_objects(&of_type);
            if let Some(given) = self.value(value).filter(|_| !as_block) {
                if !attribute.settable() && !given.is_null() {
                    self.add("only the provider sets this".to_owned(), DiagnosticKind::ReadOnlyArgument, "");
                }
                self.fits(value, &given, &of_type);
            }
            return;
        }
        match schema.and_then(|schema| schema.nested_block(name)) {
            Some(nested) => self.blocks(nested.nesting(), nested.block(), value, native),
            None => self.untyped(value, native),
        }
    }

    fn untyped(&mut self, value: &'m Expression, native: bool) {
        match value {
            Expression::Object(object) if has_dynamic(object) => self.body(None, object, native),
            Expression::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.findings.push_index(position);
                    self.untyped(item, native);
                    self.findings.pop();
                }
            }
            value => drop(self.value(value)),
        }
    }

    fn blocks(&mut self, nesting: BlockNesting, schema: BlockSchema<'_>, value: &'m Expression, native: bool) {
        match value {
            Expression::Object(labels) if nesting == BlockNesting::Map => {
                for (_, value) in labels.entries() {
                    self.blocks(BlockNesting::Single, schema, value, native);
                }
            }
            Expression::Object(body) => self.body(Some(schema), body, native),
            Expression::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.findings.push_index(position);
                    self.blocks(nesting, schema, item, native);
                    self.findings.pop();
                }
            }
            value => drop(self.value(value)),
        }
    }
}

/// A list or set of objects, which may be written as blocks.
fn is_objects(of_type: &Type) -> bool {
    matches!(of_type.element(), Some(Type::Object(_)))
}
