//! The block types that a module uses, read from the schema once and kept ready for many look-ups.

use std::cell::OnceCell;

use super::shape::Shape;
use super::{Schemas, Table};
use crate::terraform::address::ResourceMode;
use crate::terraform::module::Module;
use crate::terraform::resource::ResourceBlock;
use crate::terraform::schema::constraint::ConstraintKind;
use crate::terraform::schema::limits::{LimitTree, Limits};
use crate::terraform::schema::{Attribute, BlockNesting, BlockSchema, NestedBlock, Schema, TypeSchema};

/// What a block takes and gives.
pub(super) struct BlockType<'s> {
    fields: Table<&'s str, Field<'s>>,
    /// How many fields must be there.
    required: u32,
    schema: BlockSchema<'s>,
}

/// An attribute or a nested block.
pub(super) struct Field<'s> {
    /// The field's number in its block.
    pub(super) number: u32,
    pub(super) kind: FieldKind<'s>,
    /// What is in it, if it has fields of its own; read when first needed, because types such as dashboards nest
    /// thousands of blocks of which a module uses few.
    inner: OnceCell<Box<BlockType<'s>>>,
}

#[derive(Clone, Copy)]
pub(super) enum FieldKind<'s> {
    Attribute(AttributeKind<'s>),
    Block(NestedBlock<'s>),
}

/// What a check needs to know of an attribute.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the schema, one by one")]
pub(super) struct AttributeKind<'s> {
    /// What is known of its values, unless it has attributes of its own.
    pub(super) shape: Shape<'s>,
    /// How it is repeated and what is in it, if it has attributes of its own.
    nested: Option<(BlockNesting, BlockSchema<'s>)>,
    pub(super) required: bool,
    pub(super) settable: bool,
    pub(super) write_only: bool,
    /// Whether it may as well be a nested block.
    pub(super) untold: bool,
}

impl<'s> BlockType<'s> {
    pub(super) fn new(schema: BlockSchema<'s>) -> Self {
        let attributes = schema.attributes().map(|attribute| (attribute.name(), attribute_kind(attribute)));
        let blocks = schema.nested_blocks().map(|block| (block.name(), FieldKind::Block(block)));
        let fields: Table<_, _> = (0..)
            .zip(attributes.chain(blocks))
            .map(|(number, (name, kind))| (name, Field { number, kind, inner: OnceCell::new() }))
            .collect();
        let required = fields.values().filter(|field| field.required()).count();
        Self { fields, required: u32::try_from(required).unwrap_or(u32::MAX), schema }
    }

    /// The attribute or nested block of this name.
    pub(super) fn field(&self, name: &str) -> Option<&Field<'s>> {
        self.fields.get(name)
    }

    /// How many fields must be there.
    pub(super) fn required(&self) -> u32 {
        self.required
    }

    /// The names of all fields, sorted within attributes and within blocks.
    pub(super) fn names(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        let schema = self.schema;
        schema.attributes().map(Attribute::name).chain(schema.nested_blocks().map(NestedBlock::name))
    }

    /// The names of all fields that a block may set.
    pub(super) fn settable_names(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        let schema = self.schema;
        let attributes = schema.attributes().filter(|attribute| attribute.settable()).map(Attribute::name);
        attributes.chain(schema.nested_blocks().map(NestedBlock::name))
    }
}

impl<'s> BlockType<'s> {
    /// The names of all nested blocks.
    pub(super) fn block_names(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        self.schema.nested_blocks().map(NestedBlock::name)
    }

    /// Whether the way leads to a sensitive attribute, or through one.
    pub(super) fn is_sensitive<'n>(&self, mut way: impl Iterator<Item = &'n str>) -> bool {
        let Some(name) = way.next() else { return false };
        // A write-only argument reads as `null`, which shows nothing.
        let is_hidden = |attribute: Attribute<'_>| attribute.sensitive() && !attribute.write_only();
        let hidden = self.schema.attribute(name).is_some_and(is_hidden);
        hidden || self.field(name).and_then(Field::inner).is_some_and(|(_, inner)| inner.is_sensitive(way))
    }

    /// The names of all arguments that take ephemeral values.
    pub(super) fn write_only_names(&self) -> Vec<&'s str> {
        self.schema.attributes().filter(|attribute| attribute.write_only()).map(Attribute::name).collect()
    }
}

/// A type of resource, data source or ephemeral.
pub(super) struct ResourceType<'s> {
    pub(super) body: BlockType<'s>,
    pub(super) constraints: Vec<Constraint<'s>>,
    /// What the API behind the provider takes, read when literals are held to it.
    limits: OnceCell<LimitTree<'s>>,
    all_limits: Option<(&'s Limits, &'s str)>,
}

/// Arguments that go together or exclude each other.
pub(super) struct Constraint<'s> {
    pub(super) kind: ConstraintKind,
    /// The blocks that the ways to all its arguments lead through.
    pub(super) common: Vec<&'s str>,
    /// The ways to the arguments from there.
    pub(super) ways: Vec<Vec<&'s str>>,
}

impl<'s> Constraint<'s> {
    fn new(kind: ConstraintKind, paths: impl Iterator<Item = &'s str>) -> Self {
        let mut ways: Vec<Vec<&str>> = paths.map(|path| path.split('.').collect()).collect();
        let common = common_prefix(&ways);
        for way in &mut ways {
            way.drain(..common.len());
        }
        Self { kind, common, ways }
    }

    /// The whole path to an argument, for messages.
    pub(super) fn path(&self, way: &[&str]) -> String {
        [&self.common, way].concat().join(".")
    }
}

fn common_prefix<'s>(paths: &[Vec<&'s str>]) -> Vec<&'s str> {
    let Some((first, others)) = paths.split_first() else { return Vec::new() };
    let shared = |position: usize| {
        let name = first.get(position);
        paths.iter().all(|path| path.len() > position + 1) && others.iter().all(|path| path.get(position) == name)
    };
    first.iter().enumerate().take_while(|(position, _)| shared(*position)).map(|(_, name)| *name).collect()
}

impl<'s> ResourceType<'s> {
    fn new(schema: &'s Schema, mode: ResourceMode, type_name: &'s str) -> Option<Self> {
        let body = BlockType::new(schema.block_type(mode, type_name)?);
        let constraints = schema.constraints(mode, type_name);
        let constraints = constraints.map(|group| Constraint::new(group.kind(), group.paths()));
        let all_limits = (mode == ResourceMode::Managed).then(|| (schema.limits(), type_name));
        Some(Self { body, constraints: constraints.collect(), limits: OnceCell::new(), all_limits })
    }

    /// What the API behind the provider takes.
    pub(super) fn limits(&self) -> &LimitTree<'s> {
        self.limits.get_or_init(|| self.all_limits.map(|(all, name)| all.of_type(name)).unwrap_or_default())
    }
}

fn attribute_kind(attribute: Attribute<'_>) -> FieldKind<'_> {
    let value_type = attribute.value_type();
    let nested = match value_type {
        TypeSchema::Nested(nesting, schema) => Some((nesting, schema)),
        _ => None,
    };
    FieldKind::Attribute(AttributeKind {
        shape: Shape::from(value_type),
        nested,
        required: attribute.required(),
        settable: attribute.settable(),
        write_only: attribute.write_only(),
        untold: attribute.untold(),
    })
}

impl<'s> Field<'s> {
    pub(super) fn is_attribute(&self) -> bool {
        matches!(self.kind, FieldKind::Attribute(_))
    }

    /// Whether nothing is known of it but its name.
    pub(super) fn untold(&self) -> bool {
        matches!(self.kind, FieldKind::Attribute(attribute) if attribute.untold)
    }

    pub(super) fn required(&self) -> bool {
        match self.kind {
            FieldKind::Attribute(attribute) => attribute.required,
            FieldKind::Block(block) => block.min_items() > 0,
        }
    }

    /// What is in the field and how it is repeated, if it has fields of its own.
    pub(super) fn inner(&self) -> Option<(BlockNesting, &BlockType<'s>)> {
        let (nesting, schema) = match &self.kind {
            FieldKind::Attribute(attribute) => attribute.nested?,
            FieldKind::Block(block) => (block.nesting(), block.block()),
        };
        Some((nesting, self.inner.get_or_init(|| Box::new(BlockType::new(schema)))))
    }
}

/// What is known of a block's type.
#[derive(Clone, Copy)]
pub(super) enum Knowledge<'a> {
    Known(&'a ResourceType<'a>),
    /// The provider's schema does not have it.
    NoSuchType(&'a Schema),
    /// There is no schema of its provider.
    NoSchema,
}

impl<'a> Knowledge<'a> {
    pub(super) fn block_type(self) -> Option<&'a BlockType<'a>> {
        match self {
            Self::Known(known) => Some(&known.body),
            Self::NoSuchType(_) | Self::NoSchema => None,
        }
    }
}

/// The types of all blocks and provider configurations of modules, read once for all of them.
pub(super) struct Catalog<'s> {
    types: Table<TypeKey<'s>, Option<ResourceType<'s>>>,
    providers: Table<&'s str, BlockType<'s>>,
    schemas: &'s Schemas,
}

/// Provider, mode and type.
type TypeKey<'s> = (&'s str, ResourceMode, &'s str);

impl<'s> Catalog<'s> {
    pub(super) fn new(modules: impl IntoIterator<Item = &'s Module>, schemas: &'s Schemas) -> Self {
        let mut catalog = Self { types: Table::default(), providers: Table::default(), schemas };
        modules.into_iter().for_each(|module| catalog.add(module));
        catalog
    }

    fn add(&mut self, module: &'s Module) {
        let scoped = module.checks.iter().filter_map(|check| check.data.as_ref());
        for block in module.resources.iter().chain(scoped) {
            let key = type_key(block);
            if let Some(schema) = self.schemas.get(key.0) {
                self.types.entry(key).or_insert_with(|| ResourceType::new(schema, block.mode, &block.type_name));
            }
        }
        for provider in &module.providers {
            let name = provider.reference.name();
            if let Some(schema) = self.schemas.get(name) {
                self.providers.entry(name).or_insert_with(|| BlockType::new(schema.provider_configuration()));
            }
        }
    }

    pub(super) fn of_block(&'s self, block: &'s ResourceBlock) -> Knowledge<'s> {
        let key = type_key(block);
        match (self.types.get(&key), self.schemas.get(key.0)) {
            (Some(Some(known)), _) => Knowledge::Known(known),
            (_, Some(schema)) => Knowledge::NoSuchType(schema),
            (_, None) => Knowledge::NoSchema,
        }
    }

    pub(super) fn of_provider(&'s self, local_name: &str) -> Option<&'s BlockType<'s>> {
        self.providers.get(local_name)
    }

    pub(super) fn schema(&self, provider: &str) -> Option<&'s Schema> {
        self.schemas.get(provider)
    }
}

fn type_key(block: &ResourceBlock) -> TypeKey<'_> {
    (provider_name(block), block.mode, &block.type_name)
}

/// The local name of a block's provider: named, or the first word of the type.
pub(crate) fn provider_name(block: &ResourceBlock) -> &str {
    match &block.provider {
        Some(provider) => provider.name(),
        None => block.type_name.split('_').next().unwrap_or_default(),
    }
}
