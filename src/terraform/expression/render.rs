//! Expressions as text: Terraform's native syntax inside `${...}`, and JSON around it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter, Write as _};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::text::{Position, is_plain, write_json, write_quoted, write_template};
use super::{
    BinaryOperator, Call, Expression, For, Key, Number, Object, Root, Step, TemplatePart, Traversal, UnaryOperator,
    negated,
};
use crate::terraform::identifier::is_identifier;

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
const OPERAND: u8 = 8;
/// Before a step: `[0]` or `.name`.
const BASE: u8 = 9;

impl Display for Expression {
    /// The expression in native syntax, as it stands between `${` and `}`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.write(formatter, LOOSEST)
    }
}

impl Expression {
    fn write(&self, f: &mut Formatter<'_>, context: u8) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            // `-1[0]` would read as `-(1[0])`, and `1.e5` as one number.
            Self::Number(value) if context == BASE || context >= UNARY && is_negative(value) => write!(f, "({value})"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => write_quoted(f, text),
            Self::Template(parts) => {
                f.write_char('"')?;
                write_template(f, parts, Position::Quoted)?;
                f.write_char('"')
            }
            Self::List(items) => write_list(f, items),
            Self::Object(object) => write_object(f, object),
            // A step after the parenthesis applies to the whole list, one inside to each of its elements.
            Self::Traversal(traversal) => {
                parenthesized(f, context == BASE && traversal.has_splat(), |f| write!(f, "{traversal}"))
            }
            Self::Call(call) => write_call(f, call),
            Self::Index(collection, key) => {
                collection.write(f, BASE)?;
                write!(f, "[{key}]")
            }
            Self::Attribute(value, name) => {
                value.write(f, BASE)?;
                write_attribute(f, name)
            }
            Self::Splat(value, steps) => parenthesized(f, context == BASE, |f| {
                value.write(f, BASE)?;
                f.write_str("[*]")?;
                steps.iter().try_for_each(|step| write!(f, "{step}"))
            }),
            Self::Conditional(condition, then, otherwise) => parenthesized(f, context > LOOSEST, |f| {
                condition.write(f, 1)?;
                f.write_str(" ? ")?;
                then.write(f, 1)?;
                f.write_str(" : ")?;
                otherwise.write(f, 1)
            }),
            Self::Unary(operator, operand) => parenthesized(f, context > UNARY, |f| {
                f.write_char(if *operator == UnaryOperator::Not { '!' } else { '-' })?;
                operand.write(f, OPERAND)
            }),
            Self::Binary(left, operator, right) => parenthesized(f, context > operator.precedence(), |f| {
                left.write(f, operator.precedence())?;
                write!(f, " {} ", operator.symbol())?;
                // Operators group to the left, so an equal one on the right needs its parentheses.
                right.write(f, operator.precedence() + 1)
            }),
            Self::For(expression) => write_for(f, expression),
        }
    }
}

fn is_negative(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(f64::is_sign_negative)
}

fn parenthesized(
    f: &mut Formatter<'_>,
    needed: bool,
    inner: impl FnOnce(&mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    if !needed {
        return inner(f);
    }
    f.write_char('(')?;
    inner(f)?;
    f.write_char(')')
}

fn write_separated<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    mut each: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            f.write_str(", ")?;
        }
        each(f, item)?;
    }
    Ok(())
}

fn write_list(f: &mut Formatter<'_>, items: &[Expression]) -> fmt::Result {
    f.write_char('[')?;
    write_separated(f, items, |f, item| write!(f, "{item}"))?;
    f.write_char(']')
}

fn write_object(f: &mut Formatter<'_>, object: &Object) -> fmt::Result {
    f.write_char('{')?;
    write_separated(f, &object.sorted(), |f, (key, value)| write!(f, "{key} = {value}"))?;
    f.write_char('}')
}

impl Object {
    /// Entries in the order of their keys: Terraform's objects have no order of their own, and ours must be stable.
    pub(crate) fn sorted(&self) -> Vec<(&Key, &Expression)> {
        let mut entries: Vec<_> = self.entries().collect();
        entries.sort_by(|(left, _), (right, _)| match (left.literal(), right.literal()) {
            (Some(left), Some(right)) => left.cmp(&right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => left.to_string().cmp(&right.to_string()),
        });
        entries
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // Always quoted: a bare `for` or `null` as the first key would be read as something else.
            Self::Literal(name) => write_quoted(f, name),
            Self::Computed(expression) => match expression.literal_text() {
                Some(name) => write_quoted(f, &name),
                None => write!(f, "({expression})"),
            },
        }
    }
}

fn write_call(f: &mut Formatter<'_>, call: &Call) -> fmt::Result {
    write!(f, "{}(", call.name)?;
    write_separated(f, &call.arguments, |f, argument| write!(f, "{argument}"))?;
    f.write_str(if call.expand_final && !call.arguments.is_empty() { "...)" } else { ")" })
}

fn write_for(f: &mut Formatter<'_>, expression: &For) -> fmt::Result {
    let (open, close) = if expression.result_key.is_some() { ('{', '}') } else { ('[', ']') };
    write!(f, "{open}for ")?;
    if let Some(key) = &expression.key {
        write!(f, "{key}, ")?;
    }
    write!(f, "{} in {} : ", expression.value, expression.collection)?;
    if let Some(key) = &expression.result_key {
        write!(f, "{key} => ")?;
    }
    write!(f, "{}", expression.result)?;
    if expression.grouping && expression.result_key.is_some() {
        f.write_str("...")?;
    }
    if let Some(condition) = &expression.condition {
        write!(f, " if {condition}")?;
    }
    f.write_char(close)
}

impl Display for Traversal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.root {
            Root::Address(address) => write!(f, "{address}")?,
            Root::Name(name) => f.write_str(name)?,
        }
        self.steps.iter().try_for_each(|step| write!(f, "{step}"))
    }
}

/// A name that is no identifier can only be written as an index, which is the same to Terraform.
fn write_attribute(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    if is_identifier(name) {
        return write!(f, ".{name}");
    }
    f.write_char('[')?;
    write_quoted(f, name)?;
    f.write_char(']')
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write_attribute(f, name),
            Self::Index(key) => write!(f, "[{key}]"),
            Self::Splat => f.write_str("[*]"),
        }
    }
}

impl Expression {
    /// The number that a minus before a number makes.
    fn negative_number(&self) -> Option<Number> {
        let Self::Unary(UnaryOperator::Negate, operand) = self else { return None };
        let Self::Number(number) = operand.as_ref() else { return None };
        negated(number)
    }
}

impl Serialize for Expression {
    /// The expression in Terraform's JSON syntax.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::Text(text) if is_plain(text) => serializer.serialize_str(text),
            Self::Text(text) => serializer.collect_str(&JsonLiteral(text)),
            Self::Template(parts) => match self.literal_text() {
                Some(text) => Self::Text(Cow::Owned(text.into_owned())).serialize(serializer),
                None => serializer.collect_str(&JsonTemplate(parts)),
            },
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
            other => match other.negative_number() {
                Some(number) => number.serialize(serializer),
                None => serializer.collect_str(&format_args!("${{{self}}}")),
            },
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.sorted();
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (key, value) in entries {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(name) if is_plain(name) => serializer.serialize_str(name),
            Self::Literal(name) => serializer.collect_str(&JsonLiteral(name)),
            Self::Computed(expression) => match expression.as_ref() {
                text @ (Expression::Text(_) | Expression::Template(_)) => text.serialize(serializer),
                other => serializer.collect_str(&format_args!("${{{other}}}")),
            },
        }
    }
}

struct JsonLiteral<'a>(&'a str);

impl Display for JsonLiteral<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_json(f, self.0)
    }
}

struct JsonTemplate<'a>(&'a [TemplatePart]);

impl Display for JsonTemplate<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_template(f, self.0, Position::Json)
    }
}
