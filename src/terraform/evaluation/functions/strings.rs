//! Functions of strings.

use super::super::graphemes::graphemes;
use super::super::types::Type;
use super::super::unknown::Refinement;
use super::super::value::Value;
use super::{Arguments, Failure, regex};

type Given = Result<Value, Failure>;

/// No text that a function makes is longer.
const LONGEST: usize = 64 << 20;

pub(super) fn upper(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::text(arguments.text(0).chars().map(to_upper).collect::<String>()))
}

pub(super) fn lower(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::text(arguments.text(0).chars().map(to_lower).collect::<String>()))
}

/// Go maps character by character: what becomes several in Rust stays as it is, or becomes the one that Unicode's simple
/// mapping gives.
fn to_upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next(), u32::from(character)) {
        (Some(upper), None, _) => upper,
        (_, _, code @ (0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7)) => {
            char::from_u32(code + 8).unwrap_or(character)
        }
        (_, _, 0x1fb3) => '\u{1fbc}',
        (_, _, 0x1fc3) => '\u{1fcc}',
        (_, _, 0x1ff3) => '\u{1ffc}',
        _ => character,
    }
}

fn to_lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ if character == '\u{130}' => 'i',
        _ => character,
    }
}

fn to_title(character: char) -> char {
    match character {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10ff}' => character,
        other => to_upper(other),
    }
}

pub(super) fn title(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let mut before = ' ';
    let titled = arguments.text(0).chars().map(|character| {
        let starts_word = is_separator(std::mem::replace(&mut before, character));
        if starts_word { to_title(character) } else { character }
    });
    Ok(Value::text(titled.collect::<String>()))
}

/// Go's `strings.Title`: in ASCII everything but letters, digits and the underscore parts words, beyond it only spaces.
fn is_separator(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_alphanumeric() && character != '_';
    }
    character.is_whitespace()
}

pub(super) fn strrev(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::text(graphemes(arguments.text(0)).rev().collect::<String>()))
}

pub(super) fn substr(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (offset, length) = (arguments.whole(1)?, arguments.whole(2)?);
    let text = arguments.text(0);
    let offset = if offset < 0 {
        let count = i64::try_from(graphemes(text).count()).unwrap_or(i64::MAX);
        offset + count
    } else if length == 0 {
        return Ok(Value::text(""));
    } else {
        offset
    };
    // An offset before the start counts as the start; zero characters from there are all, as Terraform has it.
    let skipped = usize::try_from(offset).unwrap_or_default();
    let rest = graphemes(text).skip(skipped);
    let part: String = match usize::try_from(length) {
        Ok(0) | Err(_) => rest.collect(),
        Ok(length) => rest.take(length).collect(),
    };
    Ok(Value::text(part))
}

pub(super) fn join(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let Some((separator, lists)) = arguments.values.split_first() else { return Ok(Value::text("")) };
    if lists.is_empty() {
        return Err("at least one list is required".to_owned());
    }
    let mut texts = Vec::new();
    for list in lists {
        for (position, item) in list.items().unwrap_or_default().iter().enumerate() {
            let text = item.as_text();
            texts.push(text.ok_or_else(|| format!("element {position} is null; cannot concatenate null values"))?);
        }
    }
    Ok(Value::text(texts.join(separator.as_text().unwrap_or_default())))
}

pub(super) fn sort(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let list = arguments.value(0);
    if let Some(reason) = list.unknown_reason() {
        let (shortest, longest) = super::super::context::lengths(&list);
        let unknown = Value::unknown(Type::list(Type::String), reason).refined_not_null();
        return Ok(unknown.refined(&Refinement::length(shortest, longest)));
    }
    let mut texts = Vec::new();
    for (position, item) in list.items().unwrap_or_default().iter().enumerate() {
        let text = item.as_text();
        texts.push(
            text.ok_or_else(|| format!("given list element {position} is null; a null string cannot be sorted"))?,
        );
    }
    texts.sort_unstable();
    Ok(Value::texts(texts))
}

pub(super) fn split(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (separator, text) = (arguments.text(0), arguments.text(1));
    if separator.is_empty() {
        return Ok(Value::texts(text.chars().map(String::from)));
    }
    Ok(Value::texts(text.split(separator)))
}

pub(super) fn chomp(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::text(arguments.text(0).trim_end_matches(['\r', '\n'])))
}

pub(super) fn indent(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let spaces = usize::try_from(arguments.whole(0)?).map_err(|_| "strings: negative Repeat count")?;
    let text = arguments.text(1);
    let lines = text.matches('\n').count();
    if spaces.saturating_mul(lines.max(1)) > LONGEST {
        return Err("the result is too long".to_owned());
    }
    if lines == 0 {
        return Ok(Value::text(text));
    }
    Ok(Value::text(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

pub(super) fn trim(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let cutset = arguments.text(1);
    Ok(Value::text(arguments.text(0).trim_matches(|character| cutset.contains(character))))
}

pub(super) fn trimspace(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::text(arguments.text(0).trim()))
}

pub(super) fn trimprefix(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let text = arguments.text(0);
    Ok(Value::text(text.strip_prefix(arguments.text(1)).unwrap_or(text)))
}

pub(super) fn trimsuffix(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let text = arguments.text(0);
    Ok(Value::text(text.strip_suffix(arguments.text(1)).unwrap_or(text)))
}

pub(super) fn startswith(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (value, prefix) = (arguments.value(0), arguments.text(1));
    let Some(text) = value.as_text() else {
        let known = value.refinement().and_then(|refinement| refinement.prefix.as_deref()).unwrap_or_default();
        if known.starts_with(prefix) {
            return Ok(Value::bool(true));
        }
        if !known.is_empty() && known.len() >= prefix.len() {
            return Ok(Value::bool(false));
        }
        return Ok(value.unknown_like(Type::Bool));
    };
    Ok(Value::bool(text.starts_with(prefix)))
}

pub(super) fn endswith(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::bool(arguments.text(0).ends_with(arguments.text(1))))
}

pub(super) fn strcontains(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::bool(arguments.text(0).contains(arguments.text(1))))
}

pub(super) fn replace(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (text, wanted, replacement) = (arguments.text(0), arguments.text(1), arguments.text(2));
    if let Some(pattern) = wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        return regex::replace(pattern, text, replacement);
    }
    let count = if wanted.is_empty() { text.chars().count() + 1 } else { text.matches(wanted).count() };
    if count.saturating_mul(replacement.len()) > LONGEST {
        return Err("the result is too long".to_owned());
    }
    Ok(Value::text(text.replace(wanted, replacement)))
}
