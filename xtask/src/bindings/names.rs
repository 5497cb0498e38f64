//! What things are called in the generated code.

/// Keywords that no method or parameter may be called.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern",
    "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
    "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Methods that every resource has from its trait; a setter of that name would hide them.
const RESOURCE_METHODS: &[&str] = &[
    "new",
    "block_mut",
    "into_block",
    "provider",
    "count",
    "only_if",
    "for_each",
    "depends_on",
    "lifecycle",
    "dynamic_block",
    "clone",
    "into",
    "from",
];

/// Methods that every handle has; two of one name would not compile.
const HANDLE_METHODS: &[&str] = &["new", "address", "at", "key", "instance", "object", "attribute", "steps", "clone"];

/// Methods of nested blocks.
const BLOCK_METHODS: &[&str] = &["new", "default", "clone", "into", "from"];

fn suffixed(name: &str, taken: &[&str]) -> String {
    if KEYWORDS.contains(&name) || taken.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// The name of a parameter or module.
pub(super) fn plain(name: &str) -> String {
    suffixed(name, &[])
}

/// The name of a setter of a resource.
pub(super) fn resource_setter(name: &str) -> String {
    suffixed(name, RESOURCE_METHODS)
}

/// The name of a setter of a nested block.
pub(super) fn block_setter(name: &str) -> String {
    suffixed(name, BLOCK_METHODS)
}

/// The name of a handle's method.
pub(super) fn getter(name: &str) -> String {
    suffixed(name, HANDLE_METHODS)
}
