//! The places of a file in native syntax.

use std::collections::HashMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};

use super::{Kind, Node};
use crate::terraform::parse::NativeBody;

impl Node {
    /// A body as it would stand in JSON: what stands under one keyword is a list.
    pub(super) fn of_native(parsed: &NativeBody) -> Self {
        Self::of_body(&parsed.body, parsed)
    }

    fn of_body(body: &Body, parsed: &NativeBody) -> Self {
        let mut entries: Vec<(String, Range<usize>, Node)> = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = attribute.key.span().unwrap_or_default();
                    entries.push((attribute.key.to_string(), key, of_expression(&attribute.value, parsed)));
                }
                Structure::Block(block) => {
                    let keyword = block.ident.span().unwrap_or_default();
                    let mut node = Self::of_body(&block.body, parsed);
                    for label in block.labels.iter().rev() {
                        let span = label.span().unwrap_or_default();
                        let entry = (label.as_str().to_owned(), span.clone(), node);
                        node = Self { span, kind: object(vec![entry]), text: None };
                    }
                    let name = block.ident.to_string();
                    let earlier = entries.iter_mut().find_map(|(key, _, earlier)| match &mut earlier.kind {
                        Kind::List(items) if *key == name => Some(items),
                        _ => None,
                    });
                    if let Some(items) = earlier {
                        items.push(node);
                    } else {
                        let list = Self { span: keyword.clone(), kind: Kind::List(vec![node]), text: None };
                        entries.push((name, keyword, list));
                    }
                }
            }
        }
        Self { span: body.span().unwrap_or_default(), kind: object(entries), text: None }
    }
}

fn of_expression(expression: &Expression, parsed: &NativeBody) -> Node {
    let span = expression.span().unwrap_or_default();
    let (kind, text) = match expression {
        Expression::Array(items) => (Kind::List(items.iter().map(|item| of_expression(item, parsed)).collect()), None),
        Expression::Object(entries) => {
            let entry = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                let span = key.span().unwrap_or_default();
                let name = match key {
                    _ if parsed.repeated.contains_key(&span.start) => parsed.repeated[&span.start].clone(),
                    ObjectKey::Ident(name) => name.to_string(),
                    ObjectKey::Expression(Expression::String(text)) => text.as_str().to_owned(),
                    ObjectKey::Expression(other) => other.to_string(),
                };
                (name, span, of_expression(value.expr(), parsed))
            };
            (object(entries.iter().map(entry).collect()), None)
        }
        Expression::String(text) => (Kind::Scalar, Some(text.as_str().to_owned())),
        other => (Kind::Scalar, Some(other.to_string().trim().to_owned())),
    };
    Node { span, kind, text }
}

fn object(entries: Vec<(String, Range<usize>, Node)>) -> Kind {
    Kind::Object { entries, table: HashMap::new() }
}
