//! AWS: resources typed from the provider's schema, and the documents AWS reads, as Rust types.

use std::sync::LazyLock;

use crate::terraform::schema::Schema;

/// The schema of every resource, data source and ephemeral type of the AWS provider, not only of those with bindings.
pub fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        // A build with damaged bytes knows no type at all, so no document passes its check; a test keeps that away.
        Schema::open(include_bytes!("../../schema/aws-5.100.0.schema").as_slice()).unwrap_or_default()
    });
    &SCHEMA
}

#[cfg(test)]
mod schema_tests;
