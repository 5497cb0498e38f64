//! Statements into policies of the size that IAM takes.
//!
//! IAM user guide, "IAM and AWS STS quotas": a managed policy has at most 6,144 characters, white space not counted; a role
//! has ten of them, and twenty after a request.

use serde_json::{Value, json};

use super::statement::{Detail, Grants, Statement};

/// The size of a managed policy.
pub(super) const MOST_CHARACTERS: usize = 6_144;
/// How many a role has.
pub(super) const MOST_POLICIES: usize = 10;
/// Around the statements, which commas part.
const FRAME: usize = r#"{"Version":"2012-10-17","Statement":[]}"#.len();

/// The permissions do not fit into the policies that IAM takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the permissions fill {policies} policies of {MOST_CHARACTERS} characters, and IAM takes {MOST_POLICIES} for a role"
)]
pub struct TooMuch {
    /// How many policies there would be.
    pub policies: usize,
}

/// The policies, with resources named as exactly as the space allows.
pub(super) fn policies(grants: &Grants) -> Result<Vec<Value>, TooMuch> {
    let mut needed = 0;
    for detail in Detail::ALL {
        let packed = pack(grants.statements(detail));
        if packed.len() <= MOST_POLICIES {
            return Ok(packed);
        }
        needed = packed.len();
    }
    Err(TooMuch { policies: needed })
}

/// The largest first, each into the first policy that has room for it.
fn pack(statements: Vec<Statement>) -> Vec<Value> {
    let mut sized: Vec<(usize, Value)> = statements.into_iter().flat_map(fitting).collect();
    // Stable, so equal sizes keep the order of their resources.
    sized.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let mut bins: Vec<(usize, Vec<Value>)> = Vec::new();
    for (size, statement) in sized {
        match bins.iter_mut().find(|(used, _)| used + size < MOST_CHARACTERS) {
            Some((used, statements)) => {
                *used += size + 1;
                statements.push(statement);
            }
            None => bins.push((FRAME + size, vec![statement])),
        }
    }
    bins.into_iter().map(|(_, statements)| json!({"Version": "2012-10-17", "Statement": statements})).collect()
}

/// A statement in parts that fit into a policy, with their sizes.
fn fitting(statement: Statement) -> Vec<(usize, Value)> {
    let json = statement.to_json();
    let size = json.to_string().len();
    if FRAME + size <= MOST_CHARACTERS {
        return vec![(size, json)];
    }
    let halves = statement.halves();
    if halves.len() == 1 {
        // One action on one resource of such a length is no ARN; IAM will say so.
        return vec![(size, json)];
    }
    halves.into_iter().flat_map(fitting).collect()
}
