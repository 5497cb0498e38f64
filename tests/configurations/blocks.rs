//! A configuration that Terraform mostly takes: every block names only what comes before it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::expressions::{KINDS, Kind, Scope, expression};
use crate::syntax::{Block, Item};

/// The folders of a configuration, each with its blocks; the root's name is empty.
pub(crate) type Folders = BTreeMap<String, Vec<Item>>;

/// How deep expressions nest.
const DEPTH: usize = 3;

/// A module that can be called: its folder, the variables that it needs, and its outputs.
struct Callable {
    folder: String,
    needs: Vec<(String, Kind)>,
    outputs: Vec<(String, Kind)>,
}

/// A root module, and up to two modules that it calls, the first of which may call one too.
pub(crate) fn folders(chance: &mut Chance) -> Folders {
    let mut folders = Folders::new();
    let mut callable = Vec::new();
    if chance.percent(45) {
        let inner = if chance.percent(30) { vec![module("m0/n0", &[], &mut folders, chance)] } else { Vec::new() };
        callable.push(module("m0", &inner, &mut folders, chance));
        if chance.percent(40) {
            callable.push(module("m1", &[], &mut folders, chance));
        }
    }
    module("", &callable, &mut folders, chance);
    folders
}

fn module(folder: &str, callable: &[Callable], folders: &mut Folders, chance: &mut Chance) -> Callable {
    let mut writer =
        Writer { blocks: Vec::new(), scope: Scope { names: Vec::new(), depth: DEPTH }, resources: Vec::new() };
    let needs = writer.variables(folder.is_empty(), chance);
    writer.locals("first", chance);
    writer.resources(chance);
    for module in callable {
        writer.call(module, folder, chance);
    }
    writer.locals("last", chance);
    let outputs = writer.outputs(chance);
    writer.others(folder.is_empty(), chance);
    folders.insert(folder.to_owned(), writer.blocks);
    Callable { folder: folder.to_owned(), needs, outputs }
}

/// How many instances a block has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instances {
    One,
    Count,
    ForEach,
}

struct Writer {
    blocks: Vec<Item>,
    scope: Scope,
    resources: Vec<(String, Instances)>,
}

impl Writer {
    fn add(&mut self, block: Block) {
        self.blocks.push(Item::Block(block));
    }

    fn expression(&self, kind: Kind, chance: &mut Chance) -> String {
        expression(&self.scope, kind, chance)
    }

    /// What is true or false and names something, as conditions must.
    fn condition(scope: &Scope, chance: &mut Chance) -> Option<String> {
        let (name, _) = scope.names.get(chance.below(scope.names.len()))?;
        Some(format!("can({name}) && {}", expression(scope, Kind::Bool, chance)))
    }

    fn variables(&mut self, is_root: bool, chance: &mut Chance) -> Vec<(String, Kind)> {
        let mut needs = Vec::new();
        for number in 0..chance.below(4) {
            let (name, kind) = (format!("v{number}"), *chance.one(&KINDS));
            let mut block = Block::new("variable", &[&name]);
            if chance.percent(80) {
                block = block.bare("type", type_of(kind, chance));
            }
            if chance.percent(if is_root { 85 } else { 50 }) {
                // A default is a literal, in JSON too.
                block = block.constant("default", constant(kind, chance));
            } else {
                needs.push((name.clone(), kind));
            }
            if chance.percent(5) {
                block = block.constant("sensitive", true);
            }
            if chance.percent(15) {
                block = block.constant("nullable", false);
            }
            // Of a module's argument that breaks a rule `check` says nothing yet: it is left out here.
            if is_root && chance.percent(25) {
                let within = Scope { names: Vec::new(), depth: 1 }.with(&[(&format!("var.{name}"), kind)]);
                let condition = format!("can(var.{name}) && {}", expression(&within, Kind::Bool, chance));
                block = block.block(
                    Block::new("validation", &[])
                        .code("condition", condition)
                        .text("error_message", "It is not right."),
                );
            }
            self.add(block);
            self.scope.add(format!("var.{name}"), kind);
        }
        needs
    }

    fn locals(&mut self, prefix: &str, chance: &mut Chance) {
        let mut block = Block::new("locals", &[]);
        for number in 0..chance.below(4) {
            let (name, kind) = (format!("{prefix}{number}"), *chance.one(&KINDS));
            block = block.code(&name, self.expression(kind, chance));
            self.scope.add(format!("local.{name}"), kind);
        }
        self.add(block);
    }

    fn resources(&mut self, chance: &mut Chance) {
        for number in 0..chance.below(4) {
            let (name, kind) = (format!("r{number}"), *chance.one(&KINDS));
            let address = format!("terraform_data.{name}");
            let (instances, mut block, scope) =
                self.repeated(Block::new("resource", &["terraform_data", &name]), chance);
            block = block.code("input", expression(&scope, kind, chance));
            if chance.percent(30) {
                block = block.code("triggers_replace", expression(&scope, *chance.one(&KINDS), chance));
            }
            if chance.percent(25) && !self.resources.is_empty() {
                let others = self.resources.iter().map(|(name, _)| format!("terraform_data.{name}")).collect();
                block = block.addresses("depends_on", others);
            }
            if chance.percent(35) {
                block = block.block(self.lifecycle(&scope, chance));
            }
            if chance.percent(15) {
                block = block.block(provisioner(&scope, chance));
            }
            self.add(block);
            self.name_instances(&address, instances, kind);
            self.resources.push((name, instances));
        }
    }

    /// A block of one instance or several, and what is in scope in it.
    fn repeated(&self, block: Block, chance: &mut Chance) -> (Instances, Block, Scope) {
        match chance.below(10) {
            0 | 1 => {
                let count = match chance.below(4) {
                    0 => self.expression(Kind::Number, chance),
                    _ => format!("length({})", self.expression(Kind::List, chance)),
                };
                (Instances::Count, block.code("count", count), self.scope.with(&[("count.index", Kind::Number)]))
            }
            2 | 3 => {
                let each = match chance.below(3) {
                    0 => format!("toset({})", self.expression(Kind::List, chance)),
                    _ => self.expression(Kind::Map, chance),
                };
                let scope = self.scope.with(&[("each.key", Kind::Text), ("each.value", Kind::Text)]);
                (Instances::ForEach, block.code("for_each", each), scope)
            }
            _ => (Instances::One, block, self.scope.clone()),
        }
    }

    fn name_instances(&mut self, address: &str, instances: Instances, kind: Kind) {
        match instances {
            Instances::One => {
                self.scope.add(format!("{address}.id"), Kind::Text);
                self.scope.add(format!("{address}.input"), kind);
                self.scope.add(format!("{address}.output"), kind);
            }
            Instances::Count => {
                self.scope.add(format!("{address}[*].id"), Kind::List);
                self.scope.add(format!("one({address}[*].input)"), kind);
                self.scope.add(format!("length({address})"), Kind::Number);
            }
            Instances::ForEach => {
                self.scope.add(format!("{{ for k, v in {address} : k => v.id }}"), Kind::Map);
                self.scope.add(format!("keys({address})"), Kind::List);
                self.scope.add(format!("values({address})[*].id"), Kind::List);
            }
        }
    }

    fn lifecycle(&self, scope: &Scope, chance: &mut Chance) -> Block {
        let mut block = Block::new("lifecycle", &[]);
        if chance.percent(30) {
            block = block.constant("create_before_destroy", true);
        }
        if chance.percent(30) {
            block = block.addresses("ignore_changes", vec!["input".to_owned()]);
        }
        if let Some((name, _)) = self.resources.first().filter(|_| chance.percent(40)) {
            block = block.addresses("replace_triggered_by", vec![format!("terraform_data.{name}")]);
        }
        if let Some(condition) = Self::condition(scope, chance).filter(|_| chance.percent(40)) {
            block = block
                .block(Block::new("precondition", &[]).code("condition", condition).text("error_message", "Not now."));
        }
        if chance.percent(25) {
            let postcondition = Block::new("postcondition", &[]).code("condition", "self.output == self.input");
            block = block.block(postcondition.code("error_message", "\"Not ${self.id}.\""));
        }
        block
    }

    fn call(&mut self, module: &Callable, folder: &str, chance: &mut Chance) {
        let name = module.folder.rsplit('/').next().unwrap_or_default().to_owned();
        let within = module.folder.strip_prefix(folder).unwrap_or(&module.folder).trim_start_matches('/');
        let block = Block::new("module", &[&name]).text("source", format!("./{within}"));
        let (instances, mut block, scope) = self.repeated(block, chance);
        for (variable, kind) in &module.needs {
            block = block.code(variable, expression(&scope, *kind, chance));
        }
        self.add(block);
        for (output, kind) in &module.outputs {
            match instances {
                Instances::One => self.scope.add(format!("module.{name}.{output}"), *kind),
                Instances::Count => self.scope.add(format!("module.{name}[*].{output}"), Kind::List),
                Instances::ForEach => {
                    self.scope.add(format!("{{ for k, v in module.{name} : k => v.{output} }}"), Kind::Map);
                }
            }
        }
    }

    fn outputs(&mut self, chance: &mut Chance) -> Vec<(String, Kind)> {
        let mut outputs = Vec::new();
        for number in 0..=chance.below(4) {
            let (name, kind) = (format!("o{number}"), *chance.one(&KINDS));
            let mut block = Block::new("output", &[&name]).code("value", self.expression(kind, chance));
            if chance.percent(70) {
                block = block.constant("sensitive", true);
            }
            if let Some(condition) = Self::condition(&self.scope, chance).filter(|_| chance.percent(15)) {
                block = block.block(
                    Block::new("precondition", &[])
                        .code("condition", condition)
                        .text("error_message", "Not to be shown."),
                );
            }
            self.add(block);
            outputs.push((name, kind));
        }
        outputs
    }

    /// What has no value: moves, removals, checks, requirements.
    fn others(&mut self, is_root: bool, chance: &mut Chance) {
        if chance.percent(20) {
            let to = self
                .resources
                .first()
                .map_or("terraform_data.none".to_owned(), |(name, _)| format!("terraform_data.{name}"));
            self.add(Block::new("moved", &[]).bare("from", "terraform_data.before").bare("to", to));
        }
        if chance.percent(15) {
            let lifecycle = Block::new("lifecycle", &[]).constant("destroy", false);
            self.add(Block::new("removed", &[]).bare("from", "terraform_data.gone").block(lifecycle));
        }
        if let Some(condition) = Self::condition(&self.scope, chance).filter(|_| chance.percent(20)) {
            let assertion =
                Block::new("assert", &[]).code("condition", condition).text("error_message", "It is not so.");
            self.add(Block::new("check", &["c"]).block(assertion));
        }
        if chance.percent(20) {
            self.add(Block::new("terraform", &[]).text("required_version", ">= 1.5"));
        }
        let single = self.resources.iter().find(|(_, instances)| *instances == Instances::One);
        if let Some((name, _)) = single.filter(|_| is_root && chance.percent(10)) {
            let to = format!("terraform_data.{name}");
            self.add(Block::new("import", &[]).bare("to", to).text("id", "some-id"));
        }
    }
}

fn provisioner(scope: &Scope, chance: &mut Chance) -> Block {
    let block = Block::new("provisioner", &["local-exec"]).code("command", expression(scope, Kind::Text, chance));
    match chance.below(3) {
        0 => Block::new("provisioner", &["local-exec"]).code("command", "\"echo ${self.id}\"").bare("when", "destroy"),
        1 => block.code("environment", expression(scope, Kind::Map, chance)).bare("on_failure", "continue"),
        _ => block,
    }
}

/// A default, which both syntaxes take as it stands.
fn constant(kind: Kind, chance: &mut Chance) -> Value {
    let of: &[Value] = &match kind {
        Kind::Text => [json!("a"), json!(""), json!("5")],
        Kind::Number => [json!(0), json!(2), json!(1.5)],
        Kind::Bool => [json!(true), json!(false), json!(true)],
        Kind::List => [json!([]), json!(["a"]), json!(["b", "a", "b"])],
        Kind::Map => [json!({}), json!({"a": "1"}), json!({"a": "x", "b": "y"})],
        Kind::Object => {
            [json!({"name": "n", "size": 1}), json!({"name": "m", "size": 2}), json!({"name": "", "size": "3"})]
        }
    };
    chance.one(of).clone()
}

fn type_of(kind: Kind, chance: &mut Chance) -> String {
    let of: &[&str] = match kind {
        Kind::Text => &["string"],
        Kind::Number => &["number"],
        Kind::Bool => &["bool"],
        Kind::List => &["list(string)", "set(string)", "list(any)", "any"],
        Kind::Map => &["map(string)", "map(any)", "any"],
        Kind::Object => &[
            "object({ name = string, size = number })",
            "object({ name = string, size = optional(number, 1) })",
            "any",
        ],
    };
    (*chance.one(of)).to_owned()
}
