//! Any module with every kind of block, in the order and form that its document gives back.

use std::collections::BTreeMap;

use dr_synth::terraform::expression::{Key, Root, Step, Traversal};
use dr_synth::terraform::variable::ObjectAttribute;
use dr_synth::terraform::{
    Any, Backend, Check, Condition, Expression, Import, Lifecycle, Module, ModuleCall, Moved, Number, Object, Output,
    Provider, ProviderReference, Removed, RequiredProvider, Resource, ResourceBlock, ResourceMode, TerraformSettings,
    TypeConstraint, Value, Variable,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::any_expression::{any_expression, any_literal, any_name, any_reference};
use super::any_text::any_text;
use super::normal_form::{normal, normal_object};

/// Blocks of each kind, sorted as documents are.
#[derive(Debug, Clone)]
struct Blocks {
    comment: Option<String>,
    settings: TerraformSettings,
    providers: Vec<Provider>,
    variables: Vec<Variable>,
    locals: Vec<(String, Expression)>,
    /// Data sources, ephemerals and managed resources, in this order.
    resources: Vec<Vec<ResourceBlock>>,
    outputs: Vec<Output>,
    checks: Vec<Check>,
    module_calls: Vec<ModuleCall>,
    moved: Vec<Moved>,
    removed: Vec<Removed>,
    imports: Vec<Import>,
}

impl Blocks {
    fn module(&self) -> Module {
        let mut module = Module::new();
        if let Some(comment) = &self.comment {
            module.comment(comment.clone());
        }
        module.settings(self.settings.clone());
        self.providers.iter().for_each(|provider| drop(module.add_provider(provider.clone())));
        self.variables.iter().for_each(|variable| drop(module.add_variable::<Any>(variable.clone())));
        for (name, value) in &self.locals {
            module.add_local::<Any>(name.clone(), Value::new(value.clone()));
        }
        self.resources.iter().flatten().for_each(|resource| drop(module.add(resource.clone())));
        self.outputs.iter().for_each(|output| module.add_output(output.clone()));
        self.checks.iter().for_each(|check| module.add_check(check.clone()));
        self.module_calls.iter().for_each(|call| drop(module.add_module_call(call.clone())));
        self.moved.iter().for_each(|moved| module.add_moved(moved.clone()));
        self.removed.iter().for_each(|removed| module.add_removed(removed.clone()));
        self.imports.iter().for_each(|import| module.add_import(import.clone()));
        module
    }

    /// The same blocks added in another order. `moved`, `removed`, `import` and the configurations of one provider are
    /// lists in the document: their order is their own.
    fn reversed(mut self) -> Module {
        self.variables.reverse();
        self.locals.reverse();
        self.resources.reverse();
        self.resources.iter_mut().for_each(|blocks| blocks.reverse());
        self.outputs.reverse();
        self.checks.reverse();
        self.module_calls.reverse();
        self.module()
    }
}

/// A module, and one with the same blocks in another order.
pub(super) fn shuffled() -> impl Strategy<Value = (Module, Module)> {
    any_blocks().prop_map(|blocks| (blocks.module(), blocks.reversed()))
}

fn any_blocks() -> impl Strategy<Value = Blocks> {
    let globals = (option::of(any_text()), settings(), providers(), vec(moved(), 0..2), vec(removed(), 0..2));
    let values = (
        named(variable()),
        btree_map(any_name(), value(), 0..3),
        named(output()),
        named(check()),
        named(module_call()),
    );
    let resources = (
        resources(ResourceMode::Data),
        resources(ResourceMode::Ephemeral),
        resources(ResourceMode::Managed),
        vec(import(), 0..2),
    );
    (globals, values, resources).prop_map(|(globals, values, resources)| {
        let (comment, settings, providers, moved, removed) = globals;
        let (variables, locals, outputs, checks, module_calls) = values;
        let (data, ephemeral, managed, imports) = resources;
        Blocks {
            comment,
            settings,
            providers,
            variables,
            locals: locals.into_iter().collect(),
            resources: vec![data, ephemeral, managed],
            outputs,
            checks,
            module_calls,
            moved,
            removed,
            imports,
        }
    })
}

/// Blocks with different names, in the order of these.
fn named<T: std::fmt::Debug + Clone + 'static>(
    block: impl Strategy<Value = Box<dyn NamedBlock<T>>> + 'static,
) -> impl Strategy<Value = Vec<T>> {
    btree_map(any_name(), block, 0..3)
        .prop_map(|blocks| blocks.into_iter().map(|(name, block)| block.named(name)).collect())
}

/// A block that only lacks its name.
trait NamedBlock<T>: std::fmt::Debug {
    fn named(&self, name: String) -> T;
}

struct With<F>(F);

impl<F> std::fmt::Debug for With<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a block without a name")
    }
}

impl<T, F: Fn(String) -> T> NamedBlock<T> for With<F> {
    fn named(&self, name: String) -> T {
        self.0(name)
    }
}

fn unnamed<T: 'static>(make: impl Fn(String) -> T + 'static) -> Box<dyn NamedBlock<T>> {
    Box::new(With(make))
}

fn value() -> impl Strategy<Value = Expression> {
    any_expression().prop_map(|expression| normal(&expression))
}

fn typed<T: std::fmt::Debug>() -> impl Strategy<Value = Value<T>> {
    value().prop_map(Value::new)
}

fn condition() -> impl Strategy<Value = Condition> {
    (typed::<bool>(), typed::<String>()).prop_map(|(condition, message)| Condition::new(condition, message))
}

/// Arguments whose names are no meta-arguments.
fn arguments() -> impl Strategy<Value = Object> {
    btree_map(any_name().prop_map(|name| format!("argument_{name}")), value(), 0..3)
        .prop_map(|arguments| arguments.into_iter().collect())
}

fn provider_reference() -> impl Strategy<Value = ProviderReference> {
    (any_name(), option::of(any_name())).prop_map(|(name, alias)| ProviderReference::new(name, alias.map(Into::into)))
}

fn providers() -> impl Strategy<Value = Vec<Provider>> {
    vec((arguments(), option::of(any_name())), 0..3).prop_map(|providers| {
        let provider = |(arguments, alias): (Object, Option<String>)| {
            let empty = alias.map_or_else(|| Provider::new("aws"), |alias| Provider::aliased("aws", alias));
            arguments.entries().fold(empty, |provider, (key, value)| match key {
                Key::Literal(name) => provider.set(name.clone(), value.clone()),
                Key::Computed(_) => provider,
            })
        };
        providers.into_iter().map(provider).collect()
    })
}

fn type_constraint() -> impl Strategy<Value = TypeConstraint> {
    let leaf = select(vec![TypeConstraint::Any, TypeConstraint::String, TypeConstraint::Number, TypeConstraint::Bool]);
    leaf.prop_recursive(3, 8, 3, |inner| {
        let attribute = (inner.clone(), any::<bool>(), option::of(any_literal()));
        prop_oneof![
            inner.clone().prop_map(|element| TypeConstraint::List(Box::new(element))),
            inner.clone().prop_map(|element| TypeConstraint::Set(Box::new(element))),
            inner.clone().prop_map(|element| TypeConstraint::Map(Box::new(element))),
            vec(inner, 0..3).prop_map(TypeConstraint::Tuple),
            btree_map(any_name(), attribute, 0..3).prop_map(|attributes| {
                let attribute = |(name, (of_type, optional, default)): (String, (_, bool, Option<Expression>))| {
                    // Terraform refuses a default that cannot become the type; null becomes any.
                    let is_any = matches!(of_type, TypeConstraint::Any);
                    let default = default.filter(|_| optional);
                    let default = default.map(|default| if is_any { normal(&default) } else { Expression::Null });
                    let default = default.map(|default| default.to_string());
                    ObjectAttribute { name, of_type, optional, default }
                };
                TypeConstraint::Object(attributes.into_iter().map(attribute).collect())
            }),
        ]
    })
}

fn variable() -> impl Strategy<Value = Box<dyn NamedBlock<Variable>>> {
    let default = option::of(any_literal().prop_map(|default| normal(&default)));
    let flags = (any::<bool>(), any::<bool>(), option::of(any::<bool>()));
    (type_constraint(), option::of(any_text()), default, flags, vec(condition(), 0..2)).prop_map(
        |(of_type, description, default, (sensitive, ephemeral, nullable), validations)| {
            unnamed(move |name| {
                let mut variable = Variable::new(name).of_type(of_type.clone());
                if let Some(description) = &description {
                    variable = variable.description(description.clone());
                }
                if let Some(default) = &default {
                    variable = variable.default(default.clone());
                }
                if sensitive {
                    variable = variable.sensitive();
                }
                if ephemeral {
                    variable = variable.ephemeral();
                }
                if let Some(nullable) = nullable {
                    variable = variable.nullable(nullable);
                }
                validations.iter().cloned().fold(variable, Variable::validation)
            })
        },
    )
}

fn output() -> impl Strategy<Value = Box<dyn NamedBlock<Output>>> {
    let lists = (vec(any_reference(), 0..2), vec(condition(), 0..2));
    (typed::<Any>(), option::of(any_text()), any::<bool>(), any::<bool>(), lists).prop_map(
        |(value, description, sensitive, ephemeral, (depends_on, preconditions))| {
            unnamed(move |name| {
                let mut output = Output::new(name, value.clone());
                if let Some(description) = &description {
                    output = output.description(description.clone());
                }
                if sensitive {
                    output = output.sensitive();
                }
                if ephemeral {
                    output = output.ephemeral();
                }
                let output = depends_on.iter().cloned().fold(output, Output::depends_on);
                preconditions.iter().cloned().fold(output, Output::precondition)
            })
        },
    )
}

fn check() -> impl Strategy<Value = Box<dyn NamedBlock<Check>>> {
    let data = option::of((any_name(), any_name(), block(ResourceMode::Data)));
    (condition(), vec(condition(), 0..2), data).prop_map(|(first, others, data)| {
        unnamed(move |name| {
            let check = others.iter().cloned().fold(Check::new(name, first.clone()), Check::assertion);
            match &data {
                // Terraform takes neither several nor a lifecycle here.
                Some((type_name, name, block)) => {
                    let block = BlockBody { count: None, for_each: None, lifecycle: Lifecycle::new(), ..block.clone() };
                    check.data(block.named(&format!("aws_{type_name}"), name))
                }
                None => check,
            }
        })
    })
}

fn module_call() -> impl Strategy<Value = Box<dyn NamedBlock<ModuleCall>>> {
    let texts = (any_text(), option::of(any_text()));
    let providers = btree_map(any_name(), provider_reference(), 0..2);
    let repetition = (option::of(value()), option::of(value()));
    (texts, arguments(), providers, repetition, vec(any_reference(), 0..2)).prop_map(
        |((source, version), arguments, providers, (count, for_each), depends_on)| {
            unnamed(move |name| {
                let mut call = ModuleCall::new(name, source.clone());
                if let Some(version) = &version {
                    call = call.version(version.clone());
                }
                for (key, value) in arguments.entries() {
                    if let Key::Literal(name) = key {
                        call = call.set(name.clone(), value.clone());
                    }
                }
                call = providers.iter().fold(call, |call, (inner, outer)| call.provider(inner.clone(), outer));
                if let Some(count) = &count {
                    call = call.count(count.clone());
                }
                if let Some(for_each) = &for_each {
                    call = call.for_each(for_each.clone());
                }
                depends_on.iter().cloned().fold(call, ModuleCall::depends_on)
            })
        },
    )
}

/// A resource that only lacks its type and name.
#[derive(Debug, Clone)]
struct BlockBody {
    mode: ResourceMode,
    arguments: Object,
    dynamic: Option<(String, Expression, Expression)>,
    provider: Option<ProviderReference>,
    count: Option<Expression>,
    for_each: Option<Expression>,
    depends_on: Vec<Expression>,
    lifecycle: Lifecycle,
}

impl BlockBody {
    fn named(&self, type_name: &str, name: &str) -> ResourceBlock {
        let mut block = ResourceBlock::new(self.mode, type_name.to_owned(), name.to_owned());
        let mut arguments = self.arguments.clone();
        if let Some((label, for_each, content)) = &self.dynamic {
            let generator: Object =
                [("content", content.clone()), ("for_each", for_each.clone())].into_iter().collect();
            let labels: Object = [(label.clone(), Expression::List(vec![generator.into()]))].into_iter().collect();
            arguments.set("dynamic", labels.into());
        }
        for (key, value) in normal_object(&arguments).entries() {
            if let Key::Literal(name) = key {
                block = block.set(name.clone(), value.clone());
            }
        }
        if let Some(provider) = &self.provider {
            block = block.provider(provider);
        }
        if let Some(count) = &self.count {
            block = block.count(Value::<Number>::new(count.clone()));
        }
        if let Some(for_each) = &self.for_each {
            block = block.for_each(for_each.clone());
        }
        self.depends_on.iter().cloned().fold(block, Resource::depends_on).lifecycle(self.lifecycle.clone())
    }
}

fn block(mode: ResourceMode) -> impl Strategy<Value = BlockBody> {
    let repetition = (option::of(value()), option::of(value()));
    let references = (option::of(provider_reference()), vec(any_reference(), 0..2));
    (arguments(), option::of(dynamic()), references, repetition, lifecycle()).prop_map(
        move |(arguments, dynamic, (provider, depends_on), (count, for_each), lifecycle)| BlockBody {
            mode,
            arguments,
            dynamic,
            provider,
            count,
            for_each,
            depends_on,
            lifecycle,
        },
    )
}

/// A dynamic block whose content uses the name that the block binds, as if it were a resource type.
fn dynamic() -> impl Strategy<Value = (String, Expression, Expression)> {
    (any_name(), value(), any_name(), value()).prop_map(|(label, for_each, attribute, other)| {
        let steps = vec![Step::Attribute("value".into())];
        let iterated = Expression::Traversal(Traversal { root: Root::Name(label.clone().into()), steps });
        let content: Object =
            [(format!("argument_{attribute}"), iterated), ("argument".to_owned(), other)].into_iter().collect();
        (label, for_each, Expression::Object(normal_object(&content)))
    })
}

fn lifecycle() -> impl Strategy<Value = Lifecycle> {
    let ignored = select(&["tags", "tags[\"Owner\"]", "setting[0].value"][..]);
    let ignored = prop_oneof![Just(None), vec(ignored, 0..3).prop_map(Some)];
    let flags = (any::<bool>(), option::of(any::<bool>()), any::<bool>());
    let conditions = (vec(condition(), 0..2), vec(condition(), 0..2));
    (flags, ignored, vec(any_reference(), 0..2), conditions).prop_map(
        |((create_before_destroy, prevent_destroy, all), ignored, triggers, (before, after))| {
            let mut lifecycle = Lifecycle::new();
            if create_before_destroy {
                lifecycle = lifecycle.create_before_destroy();
            }
            if let Some(prevent) = prevent_destroy {
                lifecycle = lifecycle.prevent_destroy(prevent);
            }
            if let Some(ignored) = ignored {
                lifecycle = if all { lifecycle.ignore_all_changes() } else { lifecycle.ignore_changes(ignored) };
            }
            let lifecycle = triggers.into_iter().fold(lifecycle, Lifecycle::replace_triggered_by);
            let lifecycle = before.into_iter().fold(lifecycle, Lifecycle::precondition);
            after.into_iter().fold(lifecycle, Lifecycle::postcondition)
        },
    )
}

fn resources(mode: ResourceMode) -> impl Strategy<Value = Vec<ResourceBlock>> {
    btree_map((any_name(), any_name()), block(mode), 0..3).prop_map(|blocks| {
        blocks.into_iter().map(|((type_name, name), block)| block.named(&format!("aws_{type_name}"), &name)).collect()
    })
}

fn address() -> impl Strategy<Value = String> {
    (any_reference(), option::of(0..9_u32)).prop_map(|(reference, index)| match index {
        Some(index) => format!("{reference}[{index}]"),
        None => reference.to_string(),
    })
}

fn moved() -> impl Strategy<Value = Moved> {
    (address(), address()).prop_map(|(from, to)| Moved { from, to })
}

fn removed() -> impl Strategy<Value = Removed> {
    (address(), any::<bool>()).prop_map(|(from, destroy)| Removed {
        from,
        destroy,
        connection: None,
        provisioners: Vec::new(),
    })
}

fn import() -> impl Strategy<Value = Import> {
    (address(), value(), option::of(value()), option::of(provider_reference()))
        .prop_map(|(to, id, for_each, provider)| Import { to, id, for_each, provider })
}

fn settings() -> impl Strategy<Value = TerraformSettings> {
    let required = (any_text(), option::of(any_text()), vec(provider_reference(), 0..2)).prop_map(
        |(source, version, configuration_aliases)| RequiredProvider {
            source: source.into(),
            version: version.map(Into::into),
            configuration_aliases,
        },
    );
    (option::of(any_text()), btree_map(any_name(), required, 0..3), option::of(backend())).prop_map(
        |(version, providers, backend): (_, BTreeMap<_, _>, _)| {
            let mut settings = TerraformSettings::new();
            if let Some(version) = version {
                settings = settings.required_version(version);
            }
            if let Some(backend) = backend {
                settings = settings.backend(backend);
            }
            providers
                .into_iter()
                .fold(settings, |settings, (name, provider)| settings.required_provider(name, provider))
        },
    )
}

fn backend() -> impl Strategy<Value = Backend> {
    let arguments = btree_map(any_name(), any_literal(), 0..3).prop_map(|arguments: BTreeMap<_, _>| {
        arguments.into_iter().map(|(name, value)| (name, normal(&value))).collect::<Object>()
    });
    prop_oneof![
        option::of(any_text()).prop_map(|path| Backend::Local { path }),
        (any_text(), any_text(), any_text(), any::<bool>(), option::of(any_text())).prop_map(
            |(bucket, key, region, use_lockfile, kms_key_id)| Backend::S3 {
                bucket,
                key,
                region,
                use_lockfile,
                kms_key_id
            }
        ),
        arguments.prop_map(|arguments| Backend::Other { type_name: "gcs".to_owned(), arguments }),
    ]
}
