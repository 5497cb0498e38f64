//! What the provider says about a document that breaks its rules, read back into the rule.
//!
//! Two libraries word these messages: the SDK (`"name": conflicts with name_prefix`) and the plugin framework
//! (`Exactly one of these attributes must be configured: [a,b]`).

use dr_synth::terraform::schema::constraint::ConstraintKind;

/// A rule that a document broke.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Complaint {
    pub(super) kind: ConstraintKind,
    /// Names joined by dots, without the numbers of list elements.
    pub(super) paths: Vec<String>,
}

/// The rule behind a diagnostic; nothing if it is about something else.
pub(super) fn parse(summary: &str, detail: &str) -> Option<Complaint> {
    let from_sdk = match summary {
        "Conflicting configuration arguments" => conflict(detail),
        "Invalid combination of arguments" => group(ConstraintKind::ExactlyOneOf, detail, '`', '`'),
        "Missing required argument" => missing(detail),
        _ => None,
    };
    from_sdk.or_else(|| from_framework(detail))
}

/// `"name": conflicts with name_prefix`
fn conflict(detail: &str) -> Option<Complaint> {
    let (first, second) = detail.split_once(": conflicts with ")?;
    complaint(ConstraintKind::Conflicts, [first.trim_matches('"'), second])
}

/// ``"a": all of `a,b` must be specified`` or ``"a": one of `a,b` must be specified``
fn missing(detail: &str) -> Option<Complaint> {
    let (name, rest) = detail.split_once(": ")?;
    if !rest.starts_with("all of ") {
        return group(ConstraintKind::AtLeastOneOf, rest, '`', '`');
    }
    let all = group(ConstraintKind::RequiredWith, rest, '`', '`')?;
    Some(required_with(&path(name.trim_matches('"')), all.paths))
}

/// The one that needs the others comes first.
fn required_with(name: &str, all: Vec<String>) -> Complaint {
    let others = all.into_iter().filter(|path| path != name);
    Complaint { kind: ConstraintKind::RequiredWith, paths: std::iter::once(name.to_owned()).chain(others).collect() }
}

fn from_framework(detail: &str) -> Option<Complaint> {
    let bracketed = |kind| group(kind, detail, '[', ']');
    if detail.starts_with("Exactly one of these attributes") || detail.contains("one (and only one) of [") {
        return bracketed(ConstraintKind::ExactlyOneOf);
    }
    if detail.starts_with("At least one of these attributes") || detail.contains("when at least one of [") {
        return bracketed(ConstraintKind::AtLeastOneOf);
    }
    if detail.starts_with("These attributes cannot be configured together") || detail.contains("at most one of [") {
        return bracketed(ConstraintKind::Conflicts);
    }
    if let Some(rest) = detail.strip_prefix("Block ") {
        let (name, _) =
            rest.split_once(" must have a configuration value as the provider has marked it as required")?;
        return complaint(ConstraintKind::AtLeastOneOf, [name]);
    }
    quoted_pair(detail)
}

/// `Attribute "a" cannot be specified when "b" is specified`, and the same with "must be".
fn quoted_pair(detail: &str) -> Option<Complaint> {
    let mut parts = detail.strip_prefix("Attribute \"")?.split('"');
    let (first, verb, second) = (parts.next()?, parts.next()?, parts.next()?);
    match verb {
        " cannot be specified when " => complaint(ConstraintKind::Conflicts, [first, second]),
        " must be specified when " => complaint(ConstraintKind::RequiredWith, [second, first]),
        _ => None,
    }
}

fn complaint<'a>(kind: ConstraintKind, paths: impl IntoIterator<Item = &'a str>) -> Option<Complaint> {
    let paths: Vec<String> = paths.into_iter().map(path).collect();
    paths.iter().all(|path| is_path(path)).then_some(Complaint { kind, paths })
}

/// The list between two marks.
fn group(kind: ConstraintKind, text: &str, open: char, close: char) -> Option<Complaint> {
    let (_, rest) = text.split_once(open)?;
    let mut depth = 0_u32;
    let mut names = vec![String::new()];
    for letter in rest.chars() {
        match letter {
            letter if letter == close && depth == 0 => {
                names.sort();
                names.dedup();
                return complaint(kind, names.iter().map(String::as_str));
            }
            // Elements of sets are named by their whole content, commas included: `rule[Value({"a":1,"b":2})].name`.
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            letter if depth == 0 => names.last_mut()?.push(letter),
            _ => {}
        }
    }
    None
}

/// `rule.0.filter[0].prefix` as `rule.filter.prefix`.
fn path(text: &str) -> String {
    let text = text.trim();
    let mut names = String::new();
    let mut depth = 0_u32;
    for letter in text.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            letter if depth == 0 => names.push(letter),
            _ => {}
        }
    }
    let names: Vec<_> = names.split('.').filter(|name| name.parse::<u32>().is_err()).collect();
    names.join(".")
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(summary: &str, detail: &str) -> Option<(ConstraintKind, Vec<String>)> {
        parse(summary, detail).map(|Complaint { kind, paths }| (kind, paths))
    }

    fn rule(kind: ConstraintKind, paths: &[&str]) -> (ConstraintKind, Vec<String>) {
        (kind, paths.iter().map(|path| (*path).to_owned()).collect())
    }

    #[test]
    fn reads_the_sdk() {
        let conflict =
            parsed("Conflicting configuration arguments", "\"rule.0.name\": conflicts with rule.0.name_prefix");
        assert_eq!(conflict, Some(rule(ConstraintKind::Conflicts, &["rule.name", "rule.name_prefix"])));
        let one = parsed(
            "Invalid combination of arguments",
            "\"b\": only one of `a,b,c` can be specified, but `a,b` were specified.",
        );
        assert_eq!(one, Some(rule(ConstraintKind::ExactlyOneOf, &["a", "b", "c"])));
        let none = parsed("Invalid combination of arguments", "\"b\": one of `a,b,c` must be specified");
        assert_eq!(none, one);
        let least = parsed("Missing required argument", "\"b\": one of `a,b` must be specified");
        assert_eq!(least, Some(rule(ConstraintKind::AtLeastOneOf, &["a", "b"])));
        let all = parsed("Missing required argument", "\"b\": all of `a,b` must be specified");
        assert_eq!(all, Some(rule(ConstraintKind::RequiredWith, &["b", "a"])));
    }

    #[test]
    fn reads_the_plugin_framework() {
        let summary = "Invalid Attribute Combination";
        let one = parsed(summary, "Exactly one of these attributes must be configured: [b,a]");
        assert_eq!(one, Some(rule(ConstraintKind::ExactlyOneOf, &["a", "b"])));
        let set = r#"No attribute specified when one (and only one) of [rule[0].move[Value({"x":<null>,"y":1})].x,rule[0].move[Value({"x":<null>,"y":1})].z] is required"#;
        assert_eq!(parsed(summary, set), Some(rule(ConstraintKind::ExactlyOneOf, &["rule.move.x", "rule.move.z"])));
        let cannot = parsed(summary, "Attribute \"a\" cannot be specified when \"b\" is specified");
        assert_eq!(cannot, Some(rule(ConstraintKind::Conflicts, &["a", "b"])));
        let must = parsed(summary, "Attribute \"a\" must be specified when \"b\" is specified");
        assert_eq!(must, Some(rule(ConstraintKind::RequiredWith, &["b", "a"])));
        let block = parsed(
            "Invalid Block",
            "Block plan must have a configuration value as the provider has marked it as required",
        );
        assert_eq!(block, Some(rule(ConstraintKind::AtLeastOneOf, &["plan"])));
    }

    #[test]
    fn leaves_other_complaints_alone() {
        assert_eq!(parsed("Invalid ARN Value", "The provided value cannot be parsed as an ARN."), None);
        assert_eq!(parsed("expected engine to be one of [\"aurora\"], got x", ""), None);
        assert_eq!(parsed("Missing required argument", "The argument \"name\" is required."), None);
    }
}
