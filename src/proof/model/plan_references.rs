//! What stands in a plan for values that come with the apply: the references of the expressions behind them.

use std::collections::HashMap;

use rustc_hash::FxHashMap;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Resource;
use super::node::{Entries, Node};
use super::plan_reader::{Block, Expression, Module};

/// The configuration inside a plan, by address.
#[derive(Debug)]
pub(super) struct References<'p> {
    root: &'p Module<'p>,
    /// The blocks of the configuration by their address without keys.
    blocks: FxHashMap<String, &'p Block<'p>>,
    /// How many instances are planned of each address without keys, and the first of them.
    instances: FxHashMap<String, (usize, &'p str)>,
}

/// A reference of an expression with the module instance that it stands in.
struct Reference<'a> {
    module: Vec<String>,
    text: &'a str,
}

impl<'p> References<'p> {
    /// The references of a configuration whose instances have these addresses, each once.
    pub(super) fn new(root: &'p Module<'p>, addresses: impl Iterator<Item = &'p str>) -> Self {
        let mut instances: FxHashMap<String, (usize, &str)> = FxHashMap::default();
        for address in addresses {
            instances.entry(bare_address(&steps_of(address))).or_insert((0, address)).0 += 1;
        }
        let mut blocks = FxHashMap::default();
        collect(root, "", &mut blocks);
        Self { root, blocks, instances }
    }

    /// The provider configuration of an instance.
    pub(super) fn provider_key(&self, address: &str) -> Option<&'p str> {
        let block = self.block(address)?;
        (!block.provider_config_key.is_empty()).then_some(block.provider_config_key.as_ref())
    }

    /// The addresses in the `depends_on` of an instance.
    pub(super) fn depends_on(&self, address: &str) -> Vec<String> {
        let Some(names) = self.block(address).and_then(|block| block.depends_on.as_ref()) else { return Vec::new() };
        let prefix = module_of(&steps_of(address)).join(".");
        let in_module = |name: &String| if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        names.iter().map(in_module).collect()
    }

    /// The members of an instance's values in which something comes with the apply, each with what can be told of it.
    pub(super) fn filled(
        &self,
        resource: &Resource,
        unknown: &RawValue,
        all: &HashMap<&str, &Resource>,
    ) -> Vec<(String, Node)> {
        let unknown: Value = serde_json::from_str(unknown.get()).unwrap_or(Value::Bool(true));
        let Value::Object(members) = unknown else { return Vec::new() };
        let block = self.block(&resource.address);
        let expressions = block.map(Block::expressions).unwrap_or_default();
        let module = module_of(&steps_of(&resource.address));
        let scope = Scope { module, key: key_of(&resource.address), all };
        let mut filled = Vec::new();
        for (name, unknown) in members.into_iter().filter(|(_, unknown)| tells(unknown)) {
            let expression = expressions.member(&name);
            // What nobody set and only the apply gives has stand-ins of its own.
            if unknown == Value::Bool(true) && expression.is_absent() && !expressions.is_absent() {
                continue;
            }
            if unknown == Value::Bool(true) && expression.is_absent() && GIVEN_BY_AWS.contains(&name.as_str()) {
                continue;
            }
            let mut node = resource.values.at(&name).clone();
            self.fill_node(&mut node, &unknown, expression, &scope);
            filled.push((name, node));
        }
        filled
    }

    fn fill_node(&self, node: &mut Node, unknown: &Value, expression: &Expression, scope: &Scope<'_>) {
        match unknown {
            Value::Bool(true) => {
                let known = node.is_null() && !expression.is_absent();
                *node = if known { self.value(expression, scope) } else { not_yet() };
            }
            Value::Object(members) => {
                if node.is_null() {
                    *node = Node::Map(Entries::default());
                }
                let Node::Map(entries) = node else { return };
                for (name, inner) in members {
                    if *inner == Value::Bool(true) && expression.member(name).is_absent() {
                        // The blocks of a dynamic one have no expressions in a plan.
                        if expression.is_absent() && !GIVEN_BY_AWS.contains(&name.as_str()) {
                            entries.insert(name.as_str(), not_yet());
                        }
                        continue;
                    }
                    self.fill_node(entries.entry(name), inner, expression.member(name), scope);
                }
            }
            Value::Array(items) => self.fill_list(node, items, expression, scope),
            _ => {}
        }
    }

    fn fill_list(&self, node: &mut Node, unknown: &[Value], expression: &Expression, scope: &Scope<'_>) {
        if node.is_null() {
            *node = Node::List(Vec::new());
        }
        let Node::List(items) = node else { return };
        items.resize(items.len().max(unknown.len()), Node::Null);
        let whole = expression.is_whole();
        let references = if whole { self.expand(expression, &scope.module, 0) } else { Vec::new() };
        for (index, (item, inner)) in items.iter_mut().zip(unknown).enumerate() {
            if whole && *inner == Value::Bool(true) {
                *item = match references.get(index) {
                    Some(reference) if references.len() == unknown.len() => self.stand_in(reference, scope),
                    _ => not_yet(),
                };
            } else {
                self.fill_node(item, inner, expression.item(index), scope);
            }
        }
    }

    fn value(&self, expression: &Expression, scope: &Scope<'_>) -> Node {
        let references = self.expand(expression, &scope.module, 0);
        match references.as_slice() {
            [one] => self.stand_in(one, scope),
            _ => not_yet(),
        }
    }

    fn stand_in(&self, reference: &Reference<'_>, scope: &Scope<'_>) -> Node {
        let steps = parts_of(reference.text);
        let data = usize::from(steps.first().is_some_and(|step| step == "data"));
        if steps.len() < data + 2 {
            return Node::Unknown(format!("the plan does not show the value of {}", reference.text));
        }
        let own: Vec<String> = reference.module.iter().cloned().chain(steps[..data + 2].iter().cloned()).collect();
        let rest: Vec<&str> = steps[data + 2..].iter().map(|step| bare(step)).collect();
        let attribute = if rest.is_empty() { "id".to_owned() } else { rest.join(".") };
        let Some(target) = self.instance(&own, scope) else {
            return Node::Unknown(format!("the plan does not show which {} is meant", reference.text));
        };
        match target.at(&attribute) {
            Node::Null => target.subject().attribute(&attribute).unwrap_or_else(not_yet),
            value => value.clone(),
        }
    }

    /// The instance that is meant by an address: the named one, the one with the same key, the only one.
    fn instance<'a>(&self, own: &[String], scope: &Scope<'a>) -> Option<&'a Resource> {
        let address = own.join(".");
        let same_key = || scope.all.get(format!("{address}{}", scope.key.as_ref()?).as_str());
        let only = || match self.instances.get(&bare_address(own))? {
            (1, address) => scope.all.get(*address),
            _ => None,
        };
        scope.all.get(address.as_str()).or_else(same_key).or_else(only).copied()
    }

    /// The references of an expression that lead to resources, through variables and outputs of modules.
    fn expand<'a>(&'a self, expression: &'a Expression, module: &[String], depth: usize) -> Vec<Reference<'a>> {
        let mut all = Vec::new();
        if depth > DEEPEST {
            return all;
        }
        let mut last = "";
        for text in expression.references() {
            if last.starts_with(text.as_str()) && last.len() > text.len() {
                continue;
            }
            last = text;
            let steps = parts_of(text);
            match steps.first().map(|step| bare(step)) {
                Some("var") if steps.len() > 1 && !module.is_empty() => {
                    let (call, outer) = module.split_last().unwrap_or((&steps[0], &[]));
                    if let Some(parent) = self.module(outer) {
                        all.extend(self.expand(parent.given(bare_name(call), &steps[1]), outer, depth + 1));
                    }
                }
                Some("module") if steps.len() > 2 => {
                    let mut inner = module.to_vec();
                    inner.push(format!("module.{}", steps[1]));
                    if let Some(called) = self.module(&inner) {
                        all.extend(self.expand(called.output(bare(&steps[2])), &inner, depth + 1));
                    }
                }
                Some("each" | "count" | "path" | "terraform") => {}
                _ => all.push(Reference { module: module.to_vec(), text }),
            }
        }
        all
    }

    fn module(&self, path: &[String]) -> Option<&'p Module<'p>> {
        path.iter().try_fold(self.root, |module, call| Some(&module.calls.as_ref()?.get(bare_name(call))?.module))
    }

    fn block(&self, address: &str) -> Option<&'p Block<'p>> {
        self.blocks.get(&bare_address(&steps_of(address))).copied()
    }
}

/// Whether something in it comes with the apply.
fn tells(unknown: &Value) -> bool {
    match unknown {
        Value::Bool(is_unknown) => *is_unknown,
        Value::Array(items) => items.iter().any(tells),
        Value::Object(members) => members.values().any(tells),
        _ => false,
    }
}

/// The blocks of a module and those that it calls.
fn collect<'p>(module: &'p Module<'p>, prefix: &str, blocks: &mut FxHashMap<String, &'p Block<'p>>) {
    for block in module.resources.iter().flatten().filter(|block| !block.address.is_empty()) {
        blocks.insert(format!("{prefix}{}", block.address), block);
    }
    for (name, call) in module.calls.iter().flatten() {
        collect(&call.module, &format!("{prefix}module.{name}."), blocks);
    }
}

fn bare_address(steps: &[String]) -> String {
    steps.iter().map(|step| bare(step)).collect::<Vec<_>>().join(".")
}

/// Attributes of nested blocks that no configuration sets.
const GIVEN_BY_AWS: [&str; 6] = ["id", "arn", "kms_key_arn", "stream_arn", "stream_label", "volume_id"];

/// How many variables and outputs a reference is followed through: in a plan that Terraform did not write they may lead in a
/// circle.
const DEEPEST: usize = 32;

/// Where a value stands.
struct Scope<'a> {
    module: Vec<String>,
    key: Option<String>,
    all: &'a HashMap<&'a str, &'a Resource>,
}

fn not_yet() -> Node {
    Node::Unknown("the plan knows the value only after the apply".to_owned())
}

/// The steps of a reference, keys with the step they belong to.
fn parts_of(reference: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let (mut quoted, mut depth) = (false, 0_i32);
    for character in reference.chars() {
        match character {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            _ => {}
        }
        if character == '.' && !quoted && depth == 0 {
            steps.push(String::new());
        } else if let Some(last) = steps.last_mut() {
            last.push(character);
        }
    }
    steps
}

/// The steps of an address, `module.NAME` as one.
fn steps_of(address: &str) -> Vec<String> {
    let mut steps = parts_of(address).into_iter().peekable();
    let mut all: Vec<String> = Vec::new();
    while steps.next_if(|step| step == "module").is_some() {
        if let Some(name) = steps.next() {
            all.push(format!("module.{name}"));
        }
    }
    all.extend(steps);
    all
}

fn bare(step: &str) -> &str {
    step.split('[').next().unwrap_or(step)
}

fn bare_name(call: &str) -> &str {
    bare(call.trim_start_matches("module."))
}

fn module_of(steps: &[String]) -> Vec<String> {
    steps.iter().take_while(|step| step.starts_with("module.")).cloned().collect()
}

fn key_of(address: &str) -> Option<String> {
    address.ends_with(']').then(|| address.rfind('[').map(|at| address[at..].to_owned())).flatten()
}
