//! Whether what is checked in is what would be generated, without Terraform.
//!
//! The encoded schema cannot be made again without the provider. Its digest shows that nobody changed it, and its
//! comparison with the extract that both come from one provider.

use std::path::PathBuf;

use dr_synth::aws;
use dr_synth::terraform::ResourceMode;
use dr_synth::terraform::schema::constraint::{Constraint, ConstraintGroup};
use dr_synth::terraform::schema::provider_json::{Attribute, Block, Document, NestedBlock, Type};
use dr_synth::terraform::schema::{self, BlockSchema, TypeReference, TypeSchema};

use crate::services::{Binding, UNTYPED_BLOCKS, all_bindings};
use crate::{Outcome, Project, bindings, digest_line, docs, extract, models, modules, provider, published, read};

/// Succeeds silently, or names the stale files and the command that makes them anew.
pub(crate) fn check(project: &Project) -> Outcome<()> {
    let mut stale = stale_schema(project)?;
    let stale_bindings = stale_bindings(project)?;
    let mut commands = Vec::new();
    if !stale.is_empty() {
        commands.push("cargo xtask schema");
    }
    if !stale_bindings.is_empty() {
        commands.push("cargo xtask bindings");
    }
    let stale_published = published::stale(project)?;
    if !stale_published.is_empty() {
        commands.push("cargo xtask published");
    }
    let stale_models = models::stale(project)?;
    if !stale_models.is_empty() {
        commands.push("cargo xtask models");
    }
    let stale_modules = modules::stale(project)?;
    if !stale_modules.is_empty() {
        commands.push("cargo xtask modules");
    }
    let stale_docs = docs::stale(project)?;
    if !stale_docs.is_empty() {
        commands.push("cargo xtask docs");
    }
    let files =
        stale_bindings.iter().chain(&stale_published).chain(&stale_models).chain(&stale_modules).chain(&stale_docs);
    stale.extend(files.map(|path| path.display().to_string()));
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("out of date:\n  {}\nrun: {}", stale.join("\n  "), commands.join(" && ")))
}

fn stale_bindings(project: &Project) -> Outcome<Vec<PathBuf>> {
    let files = bindings::generate(&project.root, &project.extract()?, &project.constraints()?)?;
    let stale = files.into_iter().filter(|file| project.read(&file.path).as_ref() != Ok(&file.text));
    Ok(stale.map(|file| file.path).collect())
}

fn stale_schema(project: &Project) -> Outcome<Vec<String>> {
    let mut stale = Vec::new();
    let encoded_path = Project::encoded_path();
    let encoded = std::fs::read(project.root.join(&encoded_path))
        .map_err(|error| format!("cannot read {}: {error}", encoded_path.display()))?;
    if read(&project.root.join(Project::digest_path()))? != digest_line(&encoded, provider::VERSION) {
        stale.push(format!("{}: its digest is not the recorded one", encoded_path.display()));
    }
    let extract_path = Project::extract_path();
    let text = project.read(&extract_path)?;
    let document: Document = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if extract::to_text(&document)? != text {
        stale.push(format!("{}: not written as `cargo xtask schema` writes it", extract_path.display()));
    }
    let provider = provider::parse(&text)?;
    for Binding { mode, type_name, .. } in all_bindings()? {
        let Some(entry) = extract::types(&provider, mode).get(&type_name) else {
            stale.push(format!("{}: {} {type_name} is missing", extract_path.display(), mode.keyword()));
            continue;
        };
        if let Err(place) = compare_type(mode, &type_name, &entry.block) {
            stale.push(format!("{}: differs from the extract at {place}", encoded_path.display()));
        }
    }
    stale.extend(stale_constraints(project)?);
    Ok(stale)
}

/// Whether the constraints' extract is written as it should be and says what the encoded schema says.
fn stale_constraints(project: &Project) -> Outcome<Vec<String>> {
    let path = Project::constraints_path();
    let text = project.read(&path)?;
    let set = project.constraints()?;
    let mut stale = Vec::new();
    if extract::to_text(&set)? != text {
        stale.push(format!("{}: not written as `cargo xtask schema` writes it", path.display()));
    }
    for (mode, types) in [(ResourceMode::Managed, &set.resource), (ResourceMode::Data, &set.data)] {
        for type_name in aws::schema().type_names(mode) {
            let embedded: Vec<Constraint> = aws::schema().constraints(mode, type_name).map(json_constraint).collect();
            if embedded != types.get(type_name).map_or(&[][..], Vec::as_slice) {
                stale.push(format!("{}: differs from the encoded schema at {type_name}", path.display()));
            }
        }
    }
    Ok(stale)
}

fn json_constraint(group: ConstraintGroup<'_>) -> Constraint {
    Constraint { kind: group.kind(), paths: group.paths().map(str::to_owned).collect() }
}

/// The place where the embedded schema and the extract differ.
type Difference = Result<(), String>;

fn compare_type(mode: ResourceMode, type_name: &str, block: &Block) -> Difference {
    let found = aws::schema().block_type(mode, type_name).ok_or_else(|| type_name.to_owned())?;
    compare_block(type_name, found, block, &|name| UNTYPED_BLOCKS.contains(&(type_name, name)))
}

fn compare_block(place: &str, found: BlockSchema<'_>, block: &Block, skip: &dyn Fn(&str) -> bool) -> Difference {
    let names: Vec<_> = found.attributes().map(schema::Attribute::name).collect();
    if !names.iter().eq(block.attributes.keys()) || found.deprecated() != block.deprecated {
        return Err(place.to_owned());
    }
    for (attribute, (name, expected)) in found.attributes().zip(&block.attributes) {
        compare_attribute(&format!("{place}.{name}"), attribute, expected)?;
    }
    let names: Vec<_> = found.nested_blocks().map(schema::NestedBlock::name).collect();
    if !names.iter().eq(block.block_types.keys()) {
        return Err(place.to_owned());
    }
    for (nested, (name, expected)) in found.nested_blocks().zip(&block.block_types) {
        let NestedBlock { nesting_mode, min_items, max_items, block } = expected;
        let place = format!("{place}.{name}");
        let limit = nested.max_items().unwrap_or(0);
        let same_limit = limit == *max_items || *max_items == 0 && limit == 1;
        if nested.nesting() != *nesting_mode || nested.min_items() != *min_items || !same_limit {
            return Err(place);
        }
        if !skip(name) {
            compare_block(&place, nested.block(), block, &|_| false)?;
        }
    }
    Ok(())
}

fn compare_attribute(place: &str, found: schema::Attribute<'_>, expected: &Attribute) -> Difference {
    let flags = [
        (found.required(), expected.required),
        (found.optional(), expected.optional),
        (found.computed(), expected.computed),
        (found.sensitive(), expected.sensitive),
        (found.write_only(), expected.write_only),
        (found.deprecated(), expected.deprecated),
    ];
    let same_type = expected.value_type.as_ref().is_none_or(|expected| json_type(found.value_type()) == *expected);
    if same_type && flags.iter().all(|(found, expected)| found == expected) { Ok(()) } else { Err(place.to_owned()) }
}

/// A type as the extract has it.
fn json_type(found: TypeSchema<'_>) -> Type {
    let element = |reference: TypeReference<'_>| Box::new(json_type(reference.resolve()));
    match found {
        TypeSchema::String => Type::String,
        TypeSchema::Number => Type::Number,
        TypeSchema::Bool => Type::Bool,
        // The AWS provider has no attribute with attributes of its own; one would show as a difference.
        TypeSchema::Dynamic | TypeSchema::Nested(..) => Type::Dynamic,
        TypeSchema::List(reference) => Type::List(element(reference)),
        TypeSchema::Set(reference) => Type::Set(element(reference)),
        TypeSchema::Map(reference) => Type::Map(element(reference)),
        TypeSchema::Tuple(tuple) => Type::Tuple(tuple.elements().map(|reference| *element(reference)).collect()),
        TypeSchema::Object(object) => {
            let fields = object.fields();
            let optional = fields.clone().filter(|field| field.optional());
            Type::Object {
                optional: optional.map(|field| field.name().to_owned()).collect(),
                fields: fields.map(|field| (field.name().to_owned(), json_type(field.value_type()))).collect(),
            }
        }
    }
}
