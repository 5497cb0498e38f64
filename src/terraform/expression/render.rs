//! Expressions as text: Terraform's native syntax inside `${...}`, and JSON around it.

use std::fmt::{self, Display, Formatter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{BinaryOperator, Call, Expression, For, Key, Object, Root, Step, TemplatePart, Traversal, UnaryOperator};

impl BinaryOperator {
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
const POSTFIX: u8 = 8;

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
            // `-1[0]` would read as `-(1[0])`.
            Self::Number(value) if context >= UNARY && is_negative(value) => write!(f, "({value})"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => write_quoted(f, text),
            Self::Template(parts) => {
                f.write_char('"')?;
                write_parts(f, parts, Position::Quoted)?;
                f.write_char('"')
            }
            Self::List(items) => write_list(f, items),
            Self::Object(object) => write_object(f, object),
            Self::Traversal(traversal) => write!(f, "{traversal}"),
            Self::Call(call) => write_call(f, call),
            Self::Index(collection, key) => {
                collection.write(f, POSTFIX)?;
                write!(f, "[{key}]")
            }
            Self::Attribute(value, name) => {
                value.write(f, POSTFIX)?;
                write!(f, ".{name}")
            }
            Self::Splat(value, steps) => {
                value.write(f, POSTFIX)?;
                f.write_str("[*]")?;
                steps.iter().try_for_each(|step| write!(f, "{step}"))
            }
            Self::Conditional(condition, then, otherwise) => parenthesized(f, context > LOOSEST, |f| {
                condition.write(f, 1)?;
                f.write_str(" ? ")?;
                then.write(f, 1)?;
                f.write_str(" : ")?;
                otherwise.write(f, 1)
            }),
            Self::Unary(operator, operand) => parenthesized(f, context > UNARY, |f| {
                f.write_char(if *operator == UnaryOperator::Not { '!' } else { '-' })?;
                operand.write(f, POSTFIX)
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
    // `[for ...]` would be read as a for expression; a list whose first element is a bare name `for` cannot be built.
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
        entries.sort_by(|(left, _), (right, _)| match (left, right) {
            (Key::Literal(left), Key::Literal(right)) => left.cmp(right),
            (left, right) => left.to_string().cmp(&right.to_string()),
        });
        entries
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // Always quoted: a bare `for` or `null` as the first key would be read as something else.
            Self::Literal(name) => write_quoted(f, name),
            Self::Computed(expression) => write!(f, "({expression})"),
        }
    }
}

fn write_call(f: &mut Formatter<'_>, call: &Call) -> fmt::Result {
    write!(f, "{}(", call.name)?;
    write_separated(f, &call.arguments, |f, argument| write!(f, "{argument}"))?;
    f.write_str(if call.expand_final { "...)" } else { ")" })
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
    if expression.grouping {
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

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(f, ".{name}"),
            Self::Index(key) => write!(f, "[{key}]"),
            Self::Splat => f.write_str("[*]"),
        }
    }
}

/// Where template text stands, which decides what must be escaped in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// Inside a JSON string, which escapes quotes and control characters by itself.
    Json,
    /// Inside a quoted string of the native syntax.
    Quoted,
}

fn write_quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    write_literal(f, text, Position::Quoted)?;
    f.write_char('"')
}

/// Writes literal text so that Terraform reads back the very same characters.
fn write_literal(f: &mut impl Write, text: &str, position: Position) -> fmt::Result {
    let needs_escape = |character: char| match character {
        '$' | '%' => true,
        '"' | '\\' => position == Position::Quoted,
        other => position == Position::Quoted && other.is_control(),
    };
    let mut rest = text;
    while let Some(at) = rest.find(needs_escape) {
        let (before, after) = rest.split_at(at);
        f.write_str(before)?;
        let mut characters = after.chars();
        let Some(character) = characters.next() else { break };
        rest = characters.as_str();
        match character {
            // Only before a brace are they the start of an interpolation or directive; `$${` stands for `${`.
            '$' | '%' if rest.starts_with('{') => write!(f, "{character}{character}")?,
            '$' | '%' => f.write_char(character)?,
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            other => write!(f, "\\u{:04x}", other as u32)?,
        }
    }
    f.write_str(rest)
}

fn write_parts(f: &mut impl Write, parts: &[TemplatePart], position: Position) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        match part {
            TemplatePart::Literal(text) => {
                let before_marker =
                    matches!(parts.get(index + 1), Some(next) if !matches!(next, TemplatePart::Literal(_)));
                write_literal_before(f, text, position, before_marker)?;
            }
            TemplatePart::Interpolation(expression) => write!(f, "${{{expression}}}")?,
            TemplatePart::If { condition, then, otherwise } => {
                write!(f, "%{{ if {condition} }}")?;
                write_parts(f, then, position)?;
                if !otherwise.is_empty() {
                    f.write_str("%{ else }")?;
                    write_parts(f, otherwise, position)?;
                }
                f.write_str("%{ endif }")?;
            }
            TemplatePart::For { key, value, collection, body } => {
                f.write_str("%{ for ")?;
                if let Some(key) = key {
                    write!(f, "{key}, ")?;
                }
                write!(f, "{value} in {collection} }}")?;
                write_parts(f, body, position)?;
                f.write_str("%{ endfor }")?;
            }
        }
    }
    Ok(())
}

/// A literal that ends in `$` or `%` right before an interpolation would turn its marker into an escape (`$${`), and no
/// escape exists for that character alone: it is written as an interpolated string of its own.
fn write_literal_before(f: &mut impl Write, text: &str, position: Position, before_marker: bool) -> fmt::Result {
    let body = text.trim_end_matches(['$', '%']);
    if !before_marker || body.len() == text.len() {
        return write_literal(f, text, position);
    }
    write_literal(f, body, position)?;
    write!(f, "${{\"{}\"}}", &text[body.len()..])
}

impl Serialize for Expression {
    /// The expression in Terraform's JSON syntax.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::Text(text) if !needs_template_escape(text) => serializer.serialize_str(text),
            Self::Text(text) => serializer.collect_str(&JsonLiteral(text)),
            Self::Template(parts) => serializer.collect_str(&JsonTemplate(parts)),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
            _ => serializer.collect_str(&format_args!("${{{self}}}")),
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
            Self::Literal(name) if !needs_template_escape(name) => serializer.serialize_str(name),
            Self::Literal(name) => serializer.collect_str(&JsonLiteral(name)),
            Self::Computed(expression) => serializer.collect_str(&format_args!("${{{expression}}}")),
        }
    }
}

fn needs_template_escape(text: &str) -> bool {
    text.contains("${") || text.contains("%{")
}

struct JsonLiteral<'a>(&'a str);

impl Display for JsonLiteral<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_literal(f, self.0, Position::Json)
    }
}

struct JsonTemplate<'a>(&'a [TemplatePart]);

impl Display for JsonTemplate<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_parts(f, self.0, Position::Json)
    }
}
