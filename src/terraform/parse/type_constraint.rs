//! The types of variables.

use super::error::SyntaxError;
use super::expression::{Parsed, Parser};
use super::lexer::Token;
use crate::terraform::variable::{ObjectAttribute, TypeConstraint};

const TYPES: [&str; 9] =
    ["string", "number", "bool", "any", "list(...)", "set(...)", "map(...)", "object({...})", "tuple([...])"];

impl Parser<'_> {
    pub(super) fn type_constraint(&mut self) -> Parsed<TypeConstraint> {
        self.nested(Self::any_type)
    }

    fn any_type(&mut self) -> Parsed<TypeConstraint> {
        let start = self.peek();
        let Token::Identifier(name) = start.token else { return Err(self.unexpected("a type is missing", &TYPES)) };
        self.position = start.span.end;
        match name {
            "any" => Ok(TypeConstraint::Any),
            "string" => Ok(TypeConstraint::String),
            "number" => Ok(TypeConstraint::Number),
            "bool" => Ok(TypeConstraint::Bool),
            // Terraform still takes these two without an element type, as configurations before 0.12 wrote them.
            "list" if !self.at("(") => Ok(TypeConstraint::List(Box::new(TypeConstraint::Any))),
            "map" if !self.at("(") => Ok(TypeConstraint::Map(Box::new(TypeConstraint::Any))),
            "list" => Ok(TypeConstraint::List(Box::new(self.argument(Self::type_constraint)?))),
            "set" => Ok(TypeConstraint::Set(Box::new(self.argument(Self::type_constraint)?))),
            "map" => Ok(TypeConstraint::Map(Box::new(self.argument(Self::type_constraint)?))),
            "tuple" => Ok(TypeConstraint::Tuple(self.argument(Self::element_types)?)),
            "object" => Ok(TypeConstraint::Object(self.argument(Self::attributes)?)),
            _ => Err(SyntaxError::new(start.span, format!("there is no type `{name}`")).expected(&TYPES)),
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
                let span = parser.peek().span;
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
            let default = if parser.eat(",") { Some(parser.expression()?.to_string()) } else { None };
            Ok((of_type, default))
        })?;
        Ok(ObjectAttribute { name, of_type, optional: true, default })
    }
}
