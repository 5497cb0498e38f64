//! Encodings of text.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

/// Go's decoder passes over line breaks.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    STANDARD_LENIENT.decode(text).ok()
}

/// The bits after the last byte need not be zero.
const STANDARD_LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

pub(super) fn base64encode(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::text(STANDARD.encode(arguments.text(0))))
}

pub(super) fn base64decode(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (value, marks) = arguments.value(0).unmarked();
    let Some(text) = value.as_text() else { return Ok(value.unknown_like(Type::String).with_marks(marks)) };
    let bytes = decoded(text).ok_or_else(|| format!("failed to decode base64 data \"{text}\""))?;
    let text = String::from_utf8(bytes).map_err(|_| "the result of decoding the provided string is not valid UTF-8")?;
    Ok(Value::text(text).with_marks(marks))
}

pub(super) fn base64gzip(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let _ = arguments;
    Ok(Value::unknown(Type::String, "base64gzip() depends on how Terraform's own compressor splits its input"))
}

/// `application/x-www-form-urlencoded`
pub(super) fn urlencode(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let mut out = String::new();
    for byte in arguments.text(0).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    Ok(Value::text(out))
}

/// The ways to write text as bytes that Terraform knows.
enum Charset {
    Ascii,
    Utf8,
    Utf16 {
        is_big: bool,
        has_mark: bool,
    },
    Latin1,
    /// ISO-8859-9, of which the web knows only a superset.
    Latin5,
    Other(&'static Encoding),
    /// One that Terraform knows and this does not.
    Missing,
}

/// The names of encodings in IANA's register, in small letters, by the name that the web has for them.
const NAMES: &[(&str, &[&str])] = &[
    ("iso-8859-2", &["iso_8859-2:1987", "iso-ir-101", "iso_8859-2", "iso-8859-2", "latin2", "l2", "csisolatin2"]),
    ("iso-8859-3", &["iso_8859-3:1988", "iso-ir-109", "iso_8859-3", "iso-8859-3", "latin3", "l3", "csisolatin3"]),
    ("iso-8859-4", &["iso_8859-4:1988", "iso-ir-110", "iso_8859-4", "iso-8859-4", "latin4", "l4", "csisolatin4"]),
    ("iso-8859-5", &["iso_8859-5:1988", "iso-ir-144", "iso_8859-5", "iso-8859-5", "cyrillic", "csisolatincyrillic"]),
    (
        "iso-8859-6",
        &[
            "iso_8859-6:1987",
            "iso-ir-127",
            "iso_8859-6",
            "iso-8859-6",
            "ecma-114",
            "asmo-708",
            "arabic",
            "csisolatinarabic",
        ],
    ),
    (
        "iso-8859-7",
        &[
            "iso_8859-7:1987",
            "iso-ir-126",
            "iso_8859-7",
            "iso-8859-7",
            "elot_928",
            "ecma-118",
            "greek",
            "greek8",
            "csisolatingreek",
        ],
    ),
    ("iso-8859-8", &["iso_8859-8:1988", "iso-ir-138", "iso_8859-8", "iso-8859-8", "hebrew", "csisolatinhebrew"]),
    ("iso-8859-10", &["iso-8859-10", "iso-ir-157", "l6", "iso_8859-10:1992", "csisolatin6", "latin6"]),
    ("iso-8859-13", &["iso-8859-13", "csiso885913"]),
    (
        "iso-8859-14",
        &["iso-8859-14", "iso-ir-199", "iso_8859-14:1998", "iso_8859-14", "latin8", "iso-celtic", "l8", "csiso885914"],
    ),
    ("iso-8859-15", &["iso-8859-15", "iso_8859-15", "latin-9", "csiso885915"]),
    ("iso-8859-16", &["iso-8859-16", "iso-ir-226", "iso_8859-16:2001", "iso_8859-16", "latin10", "l10", "csiso885916"]),
    ("windows-874", &["windows-874", "cswindows874"]),
    ("windows-1250", &["windows-1250", "cswindows1250"]),
    ("windows-1251", &["windows-1251", "cswindows1251"]),
    ("windows-1252", &["windows-1252", "cswindows1252"]),
    ("windows-1253", &["windows-1253", "cswindows1253"]),
    ("windows-1254", &["windows-1254", "cswindows1254"]),
    ("windows-1255", &["windows-1255", "cswindows1255"]),
    ("windows-1256", &["windows-1256", "cswindows1256"]),
    ("windows-1257", &["windows-1257", "cswindows1257"]),
    ("windows-1258", &["windows-1258", "cswindows1258"]),
    ("koi8-r", &["koi8-r", "cskoi8r"]),
    ("koi8-u", &["koi8-u", "cskoi8u"]),
    ("macintosh", &["macintosh", "mac", "csmacintosh"]),
    ("ibm866", &["ibm866", "cp866", "866", "csibm866"]),
    ("gb18030", &["gb18030", "csgb18030"]),
    ("gbk", &["gbk", "cp936", "ms936", "windows-936", "csgbk"]),
    ("big5", &["big5", "csbig5"]),
    ("euc-kr", &["euc-kr", "cseuckr"]),
    ("iso-2022-jp", &["iso-2022-jp", "csiso2022jp"]),
    ("shift_jis", &["shift_jis", "ms_kanji", "csshiftjis"]),
    ("euc-jp", &["euc-jp", "extended_unix_code_packed_format_for_japanese", "cseucpkdfmtjapanese"]),
];

/// Encodings that Terraform knows and the web does not.
const MISSING: &[&str] = &[
    "ibm037",
    "cp037",
    "ebcdic-cp-us",
    "ebcdic-cp-ca",
    "ebcdic-cp-wt",
    "ebcdic-cp-nl",
    "csibm037",
    "ibm437",
    "cp437",
    "437",
    "cspc8codepage437",
    "ibm850",
    "cp850",
    "850",
    "cspc850multilingual",
    "ibm852",
    "cp852",
    "852",
    "cspcp852",
    "ibm855",
    "cp855",
    "855",
    "csibm855",
    "ibm00858",
    "ccsid00858",
    "cp00858",
    "csibm00858",
    "ibm860",
    "cp860",
    "860",
    "csibm860",
    "ibm862",
    "cp862",
    "862",
    "cspc862latinhebrew",
    "ibm863",
    "cp863",
    "863",
    "csibm863",
    "ibm865",
    "cp865",
    "865",
    "csibm865",
    "ibm1047",
    "ibm-1047",
    "csibm1047",
    "ibm01140",
    "ccsid01140",
    "cp01140",
    "csibm01140",
    "hz-gb-2312",
    "iso_8859-6-e",
    "iso-8859-6-e",
    "iso_8859-6-i",
    "iso-8859-6-i",
    "iso_8859-8-e",
    "iso-8859-8-e",
    "iso_8859-8-i",
    "iso-8859-8-i",
];

/// An encoding by one of its names in the register of IANA, in any case.
fn charset(name: &str) -> Result<Charset, Failure> {
    let lower = name.to_ascii_lowercase();
    Ok(match lower.as_str() {
        "us-ascii" | "iso-ir-6" | "ansi_x3.4-1968" | "ansi_x3.4-1986" | "iso_646.irv:1991" | "iso646-us" | "us"
        | "ibm367" | "cp367" | "csascii" => Charset::Ascii,
        "utf-8" | "csutf8" => Charset::Utf8,
        "utf-16" | "csutf16" => Charset::Utf16 { is_big: true, has_mark: true },
        "utf-16be" | "csutf16be" => Charset::Utf16 { is_big: true, has_mark: false },
        "utf-16le" | "csutf16le" => Charset::Utf16 { is_big: false, has_mark: false },
        "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "iso-ir-100" | "latin1" | "l1" | "ibm819" | "cp819"
        | "csisolatin1" => Charset::Latin1,
        "iso-8859-9" | "iso_8859-9" | "iso_8859-9:1989" | "iso-ir-148" | "latin5" | "l5" | "csisolatin5" => {
            Charset::Latin5
        }
        missing if MISSING.contains(&missing) => Charset::Missing,
        other => {
            let label = NAMES.iter().find(|(_, names)| names.contains(&other)).map(|(label, _)| label.as_bytes());
            let encoding = label.and_then(Encoding::for_label);
            Charset::Other(encoding.ok_or_else(|| {
                format!("\"{name}\" is not a supported IANA encoding name or alias in this Terraform version")
            })?)
        }
    })
}

/// The bytes of ISO-8859-9: where the web has other characters, it has control characters.
fn latin5(text: &str) -> Option<Vec<u8>> {
    let byte = |character: char| match character {
        '\u{80}'..='\u{9f}' => u8::try_from(u32::from(character)).ok(),
        other => {
            let mut buffer = [0; 4];
            let (bytes, _, had_errors) = encoding_rs::WINDOWS_1254.encode(other.encode_utf8(&mut buffer));
            let byte = bytes.first().copied().filter(|_| !had_errors)?;
            (!(0x80..0xa0).contains(&byte)).then_some(byte)
        }
    };
    text.chars().map(byte).collect()
}

fn missing(name: &str) -> Value {
    Value::unknown(Type::String, format!("the encoding {name} is known to Terraform only"))
}

fn utf16(text: &str, is_big: bool, has_mark: bool) -> Vec<u8> {
    let mark = has_mark.then_some(0xfeff_u16);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

pub(super) fn textencodebase64(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (text, name) = (arguments.text(0), arguments.text(1));
    let unfit = || format!("the given string contains characters that cannot be represented in {name}");
    let bytes: Cow<'_, [u8]> = match charset(name)? {
        Charset::Ascii if !text.is_ascii() => return Err(unfit()),
        Charset::Ascii | Charset::Utf8 => text.as_bytes().into(),
        Charset::Utf16 { is_big, has_mark } => utf16(text, is_big, has_mark).into(),
        Charset::Latin1 => {
            let bytes = text.chars().map(|character| u8::try_from(u32::from(character)).ok());
            bytes.collect::<Option<Vec<u8>>>().ok_or_else(unfit)?.into()
        }
        Charset::Latin5 => latin5(text).ok_or_else(unfit)?.into(),
        Charset::Missing => return Ok(missing(name)),
        Charset::Other(encoding) => {
            let (bytes, _, had_errors) = encoding.encode(text);
            if had_errors {
                return Err(unfit());
            }
            bytes
        }
    };
    Ok(Value::text(STANDARD.encode(bytes)))
}

pub(super) fn textdecodebase64(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let (source, name) = (arguments.text(0), arguments.text(1));
    let charset = charset(name)?;
    let bytes = decoded(source).ok_or("the given value is has an invalid base64 symbol")?;
    let undefined = || format!("the given string contains symbols that are not defined for {name}");
    let text = match charset {
        Charset::Ascii if !bytes.is_ascii() => return Err(undefined()),
        Charset::Ascii | Charset::Utf8 => String::from_utf8(bytes).map_err(|_| undefined())?,
        Charset::Utf16 { is_big, has_mark } => {
            let (is_big, bytes) = match bytes.as_slice() {
                [0xff, 0xfe, rest @ ..] if has_mark => (false, rest),
                [0xfe, 0xff, rest @ ..] if has_mark => (true, rest),
                all => (is_big, all),
            };
            let (pairs, rest) = bytes.as_chunks::<2>();
            let units =
                pairs.iter().map(|pair| if is_big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) });
            let text = String::from_utf16(&units.collect::<Vec<_>>()).map_err(|_| undefined())?;
            if !rest.is_empty() {
                return Err(undefined());
            }
            text
        }
        Charset::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Charset::Latin5 => {
            let control = |byte: u8| (0x80..0xa0).contains(&byte).then(|| char::from(byte).to_string());
            let text =
                |byte: &u8| control(*byte).unwrap_or_else(|| encoding_rs::WINDOWS_1254.decode(&[*byte]).0.into_owned());
            bytes.iter().map(text).collect()
        }
        Charset::Missing => return Ok(missing(name)),
        Charset::Other(encoding) => {
            let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
            // What Windows left open is a control character to the web, and nothing to Terraform.
            let is_open = |character: char| ('\u{80}'..'\u{a0}').contains(&character);
            text.filter(|text| !encoding.name().starts_with("windows") || !text.contains(is_open))
                .ok_or_else(undefined)?
                .into_owned()
        }
    };
    if text.contains('\u{fffd}') {
        return Err(undefined());
    }
    Ok(Value::text(text))
}
