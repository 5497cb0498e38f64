//! The blocks of a module, kind by kind: what each lets its expressions name, and what its arguments must be.

use super::catalog::{BlockType, Knowledge};
use super::checker::{Checker, Context, Repetition};
use super::index::Declared;
use super::place::BlockName;
use super::shape::{Element, Shape};
use super::{BUILT_IN, adoption, constraints, provider_name, refactoring, references, surroundings};
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::check_block::Check;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Key, Root};
use crate::terraform::lifecycle::Condition;
use crate::terraform::module::Local;
use crate::terraform::nearest::nearest;
use crate::terraform::output::Output;
use crate::terraform::provider::{Provider, ProviderReference};
use crate::terraform::refactoring::ModuleCall;
use crate::terraform::resource::ResourceBlock;
use crate::terraform::schema::Schema;
use crate::terraform::variable::Variable;

/// What a condition of a `check` is called.
pub(super) const ASSERTION: &str = "assert";

impl<'a> Checker<'a> {
    /// Walks every block. Those that others can depend on come first, in the order of their numbers in the graph.
    pub(super) fn blocks(&mut self) {
        let index = self.index;
        let module = index.module;
        module.providers.iter().for_each(|provider| self.provider(provider));
        module.variables.iter().for_each(|variable| self.variable(variable));
        module.locals.iter().for_each(|local| self.local(local));
        index.declared().iter().for_each(|declared| self.resource(*declared));
        module.module_calls.iter().for_each(|call| self.module_call(call));
        // Nothing depends on what follows.
        self.dependencies.open();
        module.outputs.iter().for_each(|output| self.output(output));
        module.checks.iter().for_each(|check| self.check(check));
        if self.index.is_strict() {
            refactoring::check(self);
        } else {
            adoption::check(self);
        }
    }

    fn provider(&mut self, provider: &'a Provider) {
        self.dependencies.open();
        self.findings.enter(BlockName::Provider(&provider.reference));
        let context = Context { takes_ephemeral: true, ..Context::default() };
        self.within(context, |checker| match checker.index.catalog.of_provider(provider.reference.name()) {
            // Of a configuration that nothing uses Terraform asks nothing.
            _ if !checker.index.is_used(&provider.reference) => {}
            // What its own provider is told Terraform does not look at.
            _ if provider.reference.name() == BUILT_IN && !checker.index.is_strict() => {}
            Some(block_type) => checker.body(block_type, &provider.arguments),
            None => checker.free_body(&provider.arguments),
        });
    }

    fn variable(&mut self, variable: &'a Variable) {
        self.dependencies.open();
        self.findings.enter(BlockName::Variable(&variable.name));
        if let Some(default) = &variable.default {
            self.findings.push("default");
            self.default_value(variable, default);
            self.findings.pop();
        }
        let context = Context { validated: Some(&variable.name), ..Context::default() };
        self.within(context, |checker| checker.conditions("validation", &variable.validations));
        self.validations(variable);
    }

    fn default_value(&mut self, variable: &'a Variable, default: &'a Expression) {
        if !is_written_out(default) {
            let message = format!("`{default}` is computed, but a default is plain text");
            self.findings.add(
                self.findings
                    .here(DiagnosticKind::MisplacedReference, message)
                    .because("Terraform reads defaults before anything else exists")
                    .help("leave the default `null` and compute it in a local value"),
            );
            return;
        }
        if matches!(default, Expression::Null) && variable.nullable == Some(false) {
            let message = "the default is `null`, which the variable does not take";
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
        self.value(variable.of_type.as_ref().map_or(Shape::Unknown, Shape::from), default);
    }

    /// A validation that does not look at its own variable validates nothing; Terraform refuses it.
    fn validations(&mut self, variable: &'a Variable) {
        for (position, validation) in variable.validations.iter().enumerate() {
            let own = |root: &Root| matches!(root, Root::Address(address) if is_variable(address, &variable.name));
            if !references::mentions(&validation.condition, own) {
                self.findings.push("validation");
                self.findings.push_index(position);
                self.findings.push("condition");
                let message = format!("the condition does not look at `var.{}`", variable.name);
                self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message));
                (0..3).for_each(|_| self.findings.pop());
            }
        }
    }

    fn local(&mut self, local: &'a Local) {
        self.dependencies.open();
        self.findings.enter(BlockName::Local(&local.name));
        self.infer(&local.value);
        self.ephemeral = None;
    }

    fn resource(&mut self, declared: Declared<'a>) {
        let block = declared.block;
        self.dependencies.open();
        self.findings.enter(BlockName::Resource(block));
        let default = || ProviderReference::new(provider_name(block).to_owned(), None);
        let reference = block.provider.clone().unwrap_or_else(default);
        if let Some(provider) = self.index.provider(&reference) {
            self.depend(provider.node);
        }
        let base = Context { owner: Some(declared), check: declared.check, ..Context::default() };
        let repetition = self.repetition(base, block.count.as_ref(), block.for_each.as_ref());
        let context = Context { repetition, takes_ephemeral: block.mode == ResourceMode::Ephemeral, ..base };
        self.within(context, |checker| {
            checker.arguments_of(declared);
            checker.depends_on(&block.depends_on);
        });
        self.provisioning(declared, context);
        self.lifecycle(declared, context);
    }

    fn arguments_of(&mut self, declared: Declared<'a>) {
        let block = declared.block;
        match declared.knowledge {
            Knowledge::Known(known) => {
                let limits = self.index.is_strict().then(|| known.limits());
                self.limits = limits.filter(|limits| !limits.is_empty());
                self.passes_over_unknown = block.overridden.is_some();
                self.body(&known.body, &block.arguments);
                self.limits = None;
                self.only_overridden(&known.body, block);
                constraints::check(&known.constraints, &block.arguments, &mut self.findings);
            }
            Knowledge::NoSuchType(schema) => {
                self.unknown_type(block, schema);
                self.free_body(&block.arguments);
            }
            Knowledge::NoSchema => self.free_body(&block.arguments),
        }
    }

    /// What is required must be in the block itself, whatever an override file gives.
    fn only_overridden(&mut self, block_type: &BlockType<'_>, block: &ResourceBlock) {
        for name in block.overridden.iter().flat_map(|overridden| &overridden.only_there) {
            let is_required = block_type.field(name).is_some_and(|field| field.is_attribute() && field.required());
            if is_required {
                let message = format!("the argument `{name}` is required, but only an override file has it");
                self.findings.add(self.findings.here(DiagnosticKind::MissingArgument, message));
            }
        }
    }

    fn unknown_type(&mut self, block: &'a ResourceBlock, schema: &Schema) {
        let ResourceBlock { mode, type_name, .. } = block;
        let message = format!("the provider `{}` has no {} `{type_name}`", schema.provider_name(), noun(*mode));
        let modes = [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral];
        let other = modes.into_iter().find(|mode| schema.block_type(*mode, type_name).is_some());
        let diagnostic = self.findings.here(DiagnosticKind::UnknownType, message);
        self.findings.add(match other {
            Some(other) => diagnostic.help(format!("it has one as a {}", noun(other))),
            None => diagnostic.candidates(nearest(type_name, schema.type_names(*mode))),
        });
    }

    /// Checks `count` and `for_each`; tells which of the two there is.
    pub(super) fn repetition(
        &mut self,
        context: Context<'a>,
        count: Option<&'a Expression>,
        for_each: Option<&'a Expression>,
    ) -> Repetition<'a> {
        if count.is_some() && for_each.is_some() {
            let message = "`count` and `for_each` exclude each other";
            self.findings.add(self.findings.here(DiagnosticKind::Conflict, message).help("keep one of the two"));
        }
        let mut repetition = Repetition::Once;
        self.within(context, |checker| {
            if let Some(count) = count {
                checker.findings.push("count");
                checker.count(count);
                checker.findings.pop();
                repetition = Repetition::Counted;
            }
            if let Some(for_each) = for_each {
                checker.findings.push("for_each");
                repetition = Repetition::Each(checker.for_each(for_each));
                checker.findings.pop();
            }
        });
        repetition
    }

    /// `count` takes a whole number that is not negative.
    fn count(&mut self, count: &'a Expression) {
        self.argument(Shape::Number, count, false);
        let fits = match count {
            Expression::Null => false,
            Expression::Text(text) => self.index.is_strict() || text.parse::<u64>().is_ok(),
            Expression::Number(number) => number.is_u64(),
            _ => true,
        };
        if !fits {
            let message = format!("needs a whole number from 0, but is `{count}`");
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
    }

    /// `for_each` takes a map, an object or a set of strings.
    fn for_each(&mut self, collection: &'a Expression) -> Shape<'a> {
        let outer = self.ephemeral.take();
        let shape = self.infer(collection);
        if let Some(ephemeral) = self.ephemeral {
            let message = format!("`{ephemeral}` is ephemeral and may not decide how many instances there are");
            self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message));
        }
        self.ephemeral = outer;
        let fits = match shape {
            Shape::Set(element) => {
                // Of a set that is not known yet Terraform does not ask for texts.
                let open = !self.index.is_strict() && matches!(collection, Expression::Traversal(_));
                open || matches!(Shape::from(element), Shape::String | Shape::Unknown)
            }
            other => !other.is_scalar() && !other.is_sequence() && !matches!(collection, Expression::Null),
        };
        if !fits {
            let message = match collection {
                Expression::Null => "needs a map or a set of strings, but is `null`".to_owned(),
                _ => format!("needs a map or a set of strings, but `{collection}` is {shape}"),
            };
            let diagnostic = self.findings.here(DiagnosticKind::WrongType, message);
            self.findings.add(match shape {
                Shape::Set(_) => diagnostic.help("make strings of its elements: `toset([for x in ... : tostring(x)])`"),
                _ if shape.is_sequence() => diagnostic.help("make it a set: `toset(...)`"),
                _ => diagnostic,
            });
        }
        match shape {
            // Before there is a plan, Terraform does not hold a value to anything.
            Shape::Set(_) if !self.index.is_strict() => Shape::Unknown,
            Shape::Set(_) => Shape::String,
            Shape::Map(Element::Unknown) => Shape::Unknown,
            other => other.element(),
        }
    }

    /// Checks conditions and their messages.
    pub(super) fn conditions(&mut self, name: &'a str, conditions: &'a [Condition]) {
        for (position, condition) in conditions.iter().enumerate() {
            self.findings.push(name);
            self.findings.push_index(position);
            self.findings.push("condition");
            if self.index.is_strict() {
                self.argument(Shape::Bool, &condition.condition, true);
            } else {
                // What is not known yet Terraform does not hold to a type. Of what is wrong with the condition of a check it only warns.
                if name == ASSERTION {
                    self.perhaps(|checker| checker.infer(&condition.condition));
                } else {
                    self.infer(&condition.condition);
                }
                self.ephemeral = None;
            }
            self.looks_at_something(&condition.condition);
            self.findings.pop();
            self.findings.push("error_message");
            let wanted = if self.index.is_strict() { Shape::String } else { Shape::Unknown };
            // Of a message that refers to ephemeral values Terraform warns, and goes on.
            self.argument(wanted, &condition.error_message, !self.index.is_strict());
            if condition.error_message == Expression::Null {
                self.findings.add(self.findings.here(DiagnosticKind::WrongType, "the message is `null`"));
            }
            (0..3).for_each(|_| self.findings.pop());
        }
    }

    /// Terraform refuses a condition that is always the same.
    fn looks_at_something(&mut self, condition: &'a Expression) {
        if !references::mentions(condition, |_| true) {
            let message = format!("`{condition}` refers to nothing, so it checks nothing");
            self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message));
        }
    }

    /// `depends_on` takes whole blocks.
    fn depends_on(&mut self, references: &'a [Expression]) {
        for (position, reference) in references.iter().enumerate() {
            self.findings.push("depends_on");
            self.findings.push_index(position);
            if !self.index.is_strict() {
                self.waits_for(reference);
                self.findings.pop();
                self.findings.pop();
                continue;
            }
            let whole = references::is_whole_block(reference) || surroundings::is_module_output(reference);
            if whole {
                self.infer(reference);
            } else {
                let message = format!("`{reference}` is not a whole block");
                let diagnostic = self.findings.here(DiagnosticKind::MisplacedReference, message);
                self.findings.add(diagnostic.help("name the block without any attribute"));
            }
            self.findings.pop();
            self.findings.pop();
        }
        // That a block comes after an ephemeral one does not make its values ephemeral.
        self.ephemeral = None;
    }

    /// Terraform looks for the block, and not for the instance.
    fn waits_for(&mut self, reference: &'a Expression) {
        let Expression::Traversal(traversal) = reference else { return };
        let Root::Address(address) = &traversal.root else {
            if !matches!(&traversal.root, Root::Name(name) if matches!(name.as_ref(), "path" | "terraform")) {
                // It is read once for all instances.
                let once = Context { repetition: Repetition::Once, ..self.context };
                self.within(once, |checker| {
                    checker.infer(reference);
                });
            }
            return;
        };
        let whole = references::is_whole_block(reference) || surroundings::is_module_output(reference);
        match address.as_ref() {
            Address::Resource { mode, type_name, name } if whole => {
                let Some(found) = self.index.resource(*mode, type_name, name).copied() else {
                    self.infer(reference);
                    return;
                };
                self.depend(found.node);
                let single = found.block.count.is_none() && found.block.for_each.is_none();
                if single && !traversal.steps.is_empty() {
                    self.infer(reference);
                }
            }
            // The module is waited for, whether there is such an output or not.
            Address::Module(name) if whole => match self.index.call(name) {
                Some(found) => self.depend(found.node),
                None => {
                    self.infer(reference);
                }
            },
            _ if whole => {
                self.infer(reference);
            }
            _ => {
                let message = format!("`{reference}` is not a whole block");
                self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message));
            }
        }
    }

    fn module_call(&mut self, call: &'a ModuleCall) {
        self.dependencies.open();
        self.findings.enter(BlockName::ModuleCall(&call.name));
        let repetition = self.repetition(Context::default(), call.count.as_ref(), call.for_each.as_ref());
        let context = Context { repetition, takes_ephemeral: true, ..Context::default() };
        self.within(context, |checker| {
            // What goes into a module and what comes out of it are blocks of their own, so that an argument may well
            // depend on an output of the same module.
            checker.without_dependencies(|checker| checker.call_arguments_of(call));
            checker.depends_on(&call.depends_on);
        });
    }

    fn output(&mut self, output: &'a Output) {
        self.findings.enter(BlockName::Output(&output.name));
        if output.ephemeral && self.index.is_root() && !self.index.is_strict() {
            let message = "an output of the root is shown to people, so it cannot be ephemeral";
            self.findings.add(self.findings.here(DiagnosticKind::MisplacedReference, message));
        }
        self.findings.push("value");
        self.argument(Shape::Unknown, &output.value, output.ephemeral);
        self.sensitive_output(output);
        self.findings.pop();
        self.depends_on(&output.depends_on);
        self.conditions("precondition", &output.preconditions);
    }

    fn check(&mut self, check: &'a Check) {
        self.findings.enter(BlockName::Check(&check.name));
        let context = Context { check: Some(&check.name), ..Context::default() };
        self.within(context, |checker| checker.conditions(ASSERTION, &check.assertions));
    }
}

/// Whether a value is a literal. A number that 64 bits do not hold is read as a conversion.
fn is_written_out(value: &Expression) -> bool {
    match value {
        Expression::Call(call) if call.name == "tonumber" => {
            matches!(call.arguments.as_slice(), [Expression::Text(_)])
        }
        Expression::List(items) => items.iter().all(is_written_out),
        Expression::Object(object) => {
            object.entries().all(|(key, value)| matches!(key, Key::Literal(_)) && is_written_out(value))
        }
        other => other.is_literal(),
    }
}

fn is_variable(address: &Address, name: &str) -> bool {
    matches!(address, Address::Variable(variable) if variable == name)
}

fn noun(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "resource",
        ResourceMode::Data => "data source",
        ResourceMode::Ephemeral => "ephemeral resource",
    }
}
