//! A configuration as a tree of blocks, written in Terraform's native syntax or in its JSON syntax.

use std::fmt::Write as _;

use serde_json::Value;

/// What an argument is given.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    /// An expression.
    Code(String),
    /// What is no expression: the type of a variable, an address, a keyword.
    Bare(String),
    /// Several of those.
    Addresses(Vec<String>),
    /// A literal, where Terraform evaluates nothing.
    Constant(Value),
    /// Text as it stands, where Terraform takes nothing else.
    Text(String),
}

/// What a body has.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Argument(String, Given),
    Block(Block),
}

#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: String,
    pub(crate) labels: Vec<String>,
    pub(crate) body: Vec<Item>,
}

impl Block {
    pub(crate) fn new(kind: &str, labels: &[&str]) -> Self {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        Self { kind: kind.to_owned(), labels, body: Vec::new() }
    }

    pub(crate) fn code(mut self, name: &str, code: impl Into<String>) -> Self {
        self.body.push(Item::Argument(name.to_owned(), Given::Code(code.into())));
        self
    }

    pub(crate) fn constant(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.push(Item::Argument(name.to_owned(), Given::Constant(value.into())));
        self
    }

    pub(crate) fn bare(mut self, name: &str, word: impl Into<String>) -> Self {
        self.body.push(Item::Argument(name.to_owned(), Given::Bare(word.into())));
        self
    }

    pub(crate) fn text(mut self, name: &str, text: impl Into<String>) -> Self {
        self.body.push(Item::Argument(name.to_owned(), Given::Text(text.into())));
        self
    }

    pub(crate) fn addresses(mut self, name: &str, addresses: Vec<String>) -> Self {
        self.body.push(Item::Argument(name.to_owned(), Given::Addresses(addresses)));
        self
    }

    pub(crate) fn block(mut self, block: Self) -> Self {
        self.body.push(Item::Block(block));
        self
    }
}

/// Native syntax.
pub(crate) fn native(body: &[Item]) -> String {
    let mut text = String::new();
    write_native(body, 0, &mut text);
    text
}

fn write_native(body: &[Item], depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for item in body {
        match item {
            Item::Argument(name, given) => {
                let _ = writeln!(text, "{indent}{name} = {}", native_value(given));
            }
            Item::Block(block) => {
                let labels =
                    block.labels.iter().map(|label| format!(" {}", quoted(label))).collect::<Vec<_>>().concat();
                let _ = writeln!(text, "{indent}{}{labels} {{", block.kind);
                write_native(&block.body, depth + 1, text);
                let _ = writeln!(text, "{indent}}}");
            }
        }
    }
}

fn native_value(given: &Given) -> String {
    match given {
        Given::Code(code) => code.clone(),
        Given::Bare(word) => word.clone(),
        Given::Addresses(addresses) => format!("[{}]", addresses.join(", ")),
        Given::Text(text) => quoted(text),
        // Native syntax takes objects in the form of JSON.
        Given::Constant(value) => value.to_string(),
    }
}

/// JSON syntax: the top level is a list, so that nothing has to be merged.
pub(crate) fn json(body: &[Item]) -> String {
    let blocks: Vec<String> = body.iter().map(|item| format!("{{{}}}", json_item(item))).collect();
    format!("[{}]\n", blocks.join(",\n"))
}

fn json_item(item: &Item) -> String {
    match item {
        Item::Argument(name, given) => format!("{}: {}", quoted(name), json_value(given)),
        Item::Block(block) => {
            let body = json_body(&block.body);
            let labelled =
                block.labels.iter().rev().fold(body, |inner, label| format!("{{{}: {inner}}}", quoted(label)));
            format!("{}: {labelled}", quoted(&block.kind))
        }
    }
}

/// Blocks of one kind are a list under its name; an argument that is there twice stays so.
fn json_body(body: &[Item]) -> String {
    let mut members = Vec::new();
    let mut kinds: Vec<&str> = Vec::new();
    for item in body {
        match item {
            Item::Argument(..) => members.push(json_item(item)),
            Item::Block(block) if !kinds.contains(&block.kind.as_str()) => {
                kinds.push(&block.kind);
                members.push(blocks_of_kind(body, &block.kind));
            }
            Item::Block(_) => {}
        }
    }
    format!("{{{}}}", members.join(", "))
}

fn blocks_of_kind(body: &[Item], kind: &str) -> String {
    let of_kind = body.iter().filter_map(|item| match item {
        Item::Block(block) if block.kind == kind => Some(block),
        _ => None,
    });
    let written: Vec<String> = of_kind
        .map(|block| {
            let inner = json_body(&block.body);
            block.labels.iter().rev().fold(inner, |inner, label| format!("{{{}: {inner}}}", quoted(label)))
        })
        .collect();
    format!("{}: [{}]", quoted(kind), written.join(", "))
}

fn json_value(given: &Given) -> String {
    match given {
        Given::Code(code) => quoted(&format!("${{{code}}}")),
        Given::Bare(word) => quoted(word),
        Given::Addresses(addresses) => Value::from(addresses.clone()).to_string(),
        Given::Text(text) => quoted(text),
        Given::Constant(value) => value.to_string(),
    }
}

/// Names and texts have neither interpolations nor controls, so that both syntaxes quote them alike.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
