//! Expressions as text: Terraform's native syntax inside `${...}`, and JSON around it.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};

use super::native_text::NativeText;
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
        self.write(&mut NativeText::alone(&mut text));
        formatter.write_str(&text)
    }
}

impl Expression {
    /// Writes the expression in native syntax.
    pub(super) fn write(&self, text: &mut NativeText<'_>) {
        self.write_in(text, LOOSEST);
    }

    fn write_in(&self, text: &mut NativeText<'_>, context: u8) {
        match self {
            Self::Null => text.plain("null"),
            Self::Bool(value) => text.plain(if *value { "true" } else { "false" }),
            // `-1[0]` would read as `-(1[0])`, and `1.e5` as one number.
            Self::Number(value) => {
                let needed = context == BASE || context >= UNARY && is_negative(value);
                parenthesized(text, needed, |text| write_number(text, value));
            }
            Self::Text(literal) => write_quoted(text, literal),
            Self::Template(parts) => {
                text.quote();
                write_template(text, parts, Position::Quoted);
                text.quote();
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
                text.plain("[*]");
                write_steps(text, steps);
            }),
            Self::Conditional(condition, then, otherwise) => parenthesized(text, context > LOOSEST, |text| {
                condition.write_in(text, 1);
                text.plain(" ? ");
                then.write_in(text, 1);
                text.plain(" : ");
                otherwise.write_in(text, 1);
            }),
            Self::Unary(operator, operand) => parenthesized(text, context > UNARY, |text| {
                text.plain(if *operator == UnaryOperator::Not { "!" } else { "-" });
                operand.write_in(text, UNARY);
            }),
            Self::Binary(left, operator, right) => parenthesized(text, context > operator.precedence(), |text| {
                left.write_in(text, operator.precedence());
                text.plain(" ");
                text.plain(operator.symbol());
                text.plain(" ");
                // Operators group to the left, so an equal one on the right needs its parentheses.
                right.write_in(text, operator.precedence() + 1);
            }),
            Self::For(expression) => write_for(text, expression),
        }
    }
}

fn write_number(text: &mut NativeText<'_>, number: &Number) {
    text.plain(&number.to_string());
}

fn is_negative(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(f64::is_sign_negative)
}

fn parenthesized(text: &mut NativeText<'_>, needed: bool, inner: impl FnOnce(&mut NativeText<'_>)) {
    if !needed {
        return inner(text);
    }
    text.plain("(");
    inner(text);
    text.plain(")");
}

fn write_separated<T>(text: &mut NativeText<'_>, items: &[T], mut each: impl FnMut(&mut NativeText<'_>, &T)) {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            text.plain(", ");
        }
        each(text, item);
    }
}

fn write_list(text: &mut NativeText<'_>, items: &[Expression]) {
    text.plain("[");
    write_separated(text, items, |text, item| item.write(text));
    text.plain("]");
}

fn write_object(text: &mut NativeText<'_>, object: &Object) {
    text.plain("{");
    write_separated(text, &object.sorted(), |text, (key, value)| {
        key.write(text);
        text.plain(" = ");
        value.write(text);
    });
    text.plain("}");
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
        self.write(&mut NativeText::alone(&mut text));
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

    fn write(&self, text: &mut NativeText<'_>) {
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

fn write_call(text: &mut NativeText<'_>, call: &Call) {
    text.any(&call.name);
    text.plain("(");
    write_separated(text, &call.arguments, |text, argument| argument.write(text));
    text.plain(if call.expand_final && !call.arguments.is_empty() { "...)" } else { ")" });
}

fn write_for(text: &mut NativeText<'_>, expression: &For) {
    let (open, close) = if expression.result_key.is_some() { ("{", "}") } else { ("[", "]") };
    text.plain(open);
    text.plain("for ");
    if let Some(key) = &expression.key {
        text.any(key);
        text.plain(", ");
    }
    text.any(&expression.value);
    text.plain(" in ");
    expression.collection.write(text);
    text.plain(" : ");
    if let Some(key) = &expression.result_key {
        key.write(text);
        text.plain(" => ");
    }
    expression.result.write(text);
    if expression.grouping && expression.result_key.is_some() {
        text.plain("...");
    }
    if let Some(condition) = &expression.condition {
        text.plain(" if ");
        condition.write(text);
    }
    text.plain(close);
}

impl Display for Traversal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut NativeText::alone(&mut text));
        f.write_str(&text)
    }
}

impl Traversal {
    fn write(&self, text: &mut NativeText<'_>) {
        match &self.root {
            Root::Address(address) => {
                address.pieces().into_iter().filter(|piece| !piece.is_empty()).for_each(|piece| text.any(piece));
            }
            Root::Name(name) => text.any(name),
        }
        write_steps(text, &self.steps);
    }
}

fn write_steps(text: &mut NativeText<'_>, steps: &[Step]) {
    for step in steps {
        step.write(text);
    }
}

impl Step {
    fn write(&self, text: &mut NativeText<'_>) {
        match self {
            Self::Attribute(name) => write_attribute(text, name),
            Self::Index(key) => write_index(text, key),
            Self::Splat => text.plain("[*]"),
        }
    }
}

/// A name that is no identifier can only be written as an index, which is the same to Terraform.
fn write_attribute(text: &mut NativeText<'_>, name: &str) {
    if is_identifier(name) {
        text.plain(".");
        text.plain(name);
    } else {
        text.plain("[");
        write_quoted(text, name);
        text.plain("]");
    }
}

fn write_index(text: &mut NativeText<'_>, key: &Expression) {
    text.plain("[");
    key.write(text);
    text.plain("]");
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
                None => json.string_of(|json| json.native(|text| write_template(text, parts, Position::Json))),
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
    json.string_of(|json| json.native(|text| write_json(text, literal)));
}

fn write_interpolation(json: &mut JsonText, expression: &Expression) {
    json.string_of(|json| {
        json.verbatim("${");
        json.native(|text| expression.write(text));
        json.verbatim("}");
    });
}
