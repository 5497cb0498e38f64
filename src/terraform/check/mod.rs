//! The closed world: before a document exists, every name in it is resolved and every argument held to its schema.
