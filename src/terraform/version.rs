//! Versions and their constraints, as `required_version`, `required_providers` and module calls write them
//! (<https://developer.hashicorp.com/terraform/language/expressions/version-constraints>).

use std::cmp::Ordering;

/// The version of Terraform that documents are held to: the oldest that dr-synth's own document needs, in its last patch.
pub const TERRAFORM: &str = "1.11.4";

/// Conditions that a version must meet, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraints(Vec<Constraint>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Constraint {
    operator: Operator,
    numbers: Vec<u64>,
    prerelease: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Pessimistic,
}

/// More minor versions and patches than any provider has.
const YOUNGEST: u64 = 1_000_000;

impl Constraints {
    /// Reads constraints that commas divide; nothing if they are none.
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(|part| Constraint::parse(part.trim())).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether one of them names a version that is not released, which Terraform refuses for itself.
    pub fn has_prerelease(&self) -> bool {
        self.0.iter().any(|constraint| constraint.prerelease)
    }

    /// Whether some released version of a major version meets all of several constraints.
    pub fn admit_some_of(all: &[Self], major: u64) -> bool {
        let conditions = || all.iter().flat_map(|constraints| &constraints.0);
        // What is admitted is divided by the versions in the conditions: one of these, or one beside, is in each part.
        let of_major = conditions().map(|it| &it.numbers).filter(|numbers| numbers.first() == Some(&major));
        let at = |numbers: &[u64], at: usize| numbers.get(at).copied().unwrap_or(0);
        let beside = of_major.flat_map(|numbers| {
            let (minor, patch) = (at(numbers, 1), at(numbers, 2));
            let before = patch.checked_sub(1).map(|patch| (minor, patch));
            let before = before.or_else(|| Some((minor.checked_sub(1)?, YOUNGEST)));
            [Some((minor, patch)), Some((minor, patch + 1)), Some((minor + 1, 0)), before].into_iter().flatten()
        });
        let mut candidates = beside.chain([(0, 0), (YOUNGEST, YOUNGEST)]);
        candidates.any(|(minor, patch)| conditions().all(|condition| condition.admits(&[major, minor, patch])))
    }

    /// Whether a released version meets all of them.
    pub fn admit(&self, version: &str) -> bool {
        let Some((numbers, _)) = numbers(version) else { return false };
        self.0.iter().all(|constraint| constraint.admits(&numbers))
    }
}

impl Constraint {
    fn parse(text: &str) -> Option<Self> {
        const OPERATORS: [(&str, Operator); 7] = [
            (">=", Operator::AtLeast),
            ("<=", Operator::AtMost),
            ("!=", Operator::NotEqual),
            ("~>", Operator::Pessimistic),
            (">", Operator::Greater),
            ("<", Operator::Less),
            ("=", Operator::Equal),
        ];
        let found = OPERATORS.iter().find_map(|(symbol, operator)| Some((text.strip_prefix(symbol)?, *operator)));
        let (version, operator) = found.unwrap_or((text, Operator::Equal));
        let (numbers, prerelease) = numbers(version.trim_start())?;
        Some(Self { operator, numbers, prerelease })
    }

    fn admits(&self, version: &[u64]) -> bool {
        let order = compare(version, &self.numbers);
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => order.is_gt(),
            Operator::Less => order.is_lt(),
            Operator::AtLeast => order.is_ge(),
            Operator::AtMost => order.is_le(),
            Operator::Pessimistic => {
                let kept = self.numbers.len().saturating_sub(1);
                order.is_ge() && (0..kept).all(|at| version.get(at).unwrap_or(&0) == self.numbers.get(at).unwrap_or(&0))
            }
        }
    }
}

fn compare(left: &[u64], right: &[u64]) -> Ordering {
    let at = |numbers: &[u64], at: usize| numbers.get(at).copied().unwrap_or(0);
    let longest = left.len().max(right.len());
    (0..longest)
        .map(|index| at(left, index).cmp(&at(right, index)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The numbers of a version, and whether it has a part that says it is not released.
fn numbers(text: &str) -> Option<(Vec<u64>, bool)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (numbers, suffix) = text.split_at(end);
    let numbers = numbers.split('.').map(|number| number.parse().ok()).collect::<Option<Vec<u64>>>()?;
    let (prerelease, metadata) = match suffix.split_once('+') {
        Some((prerelease, metadata)) => (prerelease, Some(metadata)),
        None => (suffix, None),
    };
    let word = |text: &str| {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'~'))
        };
        text.split('.').all(part)
    };
    let fits = match prerelease.strip_prefix('-') {
        Some(prerelease) => word(prerelease),
        None => prerelease.is_empty() || word(prerelease),
    };
    (fits && metadata.is_none_or(word)).then_some((numbers, !prerelease.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_admit_what_terraform_admits() {
        let admits =
            ["1.11.4", ">= 1.11", "~> 1.11", "~> 1.11.0", "> 1.0, < 2.0", "!= 1.11.3", "v1.11.4", ">=1.1.0-beta1"];
        for text in admits {
            assert!(Constraints::parse(text).unwrap().admit(TERRAFORM), "{text}");
        }
        for text in ["1.5", "~> 1.10.0", "< 1.11.4", ">= 1.12", "1.11", "~> 2", "!= 1.11.4"] {
            assert!(!Constraints::parse(text).unwrap().admit(TERRAFORM), "{text}");
        }
    }

    #[test]
    fn a_major_version_is_admitted_where_one_version_of_it_is() {
        let admits = |texts: &[&str], major: u64| {
            let all: Vec<_> = texts.iter().map(|text| Constraints::parse(text).unwrap()).collect();
            Constraints::admit_some_of(&all, major)
        };
        for (texts, five, six) in [
            (&["~> 6.0"][..], false, true),
            (&["~> 5.40"], true, false),
            (&["6.2.1"], false, true),
            (&[">= 5.100.0, < 7.0.0"], true, true),
            (&[">= 5.0", "~> 6.3"], false, true),
            (&["> 5.100, < 6.0"], true, false),
            (&["> 6.1.0, < 6.1.2"], false, true),
            (&["> 6.1.0, < 6.1.1"], false, false),
            (&[">= 6.5.0", "<= 6.4"], false, false),
            (&["!= 6.0.0", "<= 6.0.0"], true, false),
            (&["< 5.0"], false, false),
            (&[], true, true),
        ] {
            assert_eq!((admits(texts, 5), admits(texts, 6)), (five, six), "{texts:?}");
        }
    }

    #[test]
    fn what_is_no_constraint_is_refused() {
        for text in ["", ">=", "latest", "1.x", ">= 1.0,", "=> 1.0", "1..2", "1.0 2.0", "~>1.0 || 2.0", ">= 1.0 <2"] {
            assert!(Constraints::parse(text).is_none(), "{text}");
        }
        assert!(Constraints::parse(">= 1.0.0-alpha").unwrap().has_prerelease());
    }
}
