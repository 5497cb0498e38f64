//! `csvdecode`: RFC 4180 as Go reads it.

use super::super::types::Type;
use super::super::value::{Entries, Value};
use super::{Arguments, Failure};

pub(super) fn decode(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let mut records = records(arguments.text(0))?.into_iter();
    let (_, header) = records.next().ok_or("missing header line")?;
    let mut types = std::collections::BTreeMap::new();
    for name in &header {
        if types.insert(name.as_str(), Type::String).is_some() {
            return Err(format!("duplicate column name {name:?}"));
        }
    }
    let of_type = Type::object(types);
    let mut rows = Vec::new();
    for (line, record) in records {
        if record.len() != header.len() {
            return Err(format!("CSV parse error on line {line}: wrong number of fields"));
        }
        let entries = header.iter().zip(record).map(|(name, text)| (name.as_str().into(), Value::text(text)));
        rows.push(Value::object(entries.collect::<Entries>()));
    }
    let of_type = rows.first().map_or(of_type, |row| row.of_type().clone());
    Ok(Value::list(of_type, rows))
}

/// The records with the line that each begins on; lines without anything are none.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, Failure> {
    let text = text.replace("\r\n", "\n");
    let text = text.strip_suffix('\r').unwrap_or(&text);
    let mut records = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('\n') {
            rest = after;
            line += 1;
            continue;
        }
        let (start, mut fields) = (line, Vec::new());
        loop {
            let (field, after) = field(rest, &mut line)?;
            fields.push(field);
            rest = after;
            if let Some(after) = rest.strip_prefix(',') {
                rest = after;
                continue;
            }
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            line += 1;
            break;
        }
        records.push((start, fields));
    }
    Ok(records)
}

/// A field, and what comes after it: a comma, the end of the line or of the text.
fn field<'t>(text: &'t str, line: &mut usize) -> Result<(String, &'t str), Failure> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let (field, after) = text.split_at(end);
        if field.contains('"') {
            return Err(format!("CSV parse error on line {line}: bare \" in non-quoted field"));
        }
        return Ok((field.to_owned(), after));
    };
    let mut field = String::new();
    loop {
        let unclosed = || format!("CSV parse error on line {line}: extraneous or missing \" in quoted-field");
        let end = rest.find('"').ok_or_else(unclosed)?;
        field.push_str(&rest[..end]);
        *line += rest[..end].matches('\n').count();
        rest = &rest[end + 1..];
        if let Some(after) = rest.strip_prefix('"') {
            field.push('"');
            rest = after;
        } else if rest.is_empty() || rest.starts_with([',', '\n']) {
            return Ok((field, rest));
        } else {
            return Err(format!("CSV parse error on line {line}: extraneous or missing \" in quoted-field"));
        }
    }
}
