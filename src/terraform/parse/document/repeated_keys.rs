//! Bodies in native syntax whose objects have a key twice. Terraform takes them, and the last one counts; the parser of bodies
//! does not.
//!
//! Each key that was there already is given a name of its own, as long as the key, in a copy of the text: everything in it is still
//! where it was.

use std::collections::BTreeMap;

use hcl_edit::structure::Body;

use crate::terraform::expression::{Expression, Key, Root, Traversal};
use crate::terraform::parse::{self, SyntaxError};

/// So many keys are renamed: each takes another look at the whole text.
const MOST: u32 = 1_000;

/// A body, and what the keys that have other names in it really are, by where they begin.
pub(crate) struct NativeBody {
    pub(crate) body: Body,
    pub(crate) repeated: BTreeMap<usize, String>,
}

/// Parses a body.
pub(crate) fn parse(text: &str) -> Result<NativeBody, SyntaxError> {
    let mut copy = text.to_owned();
    let mut repeated = BTreeMap::new();
    for number in 0.. {
        let error = match hcl_edit::parser::parse_body(&copy) {
            Ok(body) => return Ok(NativeBody { body, repeated }),
            Err(error) => error,
        };
        let at = error.location().offset().min(text.len());
        let refused =
            || SyntaxError::new(at..at, format!("this is not Terraform's native syntax: {}", error.message()));
        if number >= MOST || !error.message().contains("redefined object key") {
            return Err(refused());
        }
        let (end, name) = key_at(text, at).ok_or_else(refused)?;
        let other = name_of_length(end - at, number).ok_or_else(refused)?;
        copy.replace_range(at..end, &other);
        repeated.insert(at, name);
    }
    Err(SyntaxError::new(0..0, "an object has too many keys twice"))
}

/// Where the key that begins here ends, and what it is.
fn key_at(text: &str, at: usize) -> Option<(usize, String)> {
    let rest = text.get(at..)?;
    let ends = rest.match_indices(['=', ':']).map(|(end, _)| rest[..end].trim_end());
    ends.take(16).find_map(|source| Some((at + source.len(), key_of(source)?)))
}

fn key_of(source: &str) -> Option<String> {
    let object = parse::expression(&format!("{{{source} = 1}}")).ok()?;
    let Expression::Object(object) = object else { return None };
    let (key, _) = object.entries().next()?;
    Some(match key {
        Key::Literal(name) => name.to_string(),
        Key::Computed(key) => match key.as_ref() {
            Expression::Traversal(Traversal { root: Root::Name(name), steps }) if steps.is_empty() => name.to_string(),
            _ => source.to_owned(),
        },
    })
}

/// The name of so many letters with this number; none where there are not as many.
fn name_of_length(length: usize, mut number: u32) -> Option<String> {
    const LETTERS: &[u8] = b"ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba";
    let mut name = vec![b'Z'; length];
    for letter in &mut name {
        *letter = LETTERS[number as usize % LETTERS.len()];
        number /= u32::try_from(LETTERS.len()).ok()?;
    }
    (number == 0).then(|| String::from_utf8(name).ok()).flatten()
}
