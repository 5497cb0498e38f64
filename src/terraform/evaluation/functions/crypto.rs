//! Hashes and what is made of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure, files};

type Given = Result<Value, Failure>;

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

macro_rules! hashes {
    ($($text:ident, $file:ident => $hash:ident $encode:ident;)*) => {$(
        pub(super) fn $text(arguments: &mut Arguments<'_, '_, '_>) -> Given {
            Ok(Value::text($encode(&$hash::digest(arguments.text(0).as_bytes()))))
        }

        pub(super) fn $file(arguments: &mut Arguments<'_, '_, '_>) -> Given {
            let bytes = files::read(arguments, 0)?;
            Ok(Value::text($encode(&$hash::digest(bytes))))
        }
    )*};
}

hashes! {
    md5, file_md5 => Md5 hexadecimal;
    sha1, file_sha1 => Sha1 hexadecimal;
    sha256, file_sha256 => Sha256 hexadecimal;
    sha512, file_sha512 => Sha512 hexadecimal;
    base64sha256, file_base64sha256 => Sha256 base64;
    base64sha512, file_base64sha512 => Sha512 base64;
}

pub(super) fn bcrypt(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    if arguments.values.len() > 2 {
        return Err("bcrypt() takes no more than two arguments".to_owned());
    }
    if arguments.values.len() == 2 {
        let cost = arguments.whole(1)?;
        if cost > 31 {
            return Err(format!(
                "error occurred generating password crypto/bcrypt: cost {cost} is outside allowed inclusive range 4..31"
            ));
        }
    }
    if arguments.text(0).len() > 72 {
        return Err("error occurred generating password bcrypt: password length exceeds 72 bytes".to_owned());
    }
    Ok(Value::unknown(Type::String, "bcrypt() salts each result differently"))
}

pub(super) fn uuid(_: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::unknown(Type::String, "uuid() is another each time"))
}

pub(super) fn uuidv5(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let namespace = match arguments.text(0) {
        "dns" => "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "url" => "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
        "oid" => "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
        "x500" => "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
        other => other,
    };
    let bytes = parse_uuid(namespace).ok_or_else(|| format!("uuidv5() doesn't support namespace {namespace}"))?;
    let mut hash = Sha1::new();
    hash.update(bytes);
    hash.update(arguments.text(1).as_bytes());
    let mut uuid: Vec<u8> = hash.finalize().iter().take(16).copied().collect();
    uuid[6] = uuid[6] & 0x0f | 0x50;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    let text = hexadecimal(&uuid);
    Ok(Value::text(format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])))
}

/// A UUID in one of the forms that people write: with hyphens, in braces, as a URN, or as digits alone.
fn parse_uuid(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() {
        return None;
    }
    let digits = match text.len() {
        45 if text[..9].eq_ignore_ascii_case("urn:uuid:") => hyphenated(&text[9..])?,
        38 => hyphenated(&text[1..37])?,
        36 => hyphenated(text)?,
        32 => text.to_owned(),
        _ => return None,
    };
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (0..16).map(|index| byte(2 * index).filter(|_| digits.bytes().all(|it| it.is_ascii_hexdigit()))).collect()
}

fn hyphenated(text: &str) -> Option<String> {
    let has_hyphens = [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
    let digits = text.replace('-', "");
    (has_hyphens && digits.len() == 32).then_some(digits)
}
