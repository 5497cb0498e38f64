//! The schemas that a check holds a module to.

use std::borrow::Cow;
use std::collections::BTreeMap;

use std::sync::LazyLock;

use crate::terraform::schema::Schema;

/// The provider that is part of Terraform itself: it has no configuration and needs no source.
pub(crate) const BUILT_IN: &str = "terraform";

/// What `terraform providers schema -json` of Terraform 1.11 says of it.
fn built_in() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let schema = Schema::from_json(include_str!("built_in.json"), "terraform.io/builtin/terraform");
        // With damaged text it would have no type at all; a test keeps that away.
        schema.unwrap_or_default()
    });
    &SCHEMA
}

/// Provider schemas by the local name of the provider, such as `aws`.
///
/// Blocks of a provider that is not in here are checked for everything that needs no schema.
#[derive(Debug, Clone, Default)]
pub struct Schemas(BTreeMap<Cow<'static, str>, Schema>);

impl Schemas {
    /// No schema at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the schema of a provider.
    pub fn with(mut self, local_name: impl Into<Cow<'static, str>>, schema: Schema) -> Self {
        self.0.insert(local_name.into(), schema);
        self
    }

    /// The schema of a provider. That of the provider which is part of Terraform itself is always known.
    pub fn get(&self, local_name: &str) -> Option<&Schema> {
        self.0.get(local_name).or_else(|| (local_name == BUILT_IN).then(built_in))
    }
}
