//! The blocks that take objects over: `import`, and the data sources that look an id up in the plan.

use std::convert::Infallible;
use std::fmt::Write as _;

use super::address::Place;
use super::lift::{Lifter, account_name, data, provider_of};
use super::table::Lookup;
use crate::terraform::expression::{Names, Root};
use crate::terraform::refactoring::Import;
use crate::terraform::resource::{Resource as _, ResourceBlock};
use crate::terraform::{Configuration, Expression, Module, Object, ProviderReference, parse};

const TAGGED: &str = "aws_resourcegroupstaggingapi_resources";

/// Services whose objects are in no region: their tags are known in this one (AWS General Reference, "Route 53 endpoints").
const GLOBAL_SERVICES: [(&str, &str); 1] = [("route53", "us-east-1")];

/// Blocks of one document, for the objects of one configuration.
#[derive(Debug)]
pub(super) struct Blocks<'c> {
    configuration: &'c Configuration,
    module: Module,
    lifter: Lifter,
}

impl<'c> Blocks<'c> {
    pub(super) fn new(configuration: &'c Configuration) -> Self {
        Self { configuration, module: Module::new(), lifter: Lifter::default() }
    }

    pub(super) fn configuration(&self) -> &'c Configuration {
        self.configuration
    }

    /// All of them.
    pub(super) fn into_module(self) -> Module {
        let mut module = self.module;
        for alias in &self.lifter.accounts {
            let block = ResourceBlock::data("aws_caller_identity", account_name(alias.as_deref()));
            module.add(with_provider(block, alias.clone()));
        }
        module
    }

    /// An object that is there, by an id that is made of its arguments and of what is looked up by them.
    ///
    /// # Errors
    /// An argument cannot be named in the root.
    pub(super) fn import(
        &mut self,
        address: &str,
        place: &Place<'_>,
        id: &Expression,
        lookup: Option<&Lookup>,
    ) -> Result<(), String> {
        let mut id = self.lifter.lift(id, place)?;
        if let Some(lookup) = lookup {
            let name = block_name(address);
            let mut block = ResourceBlock::data(lookup.type_name, name.clone());
            for (argument, value) in &lookup.arguments {
                block = block.set(*argument, self.lifter.lift(value, place)?);
            }
            self.add_data(block, place);
            id = with_found(&id, &data(lookup.type_name, &name));
        }
        self.module.add_import(Import { to: address.to_owned(), id, for_each: None, provider: None });
        Ok(())
    }

    /// An object that may be there, by its tag `Name`: none is imported where there is none.
    ///
    /// # Errors
    /// It has no such tag of its own, or the service's tags cannot be asked for.
    pub(super) fn import_by_tag(
        &mut self,
        address: &str,
        place: &Place<'_>,
        service: &'static str,
        resource: &'static str,
        is_arn: bool,
    ) -> Result<(), String> {
        let tag = self.own_tag(place)?;
        let value = self.lifter.lift(tag, place)?;
        let name = block_name(address);
        let filter: Object =
            [("key", Expression::from("Name")), ("values", Expression::List(vec![value]))].into_iter().collect();
        let block = ResourceBlock::data(TAGGED, name.clone())
            .set("resource_type_filters", Expression::List(vec![service.into()]))
            .set("tag_filter", Expression::Object(filter));
        let home = GLOBAL_SERVICES.iter().find(|(name, _)| *name == service).map(|(_, region)| *region);
        match home {
            None => self.add_data(block, place),
            Some(region) => {
                let alias = self.provider_in(region)?;
                self.module.add(with_provider(block, alias));
            }
        }
        let for_each = instances(&data(TAGGED, &name), resource, is_arn)?;
        let id = Expression::named("each", &["value"]);
        self.module.add_import(Import { to: address.to_owned(), id, for_each: Some(for_each), provider: None });
        Ok(())
    }

    /// An object that may be there without tags, among all of its type: one of which the condition is true, and whose tag `Name`
    /// is its own, or is not there yet.
    ///
    /// # Errors
    /// It has no such tag of its own, or it is none that the condition knows.
    pub(super) fn import_from_list(
        &mut self,
        address: &str,
        place: &Place<'_>,
        all: &'static str,
        one: (&'static str, &'static str),
        condition: &Expression,
    ) -> Result<(), String> {
        if place.block.arguments().get("vpc").is_some() {
            return Err("it is private, and each VPC may have a zone of this name".to_owned());
        }
        let tag = self.own_tag(place)?;
        let tag = self.lifter.lift(tag, place)?;
        let condition = self.lifter.lift(condition, place)?;
        let name = block_name(address);
        self.add_data(ResourceBlock::data(all, name.clone()), place);
        let ids = within("toset(all.ids)", &[("all", &data(all, &name))])?;
        let each = Expression::named("each", &["value"]);
        self.add_data(ResourceBlock::data(one.0, name.clone()).for_each(ids).set(one.1, each.clone()), place);
        let for_each = within(
            "toset([for id, found in every : id if condition && lookup(found.tags, \"Name\", own) == own])",
            &[("every", &data(one.0, &name)), ("condition", &condition), ("own", &tag)],
        )?;
        self.module.add_import(Import { to: address.to_owned(), id: each, for_each: Some(for_each), provider: None });
        Ok(())
    }

    /// Its tag `Name`, which nothing else has.
    fn own_tag<'p>(&self, place: &Place<'p>) -> Result<&'p Expression, String> {
        let tag = match place.block.arguments().get("tags") {
            Some(Expression::Object(tags)) => tags.get("Name"),
            _ => None,
        };
        let tag = tag.ok_or("it has no tag `Name` to look it up by")?;
        self.is_alone(tag, place)?;
        Ok(tag)
    }

    /// No other block of its type has the same tag, and neither has another instance.
    fn is_alone(&self, tag: &Expression, place: &Place<'_>) -> Result<(), String> {
        let module = place.calls.last().map_or(self.configuration, |(configuration, _)| configuration).module();
        let is_other = |block: &&ResourceBlock| {
            block.type_name() == place.block.type_name()
                && block.address() != place.block.address()
                && block.provider == place.block.provider
        };
        let same = module.resources().iter().filter(is_other).find(|other| {
            matches!(other.arguments().get("tags"), Some(Expression::Object(tags)) if tags.get("Name") == Some(tag))
        });
        if let Some(other) = same {
            return Err(format!("its tag `Name` is that of `{}`, too", other.address()));
        }
        let mut names_instance = false;
        let _ = tag.replaced(&Names::none(), &mut |traversal| {
            names_instance |= matches!(&traversal.root, Root::Name(name) if name == "each" || name == "count");
            Ok::<_, ()>(None)
        });
        let may_have_others = match &place.block.count {
            // `condition ? 1 : 0`
            Some(Expression::Conditional(_, one, _)) => *one.as_ref() != Expression::from(1_u32),
            Some(_) => true,
            None => place.block.for_each.is_some(),
        };
        if may_have_others && !names_instance {
            return Err("all its instances have the same tag `Name`".to_owned());
        }
        Ok(())
    }

    fn provider_in(&self, region: &str) -> Result<Option<String>, String> {
        let providers = &self.configuration.module().providers;
        let is_there =
            |arguments: &Object| arguments.get("region") == Some(&Expression::Text(region.to_owned().into()));
        let found =
            providers.iter().find(|provider| provider.reference.name() == "aws" && is_there(&provider.arguments));
        let found =
            found.ok_or_else(|| format!("its tags are known in {region} only, where no provider is configured"))?;
        Ok(found.reference.alias().map(str::to_owned))
    }

    fn add_data(&mut self, block: ResourceBlock, place: &Place<'_>) {
        let alias = provider_of(place.block.provider.as_ref(), place, place.calls.len());
        self.module.add(with_provider(block, alias));
    }
}

fn with_provider(block: ResourceBlock, alias: Option<String>) -> ResourceBlock {
    block.provider(&ProviderReference::new("aws", alias.map(Into::into)))
}

/// The ids of what was found, as a set: one, or none.
fn instances(found: &Expression, resource: &str, is_arn: bool) -> Result<Expression, String> {
    let id = if is_arn { "it.resource_arn" } else { "regex(\"[^/:]+$\", it.resource_arn)" };
    let text = format!(
        "toset([for it in found.resource_tag_mapping_list : {id} if can(regex(\"{resource}\", it.resource_arn))])"
    );
    within(&text, &[("found", found)])
}

/// An expression with others in place of names.
fn within(text: &str, values: &[(&str, &Expression)]) -> Result<Expression, String> {
    Ok(with(&parsed(text, values, &Names::none())?, values))
}

/// The expression that a text is, in which the names of these values may stand.
fn parsed(text: &str, values: &[(&str, &Expression)], names: &Names<'_>) -> Result<Expression, String> {
    match values {
        [] => parse::expression_within(text, names).map_err(|error| error.to_string()),
        [(name, _), rest @ ..] => parsed(text, rest, &names.with(name)),
    }
}

/// The expression with a data source in place of the name `found`.
fn with_found(expression: &Expression, found: &Expression) -> Expression {
    with(expression, &[("found", found)])
}

/// The expression with others in place of names.
fn with(expression: &Expression, values: &[(&str, &Expression)]) -> Expression {
    let replaced = expression.replaced(&Names::none(), &mut |traversal| {
        let named = |(name, _): &&(&str, &Expression)| matches!(&traversal.root, Root::Name(root) if root == name);
        let value = values.iter().find(named).map(|(_, value)| (*value).clone());
        Ok::<_, Infallible>(value.map(|value| value.along(&traversal.steps)))
    });
    match replaced {
        Ok(expression) => expression,
        Err(never) => match never {},
    }
}

/// The name of a data source for an address: letters, digits and underscores.
fn block_name(address: &str) -> String {
    let mut name = "adopt_".to_owned();
    for character in address.chars() {
        match character {
            character if character.is_ascii_alphanumeric() || character == '_' => name.push(character),
            '.' | '[' => name.push('_'),
            ']' | '"' => {}
            // Two keys that differ in such a character alone have two names.
            other => _ = write!(name, "_{:x}", u32::from(other)),
        }
    }
    name
}
