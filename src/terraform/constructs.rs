//! Constructs that not every Terraform has: what they are called, and since which version Terraform and `OpenTofu` have them
//! (from the changelogs of both).

use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::dialect::Dialect;

/// Something that can stand in a configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct Construct {
    /// What it is called, such as `import.identity`.
    pub name: &'static str,
    /// The first version of Terraform that has it.
    pub terraform: Option<&'static str>,
    /// The first version of `OpenTofu` that has it.
    pub opentofu: Option<&'static str>,
}

/// A place where a construct is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What is used.
    pub construct: &'static Construct,
    /// The block that it stands in.
    pub block: String,
    /// The way to it in the block.
    pub field: String,
}

macro_rules! constructs {
    ($($(#[doc = $doc:literal])* $constant:ident = $name:literal, $terraform:expr, $opentofu:expr;)*) => {
        $(
            $(#[doc = $doc])*
            pub const $constant: &Construct =
                &Construct { name: $name, terraform: $terraform, opentofu: $opentofu };
        )*
        /// All of them.
        pub const ALL: &[&Construct] = &[$($constant),*];
    };
}

constructs! {
    /// An object told by its identity instead of its id.
    IMPORT_IDENTITY = "import.identity", Some("1.12"), Some("1.12");
    /// Something that a provider does.
    ACTION = "action", Some("1.14"), None;
    /// When an action is started.
    ACTION_TRIGGER = "lifecycle.action_trigger", Some("1.14"), None;
    /// A variable that must be known before anything is planned.
    VARIABLE_CONST = "variable.const", Some("1.15"), Some("1.12");
    /// A variable that nobody should set any more.
    VARIABLE_DEPRECATED = "variable.deprecated", Some("1.15"), Some("1.10");
    /// An output that nobody should read any more.
    OUTPUT_DEPRECATED = "output.deprecated", Some("1.15"), Some("1.10");
    /// The type of an output.
    OUTPUT_TYPE = "output.type", Some("1.15"), None;
    /// Whether an object that goes is destroyed.
    LIFECYCLE_DESTROY = "lifecycle.destroy", Some("1.16"), Some("1.12");
    /// Whether a block is there at all.
    LIFECYCLE_ENABLED = "lifecycle.enabled", None, Some("1.11");
    /// A `prevent_destroy` that is computed.
    DYNAMIC_PREVENT_DESTROY = "lifecycle.prevent_destroy with an expression", None, Some("1.12");
    /// A configuration for each of several regions or accounts.
    PROVIDER_FOR_EACH = "provider.for_each", None, Some("1.9");
    /// A state that is encrypted by the program itself.
    ENCRYPTION = "terraform.encryption", None, Some("1.7");
    /// What a module is written for.
    LANGUAGE = "language", None, Some("1.12");
    /// The source of a module, computed from variables that are known beforehand.
    MODULE_SOURCE = "module.source with an expression", Some("1.15"), Some("1.8");
}

impl Use {
    /// What the program of the version that documents are held to says.
    pub(crate) fn diagnostic(&self, dialect: Dialect) -> Diagnostic {
        let Construct { name, terraform, opentofu } = self.construct;
        let since = match (terraform, opentofu) {
            (Some(terraform), Some(opentofu)) => {
                format!("Terraform has it since {terraform}, OpenTofu since {opentofu}")
            }
            (Some(terraform), None) => format!("Terraform has it since {terraform}, OpenTofu has it not"),
            (None, Some(opentofu)) => format!("Terraform has it not, OpenTofu has it since {opentofu}"),
            (None, None) => "neither Terraform nor OpenTofu has it".to_owned(),
        };
        let message = format!("`{name}` is not in {} {}", dialect.program(), dialect.version());
        Diagnostic::new(DiagnosticKind::Construct, &self.block, message).at(&self.field).because(since)
    }
}
