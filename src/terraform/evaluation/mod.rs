//! What the expressions of a configuration are: Terraform's own results, and "not known" with the reason where only a run,
//! a provider or a person can tell.
//!
//! ```text
//! ModuleTree + Inputs + ComputedAttributes ──> Evaluator ──> Value
//!                                                  │
//!      references ──> settle (each thing once) ──> context (one expression) ──> functions, operations, convert
//! ```
//!
//! A [`Value`] has a [`Type`], may be null or unknown (with what is known of it all the same), and carries [`Marks`]. The
//! rules are those of HCL and go-cty, which Terraform is made of; where they can be seen from outside, they are the same.

mod access;
mod body;
mod built_in;
mod constraint;
mod context;
#[allow(clippy::match_same_arms, reason = "tables of pairs of types, read row by row")]
mod convert;
mod equality;
mod error;
mod evaluator;
mod expansion;
#[allow(clippy::unnecessary_wraps, reason = "the functions of a table have one signature")]
mod functions;
mod graphemes;
mod iteration;
mod json;
mod lookup;
mod marks;
mod names;
mod number;
mod operation;
mod references;
mod schema_type;
mod set;
mod settle;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod unknown;
mod validating;
mod value;

pub(crate) use body::{content, generators, has_dynamic};
pub use error::EvaluationError;
pub use evaluator::{Evaluator, ModuleId, ProviderConfiguration, constant};
pub use functions::value_of_json;
pub use marks::Marks;
pub use number::Number;
pub use tree::{ComputedAttributes, Input, Inputs, InstanceKey, Instances, ModuleTree, NoSchemas, Repetition};
pub use types::{ObjectType, Type};
pub use unknown::{Bound, Refinement, Unknown};
pub use value::{Entries, Value};
