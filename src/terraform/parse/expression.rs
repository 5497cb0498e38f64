//! Expressions: recursive descent, operators by precedence.

use std::borrow::Cow;
use std::cell::Cell;

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::error::SyntaxError;
use super::lexer::{Lexed, Token, lex};
use super::{depth, number};
use crate::terraform::expression::{
    BinaryOperator, Call, Expression, For, Key, Names, Object, Root, TemplatePart, Traversal, UnaryOperator, negated,
};

pub(super) type Parsed<T> = Result<T, SyntaxError>;

/// Reads one text from left to right.
pub(super) struct Parser<'s> {
    pub(super) source: &'s str,
    pub(super) position: usize,
    /// Whether the grammar looks at newlines here: only directly between the entries of an object.
    newlines: bool,
    /// The names that `for`s inside the text bind, innermost last.
    bound: Vec<&'s str>,
    /// The names that are bound around the text.
    outer: Names<'s>,
    depth: usize,
    /// The token that was looked at last, and where it was looked for.
    ahead: Cell<Option<Ahead<'s>>>,
    /// The height of the tallest tree finished so far within the expression that is being read.
    height: usize,
}

/// A token that was found by looking ahead: the grammar asks for the same one time and again.
#[derive(Clone, Copy)]
struct Ahead<'s> {
    from: usize,
    newlines: bool,
    lexed: Lexed<'s>,
}

impl<'s> Parser<'s> {
    pub(super) fn new(source: &'s str, names: &Names<'s>) -> Self {
        Self {
            source,
            position: 0,
            newlines: false,
            bound: Vec::new(),
            outer: *names,
            ahead: Cell::new(None),
            depth: 0,
            height: 0,
        }
    }

    #[inline]
    pub(super) fn peek(&self) -> Lexed<'s> {
        let (from, newlines) = (self.position, self.newlines);
        if let Some(ahead) = self.ahead.get().filter(|ahead| ahead.from == from && ahead.newlines == newlines) {
            return ahead.lexed;
        }
        let lexed = lex(self.source, from, newlines);
        self.ahead.set(Some(Ahead { from, newlines, lexed }));
        lexed
    }

    pub(super) fn take(&mut self) -> Lexed<'s> {
        let lexed = self.peek();
        self.position = lexed.end;
        lexed
    }

    #[inline]
    pub(super) fn at(&self, symbol: &str) -> bool {
        matches!(self.peek().token, Token::Symbol(found) if found == symbol)
    }

    #[inline]
    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        let lexed = self.peek();
        let found = matches!(lexed.token, Token::Symbol(found) if found == symbol);
        if found {
            self.position = lexed.end;
        }
        found
    }

    pub(super) fn expect(&mut self, symbol: &'static str, message: &str) -> Parsed<()> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected(message, &[symbol])) }
    }

    #[inline]
    pub(super) fn eat_keyword(&mut self, keyword: &str) -> bool {
        let lexed = self.peek();
        let found = lexed.token == Token::Identifier(keyword);
        if found {
            self.position = lexed.end;
        }
        found
    }

    pub(super) fn identifier(&mut self, message: &str) -> Parsed<&'s str> {
        let lexed = self.peek();
        let Token::Identifier(name) = lexed.token else { return Err(self.unexpected(message, &["a name"])) };
        self.position = lexed.end;
        Ok(name)
    }

    /// An error at the next token.
    pub(super) fn unexpected(&self, message: &str, expected: &[&'static str]) -> SyntaxError {
        let lexed = self.peek();
        let span = lexed.span();
        match lexed.token {
            Token::End => SyntaxError::new(span, format!("{message}, but the text ends here")).expected(expected),
            Token::UnclosedComment => SyntaxError::new(span, "this comment does not end").expected(&["*/"]),
            Token::Unknown(character) => {
                SyntaxError::new(span, format!("{character:?} begins nothing in Terraform's language"))
                    .expected(expected)
            }
            _ => SyntaxError::new(span, message).expected(expected),
        }
    }

    pub(super) fn with_newlines<T>(&mut self, newlines: bool, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let before = std::mem::replace(&mut self.newlines, newlines);
        let parsed = parse(self);
        self.newlines = before;
        parsed
    }

    /// Parses with `names` bound.
    pub(super) fn with_names<T>(
        &mut self,
        names: [Option<&'s str>; 2],
        parse: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let before = self.bound.len();
        self.bound.extend(names.into_iter().flatten());
        let parsed = parse(self);
        self.bound.truncate(before);
        parsed
    }

    pub(super) fn binds(&self, name: &str) -> bool {
        self.bound.contains(&name) || self.outer.binds(name)
    }

    /// Parses something that stands one level deeper, and keeps both the recursion and the tree within the limit.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= depth::limit() {
            return Err(self.too_deep());
        }
        let before = std::mem::take(&mut self.height);
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        let parsed = parsed?;
        self.grow()?;
        self.height = self.height.max(before);
        Ok(parsed)
    }

    /// Counts one more level on top of what was parsed: a chain of operators grows a tree without recursion.
    pub(super) fn grow(&mut self) -> Parsed<()> {
        self.height += 1;
        if self.height > depth::limit() { Err(self.too_deep()) } else { Ok(()) }
    }

    fn too_deep(&self) -> SyntaxError {
        let span = self.peek().span();
        SyntaxError::new(span, format!("the expression is nested more than {} levels deep", depth::limit()))
    }

    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.nested(Self::conditional)
    }

    fn conditional(&mut self) -> Parsed<Expression> {
        let condition = self.binary(1)?;
        if !self.eat("?") {
            return Ok(condition);
        }
        let then = self.expression()?;
        self.expect(":", "a conditional needs its second result")?;
        let otherwise = self.expression()?;
        Ok(Expression::Conditional(Box::new(condition), Box::new(then), Box::new(otherwise)))
    }

    /// Operators of at least this precedence, grouped to the left.
    fn binary(&mut self, least: u8) -> Parsed<Expression> {
        let mut left = self.unary()?;
        while let Some(operator) = self.eat_operator(least) {
            let right = self.binary(operator.precedence() + 1)?;
            self.grow()?;
            left = Expression::Binary(Box::new(left), operator, Box::new(right));
        }
        Ok(left)
    }

    fn eat_operator(&mut self, least: u8) -> Option<BinaryOperator> {
        let lexed = self.peek();
        let Token::Symbol(symbol) = lexed.token else { return None };
        let operator = operator(symbol)?;
        (operator.precedence() >= least).then(|| {
            self.position = lexed.end;
            operator
        })
    }

    fn unary(&mut self) -> Parsed<Expression> {
        if !matches!(self.peek().token, Token::Symbol("!" | "-")) {
            return self.term();
        }
        if self.eat("!") {
            let operand = self.nested(Self::unary)?;
            return Ok(Expression::Unary(UnaryOperator::Not, Box::new(operand)));
        }
        self.take();
        let is_literal = matches!(self.peek().token, Token::Number(_));
        let operand = self.nested(Self::unary)?;
        Ok(match &operand {
            Expression::Number(number) if is_literal => negated(number).map(Expression::Number),
            _ => None,
        }
        .unwrap_or_else(|| Expression::Unary(UnaryOperator::Negate, Box::new(operand))))
    }

    /// Something without operators around it, and the steps after it.
    fn term(&mut self) -> Parsed<Expression> {
        let start = self.peek();
        let primary = match start.token {
            Token::Symbol("(") => return self.parenthesized(),
            Token::Symbol("[") => self.list()?,
            Token::Symbol("{") => self.object()?,
            Token::Quote => {
                self.position = start.end;
                self.quoted_template()?
            }
            Token::Heredoc => self.nested(Self::heredoc)?,
            Token::Number(text) => {
                self.position = start.end;
                number::literal(text).map_err(|message| SyntaxError::new(start.span(), message))?
            }
            Token::Identifier(name) => {
                self.position = start.end;
                self.named(name)?
            }
            _ => {
                return Err(self.unexpected("an expression is missing", &["a value", "a reference", "a function call"]));
            }
        };
        self.steps_after(primary, false)
    }

    fn parenthesized(&mut self) -> Parsed<Expression> {
        self.take();
        let inner = self.with_newlines(false, |parser| {
            let inner = parser.expression()?;
            parser.expect(")", "this parenthesis is not closed")?;
            Ok(inner)
        })?;
        self.steps_after(inner, true)
    }

    /// What begins with a name: a call, a keyword or a reference.
    fn named(&mut self, name: &'s str) -> Parsed<Expression> {
        if self.at("(") || self.at("::") {
            return self.call(name);
        }
        match name {
            "true" => Ok(Expression::Bool(true)),
            "false" => Ok(Expression::Bool(false)),
            "null" => Ok(Expression::Null),
            _ => {
                let root = self.address(name).unwrap_or_else(|| Root::Name(Cow::Owned(name.to_owned())));
                Ok(Expression::Traversal(Traversal { root, steps: Vec::new() }))
            }
        }
    }

    fn call(&mut self, first: &str) -> Parsed<Expression> {
        let mut name = first.to_owned();
        while self.eat("::") {
            name.push_str("::");
            name.push_str(self.identifier("a function's name is missing after `::`")?);
        }
        self.expect("(", "a function is called with parentheses")?;
        let mut call = Call { name: Cow::Owned(name), arguments: Vec::new(), expand_final: false };
        self.with_newlines(false, |parser| {
            while !parser.eat(")") {
                let start = parser.peek().token;
                let argument = parser.expression()?;
                let is_template = call.arguments.is_empty() && takes_reference(&call.name);
                call.arguments.push(if is_template { as_written(start, argument) } else { argument });
                if parser.eat("...") {
                    call.expand_final = true;
                    return parser.expect(")", "`...` comes after the last argument only");
                }
                parser.separator(")", "this call is not closed")?;
            }
            Ok(())
        })?;
        Ok(Expression::Call(call))
    }

    /// A comma, or the closing bracket without taking it.
    pub(super) fn separator(&mut self, close: &'static str, message: &str) -> Parsed<()> {
        if self.at(close) || self.eat(",") { Ok(()) } else { Err(self.unexpected(message, &[",", close])) }
    }

    fn list(&mut self) -> Parsed<Expression> {
        self.take();
        self.with_newlines(false, |parser| {
            if parser.eat_keyword("for") {
                return parser.for_expression("]");
            }
            let mut items = Vec::new();
            while !parser.eat("]") {
                items.push(parser.expression()?);
                parser.separator("]", "this list is not closed")?;
            }
            Ok(Expression::List(items))
        })
    }

    fn object(&mut self) -> Parsed<Expression> {
        self.take();
        if self.with_newlines(false, |parser| Ok(parser.eat_keyword("for")))? {
            return self.with_newlines(false, |parser| parser.for_expression("}"));
        }
        self.with_newlines(true, |parser| {
            let mut entries = Vec::new();
            loop {
                parser.eat_newlines();
                if parser.eat("}") {
                    return Ok(Expression::Object(Object(last_of_each(entries))));
                }
                entries.push(parser.entry()?);
                let newline = parser.peek().token == Token::Newline;
                if !(newline || parser.at("}") || parser.eat(",")) {
                    return Err(parser.unexpected("this object is not closed", &[",", "a new line", "}"]));
                }
            }
        })
    }

    pub(super) fn eat_newlines(&mut self) {
        while self.peek().token == Token::Newline {
            self.take();
        }
    }

    fn entry(&mut self) -> Parsed<(Key, Expression)> {
        let key = self.key()?;
        if !self.eat("=") {
            self.expect(":", "an entry of an object needs its value").map_err(|error| error.expected(&["=", ":"]))?;
        }
        Ok((key, self.expression()?))
    }

    /// A text in quotes with nothing after it but the value: what most keys are.
    fn quoted_key(&mut self) -> Option<&'s str> {
        let start = self.position;
        let opening = self.peek();
        if opening.token != Token::Quote {
            return None;
        }
        self.position = opening.end;
        let name = self.plain_quoted();
        if name.is_none() || !(self.at("=") || self.at(":")) {
            self.position = start;
            return None;
        }
        name
    }

    fn key(&mut self) -> Parsed<Key> {
        if let Some(name) = self.quoted_key() {
            return Ok(Key::Literal(Cow::Owned(name.to_owned())));
        }
        let start = self.peek();
        let expression = self.expression()?;
        // `"${a.b}"` is a template, although it means what stands in it.
        if matches!(start.token, Token::Symbol("(") | Token::Quote) {
            return Ok(Key::from_expression(expression));
        }
        match expression {
            Expression::Traversal(Traversal { root: Root::Name(name), steps }) if steps.is_empty() => {
                Ok(Key::Literal(name))
            }
            Expression::Traversal(_) => {
                let span = start.start..self.position;
                Err(SyntaxError::new(span, "it is not clear whether this key is a reference or a name")
                    .expected(&["a name in quotes", "a reference in parentheses"]))
            }
            Expression::Bool(value) => Ok(Key::Literal(if value { "true" } else { "false" }.into())),
            Expression::Null => Ok(Key::Literal("null".into())),
            other => Ok(Key::from_expression(other)),
        }
    }

    /// What comes after `for`.
    fn for_expression(&mut self, close: &'static str) -> Parsed<Expression> {
        let (key, value, collection) = self.for_introduction()?;
        self.expect(":", "the result of the `for` is missing")?;
        let makes_object = close == "}";
        let mut expression = self.with_names([key, Some(value)], |parser| {
            let first = parser.expression()?;
            let (result_key, result) = if makes_object {
                parser.expect("=>", "a `for` that makes an object needs a key and a value")?;
                (Some(first), parser.expression()?)
            } else {
                (None, first)
            };
            let grouping = makes_object && parser.eat("...");
            let condition = if parser.eat_keyword("if") { Some(parser.expression()?) } else { None };
            let (key, value) = (key.map(str::to_owned), value.to_owned());
            Ok(For { key, value, collection: Expression::Null, result_key, result, grouping, condition })
        })?;
        expression.collection = collection;
        self.expect(close, "this `for` is not closed")?;
        Ok(Expression::For(Box::new(expression)))
    }

    /// `key, value in collection`
    pub(super) fn for_introduction(&mut self) -> Parsed<(Option<&'s str>, &'s str, Expression)> {
        const NAME: &str = "a `for` needs a name for what it walks over";
        let first = self.identifier(NAME)?;
        let (key, value) = if self.eat(",") { (Some(first), self.identifier(NAME)?) } else { (None, first) };
        if !self.eat_keyword("in") {
            return Err(self.unexpected("a `for` needs something to walk over", &["in"]));
        }
        Ok((key, value, self.expression()?))
    }
}

/// Whether the first argument of a function must be a reference without anything around it.
fn takes_reference(function: &str) -> bool {
    function.strip_prefix("core::").unwrap_or(function) == "templatestring"
}

/// A reference in quotes or parentheses as the template that it is, where the two are not the same.
fn as_written(start: Token<'_>, argument: Expression) -> Expression {
    let is_wrapped = matches!(start, Token::Quote | Token::Symbol("(")) && matches!(argument, Expression::Traversal(_));
    if is_wrapped { Expression::Template(vec![TemplatePart::Interpolation(argument)]) } else { argument }
}

/// The operator that a symbol is, if it is one: most are brackets and commas.
fn operator(symbol: &str) -> Option<BinaryOperator> {
    let is_other = matches!(symbol, "," | ":" | "}" | ")" | "]" | "=" | "?" | "[" | "." | "(" | "{");
    let mut all = BinaryOperator::ALL.into_iter().filter(|_| !is_other);
    all.find(|operator| operator.symbol() == symbol)
}

/// Of two entries of one key the later counts, but both are evaluated. In JSON, by contrast, two of them are a mistake.
fn last_of_each(mut entries: Vec<(Key, Expression)>) -> Vec<(Key, Expression)> {
    if entries.len() < 2 {
        return entries;
    }
    let mut seen = FxHashSet::with_capacity_and_hasher(entries.len(), FxBuildHasher);
    let mut counts: Vec<bool> = entries
        .iter()
        .rev()
        .map(|(key, _)| match key {
            Key::Literal(name) => seen.insert(name.clone()),
            Key::Computed(_) => true,
        })
        .collect();
    if !counts.contains(&false) {
        return entries;
    }
    entries.retain_mut(|(key, value)| {
        let counts = counts.pop().unwrap_or(true);
        if !counts && let Key::Literal(name) = key {
            // As a key that is computed, it comes before the one that counts.
            *key = Key::Computed(Box::new(Expression::Text(name.clone())));
        }
        counts || !value.is_literal()
    });
    entries
}
