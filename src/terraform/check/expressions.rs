//! Expressions: what type they have, and whether it fits the place they stand in.

use std::collections::HashSet;

use super::checker::{Binding, Bound, Checker};
use super::functions::{self, Function, Parameter};
use super::shape::{Element, Shape};
use super::steps::Subject;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::Number;
use crate::terraform::expression::{BinaryOperator, Call, Expression, For, Key, Object, TemplatePart, UnaryOperator};
use crate::terraform::identifier::is_identifier;
use crate::terraform::nearest::nearest;
use crate::terraform::schema::Attribute;

/// Objects up to this size are searched for double keys pair by pair, which is faster than a table.
const FEW_ENTRIES: usize = 16;

impl<'a> Checker<'a> {
    /// Checks an expression whose value must fit `wanted`.
    pub(super) fn value(&mut self, wanted: Shape<'a>, expression: &'a Expression) {
        match expression {
            Expression::Null => {}
            // By far the most common expressions come first.
            Expression::Traversal(traversal) => {
                let given = self.traversal(traversal);
                self.fit(wanted, given, expression);
            }
            Expression::Text(text) => self.literal_text(wanted, text, expression),
            Expression::List(items) if !wanted.is_scalar() => self.list(wanted, items),
            Expression::Object(object) if !wanted.is_scalar() && !wanted.is_sequence() => self.object(wanted, object),
            Expression::Conditional(condition, then, otherwise) => {
                self.value(Shape::Bool, condition);
                self.perhaps(|checker| {
                    checker.value(wanted, then);
                    checker.value(wanted, otherwise);
                });
            }
            other => {
                let given = self.infer(other);
                self.fit(wanted, given, other);
            }
        }
    }

    /// Walks an expression and tells what is known of its type.
    pub(super) fn infer(&mut self, expression: &'a Expression) -> Shape<'a> {
        match expression {
            Expression::Null => Shape::Unknown,
            Expression::Bool(_) => Shape::Bool,
            Expression::Number(_) => Shape::Number,
            Expression::Text(_) => Shape::String,
            Expression::Template(parts) => {
                self.template(parts);
                Shape::String
            }
            Expression::List(items) => {
                self.list(Shape::Unknown, items);
                Shape::Literal(expression)
            }
            Expression::Object(object) => {
                self.object(Shape::Unknown, object);
                Shape::Literal(expression)
            }
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::Call(call) => self.call(call),
            Expression::Index(collection, key) => {
                let shape = self.infer(collection);
                self.index_step(shape, key, Subject::Expression(expression), false)
            }
            Expression::Attribute(value, name) => {
                let shape = self.infer(value);
                self.attribute_step(shape, name, Subject::Expression(expression), false)
            }
            Expression::Splat(value, steps) => {
                let shape = self.infer(value);
                self.splat(shape, steps, Subject::Expression(expression), false)
            }
            Expression::Conditional(condition, then, otherwise) => {
                self.value(Shape::Bool, condition);
                let (left, right) = self.perhaps(|checker| (checker.infer(then), checker.infer(otherwise)));
                match (then.as_ref(), otherwise.as_ref()) {
                    (_, Expression::Null) => left,
                    (Expression::Null, _) => right,
                    _ => self.alternatives_of_one_kind(left, right, expression),
                }
            }
            Expression::Unary(operator, operand) => {
                let shape = if *operator == UnaryOperator::Not { Shape::Bool } else { Shape::Number };
                self.value(shape, operand);
                shape
            }
            Expression::Binary(left, operator, right) => self.binary(left, *operator, right),
            Expression::For(expression) => self.for_expression(expression),
        }
    }

    fn alternatives_of_one_kind(&mut self, left: Shape<'a>, right: Shape<'a>, whole: &'a Expression) -> Shape<'a> {
        if !left.goes_with(right) && self.forgiving == 0 {
            let message = format!("`{whole}` is {left} or {right}, which have nothing in common");
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
        left.or(right)
    }

    /// Reports a value that cannot become what is wanted.
    pub(super) fn fit(&mut self, wanted: Shape<'a>, given: Shape<'a>, expression: &'a Expression) {
        if wanted.takes(given) || self.forgiving > 0 {
            return;
        }
        let message = format!("needs {wanted}, but `{expression}` is {given}");
        let diagnostic = self.findings.here(DiagnosticKind::WrongType, message);
        self.findings.add(match given {
            Shape::Set(_) if wanted.is_scalar() => diagnostic.help("take the only element with `one(...)`"),
            _ if wanted.is_scalar() && given.is_sequence() => diagnostic.help("take one element, as with `[0]`"),
            _ if wanted.is_sequence() && given.is_scalar() => diagnostic.help("put the value into brackets"),
            _ => diagnostic,
        });
    }

    fn literal_text(&mut self, wanted: Shape<'a>, text: &str, expression: &'a Expression) {
        let (converts, example) = match wanted {
            Shape::Unknown | Shape::String => return,
            Shape::Number => (is_number(text), "a number such as `5`"),
            // The four texts that Terraform converts to a bool.
            Shape::Bool => (matches!(text, "true" | "false" | "0" | "1"), "`true` or `false`"),
            _ => return self.fit(wanted, Shape::String, expression),
        };
        if !converts && self.forgiving == 0 {
            let message = format!("needs {wanted}, but {text:?} is a string that cannot become one");
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message).help(format!("write {example}")));
        }
    }

    fn list(&mut self, wanted: Shape<'a>, items: &'a [Expression]) {
        let element = match wanted {
            Shape::List(element) | Shape::Set(element) => Shape::from(element),
            Shape::Unknown | Shape::Tuple => Shape::Unknown,
            _ => {
                let message = format!("needs {wanted}, but this is a list");
                self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
                Shape::Unknown
            }
        };
        for (position, item) in items.iter().enumerate() {
            self.findings.push_index(position);
            match (element, item) {
                (Shape::Body(block_type), Expression::Object(object)) => self.body(block_type, object),
                _ => self.value(element, item),
            }
            self.findings.pop();
        }
    }

    fn object(&mut self, wanted: Shape<'a>, object: &'a Object) {
        if let Shape::Body(block_type) = wanted {
            return self.body(block_type, object);
        }
        self.entries(wanted, object);
        self.missing_fields(wanted, object);
    }

    /// Checks the entries of an object, those that are there.
    pub(super) fn entries(&mut self, wanted: Shape<'a>, object: &'a Object) {
        self.double_keys(object);
        for (key, value) in object.entries() {
            match key {
                Key::Literal(name) => {
                    self.findings.push(name);
                    let field = self.object_field(wanted, name);
                    match (field, value) {
                        (Shape::Body(block_type), Expression::Object(body)) => self.body(block_type, body),
                        _ => self.value(field, value),
                    }
                    self.findings.pop();
                }
                Key::Computed(key) => {
                    self.value(Shape::String, key);
                    self.value(wanted.element(), value);
                }
            }
        }
    }

    fn object_field(&mut self, wanted: Shape<'a>, name: &str) -> Shape<'a> {
        let (found, names) = match wanted {
            Shape::Object(schema) => {
                let found = schema.field(name).map(|field| Shape::from(field.value_type()));
                (found, schema.fields().map(Attribute::name).collect::<Vec<_>>())
            }
            Shape::Constrained(attributes) => {
                let found = attributes.iter().find(|attribute| attribute.name == name);
                let names = attributes.iter().map(|attribute| attribute.name.as_str()).collect();
                (found.map(|attribute| Shape::from(&attribute.of_type)), names)
            }
            other => return other.element(),
        };
        found.unwrap_or_else(|| {
            // Terraform drops what a type has no place for.
            if !self.index.is_strict() {
                return Shape::Unknown;
            }
            let diagnostic = self.findings.here(DiagnosticKind::UnknownArgument, format!("there is no field `{name}`"));
            self.findings.add(diagnostic.candidates(nearest(name, names)));
            Shape::Unknown
        })
    }

    /// Unlike a block, an object must have every field that is not marked as optional.
    fn missing_fields(&mut self, wanted: Shape<'a>, object: &'a Object) {
        if self.context.owner.is_some_and(|owner| owner.block.native.is_some()) {
            return;
        }
        let missing: Vec<&str> = match wanted {
            _ if object.entries().any(|(key, _)| matches!(key, Key::Computed(_))) => return,
            Shape::Object(schema) => {
                let required = schema.fields().filter(|field| !field.optional());
                required.map(Attribute::name).filter(|name| object.get(name).is_none()).collect()
            }
            Shape::Constrained(attributes) => {
                let required = attributes.iter().filter(|attribute| !attribute.optional);
                required.map(|field| field.name.as_str()).filter(|name| object.get(name).is_none()).collect()
            }
            _ => return,
        };
        if !missing.is_empty() {
            let message = format!("needs `{}`", missing.join("`, `"));
            let diagnostic = self.findings.here(DiagnosticKind::MissingArgument, message);
            self.findings.add(diagnostic.because("an object has all of its fields; `null` leaves one empty"));
        }
    }

    fn double_keys(&mut self, object: &'a Object) {
        let names = || {
            object.entries().filter_map(|(key, _)| match key {
                Key::Literal(name) => Some(name.as_ref()),
                Key::Computed(_) => None,
            })
        };
        let double: Option<&str> = if object.0.len() <= FEW_ENTRIES {
            names().enumerate().find(|(position, name)| names().take(*position).any(|other| other == *name))
        } else {
            let mut seen = HashSet::new();
            names().enumerate().find(|(_, name)| !seen.insert(*name))
        }
        .map(|(_, name)| name);
        if let Some(name) = double {
            let message = format!("`{name}` is given twice");
            self.findings.add(self.findings.here(DiagnosticKind::Conflict, message));
        }
    }

    fn template(&mut self, parts: &'a [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => {}
                TemplatePart::Interpolation(expression) if self.index.is_strict() => {
                    self.value(Shape::String, expression);
                }
                // What is not known yet Terraform holds to no type, and what is known is evaluated.
                TemplatePart::Interpolation(expression) => drop(self.infer(expression)),
                TemplatePart::If { condition, then, otherwise } => {
                    self.value(Shape::Bool, condition);
                    self.perhaps(|checker| {
                        checker.template(then);
                        checker.template(otherwise);
                    });
                }
                TemplatePart::For { key, value, collection, body } => {
                    let element = self.collection(collection);
                    let outer = self.bind_pair(key.as_deref(), value, element);
                    self.perhaps(|checker| checker.template(body));
                    self.names.truncate(outer);
                }
            }
        }
    }

    /// Walks what Terraform may not evaluate: where it does, what is wrong in it is found then.
    pub(super) fn perhaps<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        let may_be_left = u32::from(!self.index.is_strict());
        self.forgiving += may_be_left;
        let result = inside(self);
        self.forgiving -= may_be_left;
        result
    }

    fn binary(&mut self, left: &'a Expression, operator: BinaryOperator, right: &'a Expression) -> Shape<'a> {
        let (operands, result) = match operator {
            BinaryOperator::Or | BinaryOperator::And => (Shape::Bool, Shape::Bool),
            BinaryOperator::Equal | BinaryOperator::NotEqual => (Shape::Unknown, Shape::Bool),
            BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual => (Shape::Number, Shape::Bool),
            BinaryOperator::Add
            | BinaryOperator::Subtract
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo => (Shape::Number, Shape::Number),
        };
        self.value(operands, left);
        self.value(operands, right);
        result
    }

    fn for_expression(&mut self, expression: &'a For) -> Shape<'a> {
        let element = self.collection(&expression.collection);
        let outer = self.bind_pair(expression.key.as_deref(), &expression.value, element);
        let result = self.perhaps(|checker| {
            if let Some(key) = &expression.result_key {
                checker.value(Shape::String, key);
            }
            if let Some(condition) = &expression.condition {
                checker.value(Shape::Bool, condition);
            }
            Element::from(checker.infer(&expression.result))
        });
        self.names.truncate(outer);
        match (&expression.result_key, expression.grouping) {
            (None, _) => Shape::List(result),
            (Some(_), false) => Shape::Map(result),
            (Some(_), true) => Shape::Map(Element::Unknown),
        }
    }

    /// Walks something that is about to be iterated over, and tells the shape of its elements.
    pub(super) fn collection(&mut self, expression: &'a Expression) -> Shape<'a> {
        let shape = self.infer(expression);
        if shape.is_scalar() && self.forgiving == 0 {
            let message = format!("`{expression}` is {shape}, which has no elements to walk");
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
        shape.element()
    }

    /// Binds the names of a `for`; returns how many names there were before.
    fn bind_pair(&mut self, key: Option<&'a str>, value: &'a str, element: Shape<'a>) -> usize {
        let outer = self.names.len();
        if let Some(key) = key {
            self.bind(Binding { name: key, bound: Bound::Value(Shape::Unknown), source: None });
        }
        self.bind(Binding { name: value, bound: Bound::Value(element), source: None });
        outer
    }

    pub(super) fn bind(&mut self, binding: Binding<'a>) {
        if !is_identifier(binding.name) {
            let message = format!("`{}` cannot be bound: it is not a name", binding.name);
            self.findings.add(self.findings.here(DiagnosticKind::IllegalName, message));
        }
        self.names.push(binding);
    }

    fn call(&mut self, call: &'a Call) -> Shape<'a> {
        let Some(function) = Function::find(&call.name) else {
            self.foreign_function(call);
            call.arguments.iter().for_each(|argument| {
                self.infer(argument);
            });
            return Shape::Unknown;
        };
        self.arity(function, call);
        self.forgiving += u32::from(function.forgives());
        let outer_ephemeral = self.ephemeral;
        let first = self.call_arguments(function, call);
        self.forgiving -= u32::from(function.forgives());
        if function.name == "ephemeralasnull" {
            self.ephemeral = outer_ephemeral;
        }
        function.gives.shape(first)
    }

    /// Checks the arguments of a call and tells the shape of the first.
    fn call_arguments(&mut self, function: &'static Function, call: &'a Call) -> Shape<'a> {
        let mut first = Shape::Unknown;
        for (position, argument) in call.arguments.iter().enumerate() {
            let given = self.infer(argument);
            if position == 0 {
                first = given;
            }
            let spread = call.expand_final && position + 1 == call.arguments.len();
            let wanted = if spread { Parameter::List } else { function.parameter(position).unwrap_or(Parameter::Any) };
            match argument {
                Expression::Text(text) => self.literal_text(wanted.shape(), text, argument),
                _ if wanted == Parameter::Countable && matches!(given, Shape::Number | Shape::Bool) => {
                    self.uncountable(given, argument);
                }
                _ => self.fit(wanted.shape(), given, argument),
            }
        }
        first
    }

    fn uncountable(&mut self, given: Shape<'a>, argument: &'a Expression) {
        if self.forgiving == 0 {
            let message = format!("needs a string or a collection, but `{argument}` is {given}");
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message));
        }
    }

    fn arity(&mut self, function: &'static Function, call: &'a Call) {
        if self.may_be_left() {
            return;
        }
        let count = call.arguments.len();
        // How many arguments a spread list brings is only known when Terraform runs.
        let fits = if call.expand_final {
            function.further.is_some() || count <= function.parameters.len()
        } else {
            function.takes(count)
        };
        if !fits {
            let message = format!("`{}` takes {}, not {count}", call.name, function.arity());
            self.findings.add(self.findings.here(DiagnosticKind::UnknownFunction, message));
        }
    }

    /// Functions of providers, and those that are not there at all.
    fn foreign_function(&mut self, call: &'a Call) {
        if self.may_be_left() {
            return;
        }
        let candidates = match call.name.strip_prefix("provider::").and_then(|rest| rest.split_once("::")) {
            Some((provider, function)) => match self.index.catalog.schema(provider) {
                None if self.index.is_strict() || self.requires(provider) => return,
                None => Vec::new(),
                Some(_) if !self.index.is_strict() && !self.requires(provider) => Vec::new(),
                Some(schema) if schema.has_function(function) => return,
                Some(schema) => nearest(function, schema.function_names())
                    .into_iter()
                    .map(|name| format!("provider::{provider}::{name}"))
                    .collect(),
            },
            None => nearest(&call.name, functions::names()),
        };
        let message = format!("there is no function `{}`", call.name);
        self.findings.add(self.findings.here(DiagnosticKind::UnknownFunction, message).candidates(candidates));
    }
}

impl Checker<'_> {
    /// Whether Terraform may not evaluate what is walked, or forgives what is wrong in it.
    pub(super) fn may_be_left(&self) -> bool {
        self.forgiving > 0 && !self.index.is_strict()
    }

    /// Whether the module says where a provider comes from, without which Terraform knows no function of it.
    fn requires(&self, provider: &str) -> bool {
        self.forgiving > 0 || self.index.module.settings.required_providers.contains_key(provider)
    }
}

/// Whether Terraform converts the text to a number.
fn is_number(text: &str) -> bool {
    Number::parse(text).is_some()
}
