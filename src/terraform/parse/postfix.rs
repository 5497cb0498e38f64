//! What follows a term: attributes, indices and splats; and the names that references begin with.

use std::borrow::Cow;
use std::sync::Arc;

use super::error::SyntaxError;
use super::expression::{Parsed, Parser};
use super::lexer::Token;
use super::number;
use crate::terraform::address::{Address, ResourceMode};
use crate::terraform::expression::{Expression, Root, Step};

/// Names that the language binds by itself.
const RESERVED: [&str; 5] = ["each", "count", "self", "path", "terraform"];

impl Parser<'_> {
    /// The address that a reference beginning with `first` names, if it names one. Bound names win over resource types.
    pub(super) fn address(&mut self, first: &str) -> Option<Root> {
        if RESERVED.contains(&first) || self.binds(first) {
            return None;
        }
        let start = self.position;
        let address = match first {
            "var" => self.attribute_name().map(Address::Variable),
            "local" => self.attribute_name().map(Address::Local),
            "module" => self.attribute_name().map(Address::Module),
            "data" => self.resource(ResourceMode::Data, None),
            "ephemeral" => self.resource(ResourceMode::Ephemeral, None),
            "resource" => self.resource(ResourceMode::Managed, None),
            type_name => self.resource(ResourceMode::Managed, Some(type_name)),
        };
        if address.is_none() {
            self.position = start;
        }
        Some(Root::Address(Arc::new(address?)))
    }

    fn resource(&mut self, mode: ResourceMode, type_name: Option<&str>) -> Option<Address> {
        let type_name = match type_name {
            Some(name) => Cow::Owned(name.to_owned()),
            None => self.attribute_name()?,
        };
        Some(Address::Resource { mode, type_name, name: self.attribute_name()? })
    }

    fn attribute_name(&mut self) -> Option<Cow<'static, str>> {
        if !self.eat(".") {
            return None;
        }
        match self.take().token {
            Token::Identifier(name) => Some(Cow::Owned(name.to_owned())),
            _ => None,
        }
    }

    /// The steps after a term. What stands in parentheses is complete: a step after `(a[*].b)` applies to the list.
    pub(super) fn steps_after(&mut self, term: Expression, parenthesized: bool) -> Parsed<Expression> {
        let mut chain = Chain { complete: parenthesized && has_open_splat(&term), expression: term };
        loop {
            if self.eat(".") {
                if self.eat("*") {
                    self.attribute_splat(&mut chain)?;
                } else {
                    let step = self.attribute_step()?;
                    self.push(&mut chain, step)?;
                }
            } else if self.eat("[") {
                let step = self.index_step()?;
                self.push(&mut chain, step)?;
            } else {
                return Ok(chain.expression);
            }
        }
    }

    fn push(&mut self, chain: &mut Chain, step: Step) -> Parsed<()> {
        if !chain.push(step) {
            self.grow()?;
        }
        Ok(())
    }

    /// `.name`, or `.0` as in old configurations.
    fn attribute_step(&mut self) -> Parsed<Step> {
        let lexed = self.peek();
        match lexed.token {
            Token::Identifier(name) => {
                self.position = lexed.end;
                Ok(Step::Attribute(Cow::Owned(name.to_owned())))
            }
            Token::Number(text) if !text.contains('.') => {
                self.position = lexed.end;
                let number = number::number(text).map_err(|message| SyntaxError::new(lexed.span(), message))?;
                Ok(Step::Index(Expression::Number(number)))
            }
            Token::Number(_) => {
                Err(SyntaxError::new(lexed.span(), "two indices cannot follow each other with dots")
                    .expected(&["[0][0]"]))
            }
            _ => Err(self.unexpected("an attribute's name is missing", &["a name"])),
        }
    }

    /// `[key]` or `[*]`, the bracket being open already.
    fn index_step(&mut self) -> Parsed<Step> {
        if self.eat("*") {
            self.expect("]", "a splat is written `[*]`")?;
            return Ok(Step::Splat);
        }
        self.with_newlines(false, |parser| {
            let key = parser.expression()?;
            parser.expect("]", "this index is not closed")?;
            Ok(Step::Index(key))
        })
    }

    /// `.*` and the attributes after it: an index in brackets after those applies to the whole list.
    fn attribute_splat(&mut self, chain: &mut Chain) -> Parsed<()> {
        let within_splat = !chain.complete && has_open_splat(&chain.expression);
        self.push(chain, Step::Splat)?;
        while self.eat(".") {
            if self.at("*") {
                return Err(self.unexpected("a `.*` cannot stand inside another", &["[*]"]));
            }
            let step = self.attribute_step()?;
            self.push(chain, step)?;
        }
        if within_splat && self.at("[") {
            return Err(
                self.unexpected("an index after `.*` cannot stand inside another splat", &["a `for` expression"])
            );
        }
        chain.complete = true;
        Ok(())
    }
}

/// A term and the steps that were read after it.
struct Chain {
    expression: Expression,
    /// Whether the splat in it has ended, so that a further step applies to the whole list.
    complete: bool,
}

impl Chain {
    /// Adds a step; false if it takes a new node of the tree.
    fn push(&mut self, step: Step) -> bool {
        let complete = std::mem::take(&mut self.complete);
        match &mut self.expression {
            Expression::Traversal(traversal) if !complete => {
                traversal.steps.push(step);
                true
            }
            Expression::Splat(_, steps) if !complete => {
                steps.push(step);
                true
            }
            expression => {
                let inner = Box::new(std::mem::replace(expression, Expression::Null));
                *expression = match step {
                    Step::Attribute(name) => Expression::Attribute(inner, name),
                    Step::Index(key) => Expression::Index(inner, Box::new(key)),
                    Step::Splat => Expression::Splat(inner, Vec::new()),
                };
                false
            }
        }
    }
}

fn has_open_splat(expression: &Expression) -> bool {
    match expression {
        Expression::Traversal(traversal) => traversal.steps.contains(&Step::Splat),
        Expression::Splat(..) => true,
        _ => false,
    }
}
