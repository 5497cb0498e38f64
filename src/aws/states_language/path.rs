//! Ways to a value that exists when the machine runs.

use std::fmt::{self, Display, Formatter, Write as _};

/// A way to a value in the data that a state gets, or in what Step Functions knows about the execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// `$.a.b`: a field of the state's input; without fields all of it.
    pub fn input<const N: usize>(fields: [&'static str; N]) -> Self {
        Self::below("$".to_owned(), &fields)
    }

    /// `$$.a.b`: a field of the context object, such as `$$.Execution.Id` (Step Functions developer guide, "Accessing
    /// execution data from the Context object").
    pub fn context<const N: usize>(fields: [&'static str; N]) -> Self {
        Self::below("$$".to_owned(), &fields)
    }

    /// `$[index].a.b`: a field of one branch's answer, where the input is the list of all branches' answers.
    pub fn item<const N: usize>(index: usize, fields: [&'static str; N]) -> Self {
        Self::below(format!("$[{index}]"), &fields)
    }

    /// `$$.Task.Token`: what somebody outside sends back to let a waiting task go on.
    pub fn task_token() -> Self {
        Self::context(["Task", "Token"])
    }

    fn below(mut root: String, fields: &[&'static str]) -> Self {
        for field in fields {
            if is_plain(field) {
                root.push('.');
                root.push_str(field);
            } else {
                // Writing to a string cannot fail.
                let _ = write!(root, "['{}']", field.replace('\\', "\\\\").replace('\'', "\\'"));
            }
        }
        Self(root)
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a field may stand after a dot.
fn is_plain(field: &str) -> bool {
    field.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && field.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_and_fields() {
        assert_eq!(Path::input([]).to_string(), "$");
        assert_eq!(Path::input(["guards", "verdict"]).to_string(), "$.guards.verdict");
        assert_eq!(Path::context(["Execution", "Id"]).to_string(), "$$.Execution.Id");
        assert_eq!(Path::item(1, ["error"]).to_string(), "$[1].error");
    }

    #[test]
    fn a_field_that_is_no_plain_name_stands_in_brackets() {
        assert_eq!(Path::input(["it's", "a-b", "2"]).to_string(), r"$['it\'s']['a-b']['2']");
    }
}
