//! AWS: resources typed from the provider's schema, and the documents AWS reads, as Rust types.
