//! Identifiers: what Terraform takes as a name without quotes.

/// Whether `character` may begin a name. HCL takes Unicode's `ID_Start` and `_`; `XID_Start` differs from that in a
/// handful of compatibility characters.
pub fn starts_identifier(character: char) -> bool {
    character == '_' || unicode_ident::is_xid_start(character)
}

/// Whether `character` may follow in a name. HCL takes dashes there.
pub fn continues_identifier(character: char) -> bool {
    character == '-' || unicode_ident::is_xid_continue(character)
}

/// Whether the whole text is a name.
pub fn is_identifier(text: &str) -> bool {
    // Nearly all names are in ASCII, and every name in a document comes by here more than once.
    is_ascii_identifier(text.as_bytes())
        || !text.is_ascii() && text.starts_with(starts_identifier) && text.chars().all(continues_identifier)
}

/// How many bytes of a text that begins with a name belong to it.
pub fn identifier_length(text: &str) -> usize {
    let ascii = text.bytes().position(|byte| !CONTINUES[usize::from(byte)]).unwrap_or(text.len());
    match text.as_bytes().get(ascii) {
        Some(0x80..) => text.find(|character| !continues_identifier(character)).unwrap_or(text.len()),
        _ => ascii,
    }
}

fn is_ascii_identifier(text: &[u8]) -> bool {
    match text.split_first() {
        Some((b'a'..=b'z' | b'A'..=b'Z' | b'_', rest)) => rest.iter().all(|byte| CONTINUES[usize::from(*byte)]),
        _ => false,
    }
}

/// The bytes that may follow in a name in ASCII.
const CONTINUES: [bool; 256] = {
    let mut continues = [false; 256];
    let mut byte = 0;
    while byte < 0x80_u8 {
        continues[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        byte += 1;
    }
    continues
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_and_the_long_way_agree() {
        for character in '\0'..='\u{2ff}' {
            assert_eq!(is_identifier(&character.to_string()), starts_identifier(character), "{character:?} alone");
            assert_eq!(
                is_identifier(&format!("a{character}")),
                continues_identifier(character),
                "{character:?} after a"
            );
        }
        assert!(!is_identifier(""));
    }
}
