//! The Terraform language: values, references, blocks and modules, and how they become a document.
//!
//! ```text
//! typed code ──> Module ──> check (closed world) ──> document (JSON text)
//!                  ^                                     │
//!                  └───────────── parse <────────────────┘
//! ```
//!
//! This part of the crate knows no AWS: what a type takes and gives comes from a provider [`schema`].

pub mod address;
pub mod check;
pub mod check_block;
pub mod configuration;
pub mod constructs;
pub mod diagnostic;
mod dialect;
pub mod document;
pub mod evaluation;
pub mod expression;
pub mod functions;
pub mod identifier;
mod json;
pub mod layout;
pub mod lifecycle;
pub(crate) mod lock_file;
pub mod module;
mod module_source;
pub mod nearest;
pub mod operators;
pub mod output;
pub(crate) mod overridden;
pub mod parse;
pub mod provider;
pub(crate) mod provider_source;
pub mod provisioner;
pub mod read;
pub mod refactoring;
pub mod render;
pub mod resource;
pub mod schema;
pub mod scope;
pub mod settings;
pub mod source_map;
pub mod value;
pub mod variable;
pub mod version;
pub(crate) mod written_keys;

pub use address::{Address, ResourceMode};
pub use check::Schemas;
pub use check_block::Check;
pub use configuration::Configuration;
pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use dialect::Dialect;
pub use document::Document;
pub use expression::{Expression, Number, Object};
pub use layout::{Documents, ModulePath};
pub use lifecycle::{Condition, Lifecycle};
pub use module::Module;
pub use output::Output;
pub use provider::{Provider, ProviderReference};
pub use read::{Problem, ReadError, Reading};
pub use refactoring::{Import, ModuleCall, Moved, Removed};
pub use resource::{Handle, Resource, ResourceBlock};
pub use scope::Scope;
pub use settings::{Backend, RequiredProvider, TerraformSettings};
pub use value::{Any, Map, Value, concat, text};
pub use variable::{TypeConstraint, Variable};
