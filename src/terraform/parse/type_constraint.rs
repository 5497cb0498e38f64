//! The types of variables.

use super::error::SyntaxError;
use super::expression::{Parsed, Parser};
use super::lexer::Token;
use crate::terraform::expression::Expression;
use crate::terraform::variable::{ObjectAttribute, TypeConstraint};

const TYPES: [&str; 9] =
    ["string", "number", "bool", "any", "list(...)", "set(...)", "map(...)", "object({...})", "tuple([...])"];

impl Parser<'_> {
    /// The type of a variable. Terraform still takes two without an element type, as configurations before 0.12 wrote them.
    pub(super) fn whole_type(&mut self) -> Parsed<TypeConstraint> {
        let (any, word) = (Box::new(TypeConstraint::Any), self.source.trim());
        let old = match word {
            "list" => TypeConstraint::List(any),
            "map" => TypeConstraint::Map(any),
            _ => return self.type_constraint(),
        };
        self.position = self.source.len();
        Ok(old)
    }

    pub(super) fn type_constraint(&mut self) -> Parsed<TypeConstraint> {
        self.nested(Self::any_type)
    }

    fn any_type(&mut self) -> Parsed<TypeConstraint> {
        let start = self.peek();
        let Token::Identifier(name) = start.token else { return Err(self.unexpected("a type is missing", &TYPES)) };
        self.position = start.end;
        match name {
            "any" => Ok(TypeConstraint::Any),
            "string" => Ok(TypeConstraint::String),
            "number" => Ok(TypeConstraint::Number),
            "bool" => Ok(TypeConstraint::Bool),
            "list" => Ok(TypeConstraint::List(Box::new(self.argument(Self::type_constraint)?))),
            "set" => Ok(TypeConstraint::Set(Box::new(self.argument(Self::type_constraint)?))),
            "map" => Ok(TypeConstraint::Map(Box::new(self.argument(Self::type_constraint)?))),
            "tuple" => Ok(TypeConstraint::Tuple(self.argument(Self::element_types)?)),
            "object" => Ok(TypeConstraint::Object(self.argument(Self::attributes)?)),
            _ => Err(SyntaxError::new(start.span(), format!("there is no type `{name}`")).expected(&TYPES)),
        }
    }

    fn argument<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.expect("(", "this type needs the type of what is in it")?;
        let inner = self.with_newlines(false, parse)?;
        self.expect(")", "this type is not closed")?;
        Ok(inner)
    }

    fn element_types(&mut self) -> Parsed<Vec<TypeConstraint>> {
        self.expect("[", "a tuple's types stand in brackets")?;
        let mut types = Vec::new();
        while !self.eat("]") {
            types.push(self.type_constraint()?);
            self.separator("]", "this list of types is not closed")?;
        }
        Ok(types)
    }

    fn attributes(&mut self) -> Parsed<Vec<ObjectAttribute>> {
        self.expect("{", "an object's attributes stand in braces")?;
        self.with_newlines(true, |parser| {
            let mut attributes: Vec<ObjectAttribute> = Vec::new();
            loop {
                parser.eat_newlines();
                if parser.eat("}") {
                    return Ok(attributes);
                }
                let span = parser.peek().span();
                let attribute = parser.attribute()?;
                if attributes.iter().any(|earlier| earlier.name == attribute.name) {
                    return Err(SyntaxError::new(span, format!("the attribute `{}` is there twice", attribute.name)));
                }
                attributes.push(attribute);
                let newline = parser.peek().token == Token::Newline;
                if !(newline || parser.at("}") || parser.eat(",")) {
                    return Err(parser.unexpected("this object type is not closed", &[",", "a new line", "}"]));
                }
            }
        })
    }

    /// A default refers to nothing, and is of the type.
    fn default_of(&mut self, of_type: &TypeConstraint) -> Parsed<String> {
        let start = self.peek().start;
        let mut default = self.expression()?;
        if !default.is_literal() {
            let text = self.source.get(start..self.position).unwrap_or_default();
            let Some(value) = super::constant::written_out(&default, text) else {
                let message = "a default can be computed without references and functions only";
                return Err(SyntaxError::new(start..self.position, message));
            };
            default = value;
        }
        if !converts(&default, of_type) {
            let message = format!("the default `{default}` cannot become `{of_type}`");
            return Err(SyntaxError::new(start..self.position, message));
        }
        Ok(default.to_string())
    }

    fn attribute(&mut self) -> Parsed<ObjectAttribute> {
        let name = self.identifier("an attribute's name is missing")?.to_owned();
        if !self.eat("=") {
            self.expect(":", "an attribute needs its type").map_err(|error| error.expected(&["=", ":"]))?;
        }
        if !self.eat_keyword("optional") {
            return Ok(ObjectAttribute { name, of_type: self.type_constraint()?, optional: false, default: None });
        }
        let (of_type, default) = self.argument(|parser| {
            let of_type = parser.type_constraint()?;
            let default = if parser.eat(",") { Some(parser.default_of(&of_type)?) } else { None };
            Ok((of_type, default))
        })?;
        Ok(ObjectAttribute { name, of_type, optional: true, default })
    }
}

/// Whether a value that is written out can become one of the type, as far as its form tells.
fn converts(value: &Expression, of_type: &TypeConstraint) -> bool {
    match (of_type, value) {
        (TypeConstraint::Any, _)
        | (_, Expression::Null)
        | (TypeConstraint::String, Expression::Text(_) | Expression::Number(_) | Expression::Bool(_))
        | (TypeConstraint::Number, Expression::Number(_) | Expression::Unary(..))
        | (TypeConstraint::Bool, Expression::Bool(_)) => true,
        (TypeConstraint::Number, Expression::Text(text)) => text.parse::<f64>().is_ok(),
        (TypeConstraint::Bool, Expression::Text(text)) => matches!(text.as_ref(), "true" | "false" | "0" | "1"),
        (TypeConstraint::List(element) | TypeConstraint::Set(element), Expression::List(items)) => {
            items.iter().all(|item| converts(item, element))
        }
        (TypeConstraint::Tuple(elements), Expression::List(items)) => {
            elements.len() == items.len() && items.iter().zip(elements).all(|(item, element)| converts(item, element))
        }
        (TypeConstraint::Map(element), Expression::Object(object)) => {
            object.entries().all(|(_, value)| converts(value, element))
        }
        (TypeConstraint::Object(attributes), Expression::Object(object)) => {
            attributes.iter().all(|attribute| match object.get(&attribute.name) {
                Some(value) => converts(value, &attribute.of_type),
                None => attribute.optional,
            })
        }
        _ => false,
    }
}
