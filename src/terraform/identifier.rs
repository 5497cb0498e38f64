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
    text.starts_with(starts_identifier) && text.chars().all(continues_identifier)
}
