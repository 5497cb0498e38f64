//! `rsadecrypt`: PKCS #1 v1.5, for passwords that a cloud hands out encrypted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;

use super::super::value::Value;
use super::{Arguments, Failure};

/// No key has more bits.
const LARGEST: u64 = 16_384;

pub(super) fn decrypt(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    let text = arguments.text(0);
    let ciphertext: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    let ciphertext = STANDARD
        .decode(ciphertext)
        .map_err(|_| format!("failed to decode input {text:?}: cipher text must be base64-encoded"))?;
    let invalid = || "failed to parse key: a PEM-encoded RSA private key without a passphrase is required".to_owned();
    let (modulus, exponent) = private_key(arguments.text(1)).ok_or_else(invalid)?;
    if modulus.bits() > LARGEST || modulus.bits() < 64 {
        return Err(invalid());
    }
    let failed = || "failed to decrypt: crypto/rsa: decryption error".to_owned();
    let length = usize::try_from(modulus.bits().div_ceil(8)).map_err(|_| failed())?;
    let cipher = BigUint::from_bytes_be(&ciphertext);
    if ciphertext.len() > length || cipher >= modulus {
        return Err(failed());
    }
    let plain = cipher.modpow(&exponent, &modulus).to_bytes_be();
    // 00 02, at least eight bytes that are not zero, a zero, the message.
    let padding = plain.strip_prefix(&[2]).filter(|_| plain.len() + 1 == length).ok_or_else(failed)?;
    let end = padding.iter().position(|byte| *byte == 0).filter(|end| *end >= 8).ok_or_else(failed)?;
    let message = String::from_utf8(padding[end + 1..].to_vec());
    message.map(Value::text).map_err(|_| "failed to decrypt: the result is not valid UTF-8".to_owned())
}

/// The modulus and the private exponent of a key in PEM: PKCS #1 or PKCS #8.
fn private_key(pem: &str) -> Option<(BigUint, BigUint)> {
    let begin = pem.find("-----BEGIN ")?;
    let (label, body) = pem[begin + 11..].split_once("-----")?;
    let (body, _) = body.split_once("-----END ")?;
    let base64: String = body.chars().filter(|character| !character.is_whitespace()).collect();
    let der = STANDARD.decode(base64).ok()?;
    match label {
        "RSA PRIVATE KEY" => pkcs1(&der),
        "PRIVATE KEY" => {
            let (_, inner, _) = element(&der).filter(|(tag, ..)| *tag == 0x30)?;
            let (_, _, rest) = element(inner)?;
            let (_, _, rest) = element(rest)?;
            let (_, key, _) = element(rest).filter(|(tag, ..)| *tag == 0x04)?;
            pkcs1(key)
        }
        _ => None,
    }
}

fn pkcs1(der: &[u8]) -> Option<(BigUint, BigUint)> {
    let (_, inner, _) = element(der).filter(|(tag, ..)| *tag == 0x30)?;
    let (_, _, rest) = element(inner)?;
    let (_, modulus, rest) = element(rest)?;
    let (_, _, rest) = element(rest)?;
    let (_, exponent, _) = element(rest)?;
    Some((BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent)))
}

/// The tag, the content and what comes after the first element of DER.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let add = |sum: usize, byte: &u8| sum.checked_mul(256)?.checked_add(usize::from(*byte));
        (bytes.iter().try_fold(0, add)?, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}
