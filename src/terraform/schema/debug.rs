//! What a developer sees of a schema's parts, which are positions in bytes: names.

use std::fmt::{Debug, Formatter, Result};

use super::constraint::ConstraintGroup;
use super::{Attribute, BlockSchema, NestedBlock, ObjectSchema, TupleSchema, TypeReference};

impl Debug for BlockSchema<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_set().entries(self.attributes()).entries(self.nested_blocks()).finish()
    }
}

impl Debug for NestedBlock<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} {{...}}", self.name())
    }
}

impl Debug for Attribute<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.name())
    }
}

impl Debug for TypeReference<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.resolve().fmt(f)
    }
}

impl Debug for ObjectSchema<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_set().entries(self.fields()).finish()
    }
}

impl Debug for TupleSchema<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_list().entries(self.elements()).finish()
    }
}

impl Debug for ConstraintGroup<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{:?} of ", self.kind())?;
        f.debug_list().entries(self.paths()).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::aws;
    use crate::terraform::ResourceMode;

    #[test]
    fn names_and_types_are_shown() {
        let block = aws::schema().block_type(ResourceMode::Managed, "aws_sqs_queue").unwrap();
        let shown = format!("{block:?}");
        assert!(shown.contains("visibility_timeout_seconds") && shown.contains("timeouts {...}"), "{shown}");
        let tags = block.attribute("tags").unwrap().value_type();
        assert_eq!(format!("{tags:?}"), "Map(String)");
    }
}
