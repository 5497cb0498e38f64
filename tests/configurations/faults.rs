//! Small changes that mostly make a configuration one that Terraform refuses. Which of them do, only Terraform says.

use crate::blocks::Folders;
use crate::chance::Chance;
use crate::syntax::{Block, Given, Item};

/// Expressions with something in them, right or wrong.
const EXPRESSIONS: [&str; 58] = [
    "var.nope",
    "local.nope",
    "module.nope.x",
    "module.m0.nope",
    "module.m0",
    "terraform_data.nope.id",
    "terraform_data.r0.nope",
    "terraform_data.r0",
    "terraform_data.r0[0].id",
    "terraform_data.r0[\"a\"].id",
    "data.terraform_data.x.id",
    "nope(1)",
    "upper()",
    "upper(\"a\", \"b\")",
    "upper([1])",
    "each.key",
    "each.value",
    "count.index",
    "self.id",
    "path.nope",
    "terraform.nope",
    "terraform.workspace",
    "{ a = 1 }.b",
    "[1][5]",
    "\"a\"[\"b\"]",
    "1 + \"x\"",
    "1 + \"2\"",
    "true ? 1 : [2]",
    "true ? {} : { a = 1 }",
    "null.x",
    "var",
    "local",
    "[for x in 5 : x]",
    "{ for x in [\"a\", \"a\"] : x => x }",
    "\"${[1]}\"",
    "file(\"nope\")",
    "jsondecode(\"{\")",
    "regex(\"(\", \"a\")",
    "a.b",
    "foo",
    "null",
    "1 / 0",
    "tonumber(\"x\")",
    "tolist({})",
    "toset([[1], {}])",
    "element([], 0)",
    "\"a\" < 1",
    "!5",
    "-\"a\"",
    "sensitive(\"a\")",
    "ephemeralasnull(1)",
    "var.v0",
    "var.v0.x",
    "var.v0[0]",
    "terraform_data.r0.input.x",
    "output.o0",
    "[var.v0, local.nope]...",
    "core::upper(\"a\")",
];

/// Names of arguments and blocks that stand where they do not belong.
const NAMES: [&str; 16] = [
    "nope",
    "count",
    "for_each",
    "depends_on",
    "provider",
    "lifecycle",
    "provisioner",
    "connection",
    "input",
    "value",
    "default",
    "dynamic",
    "source",
    "id",
    "ephemeral",
    "nullable",
];

/// Labels that are none, or of something else.
const LABELS: [&str; 8] = ["1a", "a b", "", "a.b", "ok-1", "terraform_date", "r0", "count"];

/// Changes one thing of one folder, and says what.
pub(crate) fn change(folders: &mut Folders, chance: &mut Chance) -> String {
    let names: Vec<String> = folders.keys().cloned().collect();
    // The root more often: it is judged as a root and not as a module.
    let name = if chance.percent(60) { String::new() } else { chance.one(&names).clone() };
    let Some(blocks) = folders.get_mut(&name) else { return String::new() };
    let said = match chance.below(10) {
        0..=3 => replace_expression(blocks, chance),
        4 => remove(blocks, chance),
        5 => add(blocks, chance),
        6 => double(blocks, chance),
        7 => rename(blocks, chance),
        8 => relabel(blocks, chance),
        _ => exchange(blocks, chance),
    };
    format!("{name}: {said}")
}

/// Calls what is needed with a body that was chosen by chance, one of those below included.
fn some_body(
    body: &mut Vec<Item>,
    chance: &mut Chance,
    act: &mut dyn FnMut(&mut Vec<Item>, &mut Chance) -> String,
) -> String {
    let blocks: Vec<usize> = (0..body.len()).filter(|&index| matches!(body[index], Item::Block(_))).collect();
    if blocks.is_empty() || chance.percent(20) {
        return act(body, chance);
    }
    let index = *chance.one(&blocks);
    match &mut body[index] {
        Item::Block(block) => {
            let inner = some_body(&mut block.body, chance, act);
            format!("{} {}: {inner}", block.kind, block.labels.join(" "))
        }
        Item::Argument(..) => act(body, chance),
    }
}

fn replace_expression(body: &mut Vec<Item>, chance: &mut Chance) -> String {
    some_body(body, chance, &mut |body, chance| {
        let with = (*chance.one(&EXPRESSIONS)).to_owned();
        let codes: Vec<&mut String> = body
            .iter_mut()
            .filter_map(|item| match item {
                Item::Argument(_, Given::Code(code)) => Some(code),
                _ => None,
            })
            .collect();
        let count = codes.len();
        if let Some(code) = codes.into_iter().nth(chance.below(count)) {
            *code = if chance.percent(30) { format!("[{code}, {with}]") } else { with.clone() };
        }
        format!("an expression becomes {with}")
    })
}

fn remove(body: &mut Vec<Item>, chance: &mut Chance) -> String {
    some_body(body, chance, &mut |body, chance| {
        if !body.is_empty() {
            body.remove(chance.below(body.len()));
        }
        "something is removed".to_owned()
    })
}

fn add(body: &mut Vec<Item>, chance: &mut Chance) -> String {
    some_body(body, chance, &mut |body, chance| {
        let name = *chance.one(&NAMES);
        let block = Block::new(name, if chance.percent(30) { &["a"] } else { &[] });
        body.push(match chance.below(4) {
            0 => Item::Block(block),
            1 => {
                Item::Block(Block::new("dynamic", &["input"]).code("for_each", "[1]").block(Block::new("content", &[])))
            }
            2 => Item::Argument(name.to_owned(), Given::Code("[\"a\"]".to_owned())),
            _ => Item::Argument(name.to_owned(), Given::Code("1".to_owned())),
        });
        format!("{name} is added")
    })
}

fn double(body: &mut Vec<Item>, chance: &mut Chance) -> String {
    some_body(body, chance, &mut |body, chance| {
        if !body.is_empty() {
            let item = body[chance.below(body.len())].clone();
            body.push(item);
        }
        "something is there twice".to_owned()
    })
}

fn rename(body: &mut Vec<Item>, chance: &mut Chance) -> String {
    some_body(body, chance, &mut |body, chance| {
        if body.is_empty() {
            return String::new();
        }
        let index = chance.below(body.len());
        let to = (*chance.one(&NAMES)).to_owned();
        match &mut body[index] {
            Item::Argument(name, _) if name != "source" => *name = to,
            // An empty list of blocks is nothing in JSON.
            Item::Block(block) => block.kind = to,
            Item::Argument(..) => {}
        }
        "something is renamed".to_owned()
    })
}

fn relabel(body: &mut [Item], chance: &mut Chance) -> String {
    let labelled: Vec<&mut Block> = body
        .iter_mut()
        .filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Argument(..) => None,
        })
        .collect();
    let count = labelled.len();
    let Some(block) = labelled.into_iter().nth(chance.below(count)) else { return String::new() };
    let label = (*chance.one(&LABELS)).to_owned();
    match chance.below(3) {
        0 if !block.labels.is_empty() => {
            block.labels.pop();
        }
        1 => block.labels.push(label.clone()),
        _ => {
            if let Some(last) = block.labels.last_mut() {
                last.clone_from(&label);
            }
        }
    }
    format!("{} has other labels: {:?}", block.kind, block.labels)
}

/// An argument where a block belongs, and the other way round.
fn exchange(body: &mut Vec<Item>, chance: &mut Chance) -> String {
    some_body(body, chance, &mut |body, chance| {
        if body.is_empty() {
            return String::new();
        }
        let index = chance.below(body.len());
        let (kind, to) = match &body[index] {
            Item::Argument(name, _) if name == "source" => return String::new(),
            Item::Argument(name, given) => {
                let mut block = Block::new(name, &[]);
                block.body.push(Item::Argument("input".to_owned(), given.clone()));
                (name.clone(), Item::Block(block))
            }
            Item::Block(block) => {
                (block.kind.clone(), Item::Argument(block.kind.clone(), Given::Code("{ condition = true }".to_owned())))
            }
        };
        body[index] = to;
        format!("{kind} is exchanged")
    })
}
