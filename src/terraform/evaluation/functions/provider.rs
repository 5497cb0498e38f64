//! Functions of providers: those that Terraform itself brings (`provider::terraform::`), and those of `hashicorp/aws`,
//! which compute and ask nobody.

use std::fmt::Write as _;

use super::super::evaluator::constant;
use super::super::set::is_printable;
use super::super::types::Type;
use super::super::unknown::Refinement;
use super::super::value::{Content, Entries, Value};
use super::{Arguments, Failure};
use crate::terraform::expression::{Expression, Key};
use crate::terraform::identifier::is_identifier;
use crate::terraform::parse;

type Given = Result<Value, Failure>;

const SECTIONS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

pub(super) fn arn_parse(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let arn = arguments.text(0);
    let invalid = |why: &str| format!("arn parsing failed: arn: {why}");
    let mut sections = arn.splitn(6, ':');
    if !arn.starts_with("arn:") || sections.next().is_none() {
        return Err(invalid("invalid prefix"));
    }
    let sections: Vec<_> = sections.collect();
    if sections.len() != SECTIONS.len() {
        return Err(invalid("not enough sections"));
    }
    Ok(Value::object(SECTIONS.into_iter().zip(sections.into_iter().map(Value::text))))
}

pub(super) fn arn_build(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let sections: Vec<_> = (0..SECTIONS.len()).map(|position| arguments.text(position)).collect();
    Ok(Value::text(format!("arn:{}", sections.join(":"))))
}

pub(super) fn trim_iam_role_path(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let arn = arguments.text(0);
    let invalid = |why: &str| format!("arn parsing failed: {why}");
    let sections: Vec<_> = arn.splitn(6, ':').collect();
    let [prefix, _, service, _, _, resource] = sections.as_slice() else {
        return Err(invalid("arn: not enough sections"));
    };
    if *prefix != "arn" {
        return Err(invalid("arn: invalid prefix"));
    }
    if *service != "iam" {
        return Err(invalid("service must be \"iam\""));
    }
    let role = resource.strip_prefix("role/").ok_or_else(|| invalid("resource must be a role"))?;
    let name = role.rsplit('/').next().unwrap_or(role);
    Ok(Value::text(format!("{}role/{name}", &arn[..arn.len() - resource.len()])))
}

pub(super) fn encode_expr(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let value = arguments.value(0);
    if let Some(reason) = value.unknown_reason() {
        let prefix = match value.of_type() {
            _ if !value.is_surely_not_null() => None,
            Type::Object(_) | Type::Map(_) => Some("{"),
            Type::Tuple(_) | Type::List(_) | Type::Set(_) => Some("["),
            Type::String => Some("\""),
            _ => None,
        };
        let refinement = Refinement { prefix: prefix.map(Into::into), ..Refinement::not_null() };
        return Ok(Value::unknown(Type::String, reason).refined(&refinement));
    }
    Ok(Value::text(Writer::default().text_of(&value)))
}

pub(super) fn encode_tfvars(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let value = arguments.value(0);
    if value.is_null() {
        return Err("cannot encode a null value in tfvars syntax".to_owned());
    }
    if let Some(reason) = value.unknown_reason() {
        return Ok(Value::unknown(Type::String, reason));
    }
    let entries = value.entries().ok_or(
        "invalid value to encode: must be an object whose attribute names will become the encoded variable names",
    )?;
    let mut out = String::new();
    for (name, value) in entries {
        if !is_identifier(name) {
            return Err(format!("invalid variable name {name:?}: must be a valid identifier"));
        }
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name} = {}", Writer::default().text_of(value));
    }
    Ok(Value::text(out))
}

pub(super) fn decode_tfvars(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let value = arguments.value(0);
    if *value.of_type() != Type::String {
        return Err("argument must be a string".to_owned());
    }
    let text = value.as_text().ok_or("cannot decode tfvars from a null value")?;
    // What stands in such a file is what stands between the braces of an object.
    let object = parse::expression(&format!("{{\n{text}\n}}"));
    let Ok(Expression::Object(object)) = object else { return Err("invalid tfvars syntax".to_owned()) };
    let mut entries = Entries::new();
    for (key, expression) in object.entries() {
        let Key::Literal(name) = key else { return Err("invalid tfvars syntax".to_owned()) };
        let value =
            constant(expression).map_err(|error| format!("invalid expression for variable {name:?}: {error}"))?;
        if entries.insert(name.as_ref().into(), value).is_some() {
            return Err(format!("invalid tfvars syntax: the argument {name:?} was already set"));
        }
    }
    Ok(Value::object(entries))
}

/// A line of formatted source: what stands before the equals sign, if it is one that is aligned, and the rest.
#[derive(Default)]
struct Line {
    lead: String,
    rest: String,
    /// How many more brackets it opens than it closes.
    net: isize,
}

/// Values in native syntax, laid out as HCL's formatter does.
#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    current: Line,
}

impl Writer {
    fn text_of(mut self, value: &Value) -> String {
        self.value(value);
        self.end_line();
        self.indent();
        self.align();
        let lines: Vec<_> = self.lines.iter().map(|line| format!("{}{}", line.lead, line.rest)).collect();
        lines.join("\n")
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.current);
        self.lines.push(line);
    }

    fn bracket(&mut self, bracket: char) {
        self.current.net += if matches!(bracket, '[' | '{') { 1 } else { -1 };
        self.current.rest.push(bracket);
    }

    fn value(&mut self, value: &Value) {
        match &value.content {
            Content::Null | Content::Unknown(_) => self.current.rest.push_str("null"),
            Content::Bool(value) => self.current.rest.push_str(if *value { "true" } else { "false" }),
            Content::Number(number) => self.current.rest.push_str(&number.to_string()),
            Content::Text(text) => self.current.rest.push_str(&quoted(text)),
            Content::Sequence(items) => {
                self.bracket('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.current.rest.push_str(", ");
                    }
                    self.value(item);
                }
                self.bracket(']');
            }
            Content::Mapping(entries) => {
                self.bracket('{');
                if !entries.is_empty() {
                    self.end_line();
                }
                for (key, item) in entries.iter() {
                    self.current.lead = if is_identifier(key) { key.to_string() } else { quoted(key) };
                    self.current.rest.push_str(" = ");
                    self.value(item);
                    self.end_line();
                }
                self.bracket('}');
            }
        }
    }

    fn indent(&mut self) {
        let mut levels: Vec<isize> = Vec::new();
        for line in &mut self.lines {
            let mut closed = -line.net;
            while closed > 0 {
                let Some(last) = levels.last_mut() else { break };
                if closed < *last {
                    *last -= closed;
                    break;
                }
                closed -= *last;
                levels.pop();
            }
            line.lead.insert_str(0, &"  ".repeat(levels.len()));
            if line.net > 0 {
                levels.push(line.net);
            }
        }
    }

    /// Equals signs of lines that follow each other stand below each other, where the value ends on its line.
    fn align(&mut self) {
        let is_cell = |line: &Line| line.net == 0 && line.rest.starts_with(" = ");
        let mut start = 0;
        while start < self.lines.len() {
            let chain = self.lines[start..].iter().take_while(|line| is_cell(line)).count();
            let lines = &mut self.lines[start..start + chain];
            let widest = lines.iter().map(|line| line.lead.chars().count()).max().unwrap_or_default();
            for line in lines {
                let missing = widest - line.lead.chars().count();
                line.lead.push_str(&" ".repeat(missing));
            }
            start += chain.max(1);
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' if characters.peek() == Some(&'{') => out.extend([character, character]),
            printable if is_printable(printable) => out.push(printable),
            other => {
                let code = u32::from(other);
                // Writing to a string cannot fail.
                let _ = if code < 0x1_0000 { write!(out, "\\u{code:04x}") } else { write!(out, "\\U{code:08x}") };
            }
        }
    }
    out.push('"');
    out
}
