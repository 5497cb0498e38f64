//! The extract: what the bindings are made of, in the format of `terraform providers schema -json`, small enough to read
//! and to check in.

use std::collections::BTreeMap;

use dr_synth::terraform::ResourceMode;
use dr_synth::terraform::schema::provider_json::{Block, Document, ProviderSchema, TopLevelBlock};

use serde::Serialize;

use crate::services::{Binding, UNTYPED_BLOCKS, all_bindings};
use crate::{Outcome, provider};

/// The provider's schema without all the types that have no bindings.
pub(crate) fn extract(full: &ProviderSchema) -> Outcome<Document> {
    let mut extract = ProviderSchema::default();
    for Binding { mode, type_name, .. } in all_bindings()? {
        let source = types(full, mode);
        let mut entry = source.get(&type_name).cloned().ok_or_else(|| {
            format!("{} {type_name} is not in {} {}", mode.keyword(), provider::SOURCE, provider::VERSION)
        })?;
        empty_untyped_blocks(&type_name, &mut entry.block);
        types_mut(&mut extract, mode).insert(type_name, entry);
    }
    Ok(Document {
        format_version: "1.0".to_owned(),
        provider_schemas: BTreeMap::from([(provider::SOURCE.to_owned(), extract)]),
    })
}

/// The types of a mode.
pub(crate) fn types(provider: &ProviderSchema, mode: ResourceMode) -> &BTreeMap<String, TopLevelBlock> {
    match mode {
        ResourceMode::Managed => &provider.resource_schemas,
        ResourceMode::Data => &provider.data_source_schemas,
        ResourceMode::Ephemeral => &provider.ephemeral_resource_schemas,
    }
}

fn types_mut(provider: &mut ProviderSchema, mode: ResourceMode) -> &mut BTreeMap<String, TopLevelBlock> {
    match mode {
        ResourceMode::Managed => &mut provider.resource_schemas,
        ResourceMode::Data => &mut provider.data_source_schemas,
        ResourceMode::Ephemeral => &mut provider.ephemeral_resource_schemas,
    }
}

fn empty_untyped_blocks(type_name: &str, block: &mut Block) {
    for (name, nested) in &mut block.block_types {
        if UNTYPED_BLOCKS.contains(&(type_name, name.as_str())) {
            nested.block = Block::default();
        }
    }
}

/// An extract as text: indented, sorted, the same text for the same content.
pub(crate) fn to_text(document: &impl Serialize) -> Outcome<String> {
    let mut text = serde_json::to_string_pretty(document).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}
