//! Expressions as text: Terraform's native syntax inside `${...}`, and JSON around it.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter, Write as _};

use super::text::{Position, is_plain, is_verbatim, write_json, write_quoted, write_template};
use super::{
    BinaryOperator, Call, Expression, For, Key, Number, Object, Root, Step, Traversal, UnaryOperator, negated,
};
use crate::terraform::identifier::is_identifier;
use crate::terraform::json::JsonText;

impl BinaryOperator {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Or,
        Self::And,
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Add,
        Self::Subtract,
        Self::Multiply,
        Self::Divide,
        Self::Modulo,
    ];

    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }

    /// How tightly it binds, 1 the loosest. The order is HCL's own (hclsyntax specification, "Operations").
    pub fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Modulo => 6,
        }
    }
}

const LOOSEST: u8 = 0;
const UNARY: u8 = 7;
/// Before a step: `[0]` or `.name`.
const BASE: u8 = 9;

impl Display for Expression {
    /// The expression in native syntax, as it stands between `${` and `}`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

impl Expression {
    /// Writes the expression in native syntax.
    pub(super) fn write(&self, text: &mut String) {
        self.write_in(text, LOOSEST);
    }

    fn write_in(&self, text: &mut String, context: u8) {
        match self {
            Self::Null => text.push_str("null"),
            Self::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            // `-1[0]` would read as `-(1[0])`, and `1.e5` as one number.
            Self::Number(value) => {
                let needed = context == BASE || context >= UNARY && is_negative(value);
                parenthesized(text, needed, |text| write_number(text, value));
            }
            Self::Text(literal) => write_quoted(text, literal),
            Self::Template(parts) => {
                text.push('"');
                write_template(text, parts, Position::Quoted);
                text.push('"');
            }
            Self::List(items) => write_list(text, items),
            Self::Object(object) => write_object(text, object),
            // A step after the parenthesis applies to the whole list, one inside to each of its elements.
            Self::Traversal(traversal) => {
                parenthesized(text, context == BASE && traversal.has_splat(), |text| traversal.write(text));
            }
            Self::Call(call) => write_call(text, call),
            Self::Index(collection, key) => {
                collection.write_in(text, BASE);
                write_index(text, key);
            }
            Self::Attribute(value, name) => {
                value.write_in(text, BASE);
                write_attribute(text, name);
            }
            Self::Splat(value, steps) => parenthesized(text, context == BASE, |text| {
                value.write_in(text, BASE);
                text.push_str("[*]");
                write_steps(text, steps);
            }),
            Self::Conditional(condition, then, otherwise) => parenthesized(text, context > LOOSEST, |text| {
                condition.write_in(text, 1);
                text.push_str(" ? ");
                then.write_in(text, 1);
                text.push_str(" : ");
                otherwise.write_in(text, 1);
            }),
            Self::Unary(operator, operand) => parenthesized(text, context > UNARY, |text| {
                text.push(if *operator == UnaryOperator::Not { '!' } else { '-' });
                operand.write_in(text, UNARY);
            }),
            Self::Binary(left, operator, right) => parenthesized(text, context > operator.precedence(), |text| {
                left.write_in(text, operator.precedence());
                text.extend([" ", operator.symbol(), " "]);
                // Operators group to the left, so an equal one on the right needs its parentheses.
                right.write_in(text, operator.precedence() + 1);
            }),
            Self::For(expression) => write_for(text, expression),
        }
    }
}

fn write_number(text: &mut String, number: &Number) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{number}");
}

fn is_negative(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(f64::is_sign_negative)
}

fn parenthesized(text: &mut String, needed: bool, inner: impl FnOnce(&mut String)) {
    if !needed {
        return inner(text);
    }
    text.push('(');
    inner(text);
    text.push(')');
}

fn write_separated<T>(text: &mut String, items: &[T], mut each: impl FnMut(&mut String, &T)) {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            text.push_str(", ");
        }
        each(text, item);
    }
}

fn write_list(text: &mut String, items: &[Expression]) {
    text.push('[');
    write_separated(text, items, |text, item| item.write(text));
    text.push(']');
}

fn write_object(text: &mut String, object: &Object) {
    text.push('{');
    write_separated(text, &object.sorted(), |text, (key, value)| {
        key.write(text);
        text.push_str(" = ");
        value.write(text);
    });
    text.push('}');
}

impl Object {
    /// Entries in the order of their keys: Terraform's objects have no order of their own, and ours must be stable.
    pub(crate) fn sorted(&self) -> Vec<(&Key, &Expression)> {
        let mut entries: Vec<_> = self.entries().collect();
        entries.sort_by(|(left, _), (right, _)| match (left, right) {
            (Key::Literal(left), Key::Literal(right)) => left.cmp(right),
            (left, right) => left.order(right),
        });
        entries
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}

impl Key {
    fn order(&self, other: &Self) -> Ordering {
        match (self.literal(), other.literal()) {
            (Some(left), Some(right)) => left.cmp(&right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => self.to_string().cmp(&other.to_string()),
        }
    }

    fn write(&self, text: &mut String) {
        match self {
            // Always quoted: a bare `for` or `null` as the first key would be read as something else.
            Self::Literal(name) => write_quoted(text, name),
            Self::Computed(expression) => match expression.literal_text() {
                Some(name) => write_quoted(text, &name),
                None => parenthesized(text, true, |text| expression.write(text)),
            },
        }
    }
}

fn write_call(text: &mut String, call: &Call) {
    text.push_str(&call.name);
    text.push('(');
    write_separated(text, &call.arguments, |text, argument| argument.write(text));
    text.push_str(if call.expand_final && !call.arguments.is_empty() { "...)" } else { ")" });
}

fn write_for(text: &mut String, expression: &For) {
    let (open, close) = if expression.result_key.is_some() { ("{", "}") } else { ("[", "]") };
    text.extend([open, "for "]);
    if let Some(key) = &expression.key {
        text.extend([key, ", "]);
    }
    text.extend([&expression.value, " in "]);
    expression.collection.write(text);
    text.push_str(" : ");
    if let Some(key) = &expression.result_key {
        key.write(text);
        text.push_str(" => ");
    }
    expression.result.write(text);
    if expression.grouping && expression.result_key.is_some() {
        text.push_str("...");
    }
    if let Some(condition) = &expression.condition {
        text.push_str(" if ");
        condition.write(text);
    }
    text.push_str(close);
}

impl Display for Traversal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}

impl Traversal {
    fn write(&self, text: &mut String) {
        match &self.root {
            Root::Address(address) => text.extend(address.pieces()),
            Root::Name(name) => text.push_str(name),
        }
        write_steps(text, &self.steps);
    }
}

fn write_steps(text: &mut String, steps: &[Step]) {
    for step in steps {
        step.write(text);
    }
}

impl Step {
    fn write(&self, text: &mut String) {
        match self {
            Self::Attribute(name) => write_attribute(text, name),
            Self::Index(key) => write_index(text, key),
            Self::Splat => text.push_str("[*]"),
        }
    }
}

/// A name that is no identifier can only be written as an index, which is the same to Terraform.
fn write_attribute(text: &mut String, name: &str) {
    if is_identifier(name) {
        text.push('.');
        text.push_str(name);
    } else {
        text.push('[');
        write_quoted(text, name);
        text.push(']');
    }
}

fn write_index(text: &mut String, key: &Expression) {
    text.push('[');
    key.write(text);
    text.push(']');
}

impl Expression {
    /// The number that a minus before a number makes.
    fn negative_number(&self) -> Option<Number> {
        let Self::Unary(UnaryOperator::Negate, operand) = self else { return None };
        let Self::Number(number) = operand.as_ref() else { return None };
        negated(number)
    }
}

impl Expression {
    /// The expression in Terraform's JSON syntax.
    pub fn to_json(&self) -> String {
        let mut json = JsonText::default();
        self.write_json(&mut json);
        json.into_text()
    }

    pub(in crate::terraform) fn write_json(&self, json: &mut JsonText) {
        match self {
            Self::Null => json.verbatim("null"),
            Self::Bool(value) => json.bool(*value),
            Self::Number(value) => json.number(value),
            Self::Text(literal) => write_json_literal(json, literal),
            Self::Template(parts) => match self.literal_text() {
                Some(literal) => write_json_literal(json, &literal),
                None => json.string_of(|json| json.part_of(|text| write_template(text, parts, Position::Json))),
            },
            Self::List(items) => json.list(items, |json, item| item.write_json(json)),
            Self::Object(object) => object.write_json(json),
            other => match other.negative_number() {
                Some(number) => json.number(&number),
                None => write_interpolation(json, other),
            },
        }
    }
}

impl Object {
    /// The object in Terraform's JSON syntax.
    pub fn to_json(&self) -> String {
        let mut json = JsonText::default();
        self.write_json(&mut json);
        json.into_text()
    }

    fn write_json(&self, json: &mut JsonText) {
        json.object(|json| {
            for (key, value) in self.sorted() {
                json.entry(|json| key.write_json(json));
                value.write_json(json);
            }
        });
    }
}

impl Key {
    fn write_json(&self, json: &mut JsonText) {
        match self {
            Self::Literal(name) => write_json_literal(json, name),
            Self::Computed(expression) => match expression.as_ref() {
                text @ (Expression::Text(_) | Expression::Template(_)) => text.write_json(json),
                other => write_interpolation(json, other),
            },
        }
    }
}

fn write_json_literal(json: &mut JsonText, literal: &str) {
    if is_verbatim(literal) {
        return json.string_of(|json| json.verbatim(literal));
    }
    if is_plain(literal) {
        return json.string(literal);
    }
    json.string_of(|json| json.part_of(|text| write_json(text, literal)));
}

fn write_interpolation(json: &mut JsonText, expression: &Expression) {
    json.string_of(|json| {
        json.verbatim("${");
        json.part_of(|text| expression.write(text));
        json.verbatim("}");
    });
}
