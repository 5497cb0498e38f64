//! Any configuration of blocks that refer to each other, spread over any tree of modules: put back together, the modules
//! say what the one document says, and nothing is passed on that nobody uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::ModulePath;
use crate::terraform::address::Address;
use crate::terraform::check::Schemas;
use crate::terraform::document::Document;
use crate::terraform::expression::{Call, Editor, Expression, Names, Object, Root, Step, Traversal};
use crate::terraform::layout::Documents;
use crate::terraform::module::Module;
use crate::terraform::output::Output;
use crate::terraform::resource::{Resource, ResourceBlock};
use crate::terraform::value::{Any, Value};
use crate::terraform::variable::Variable;

/// A block before its references are known to lead somewhere.
#[derive(Debug, Clone)]
struct Sketch {
    path: Vec<&'static str>,
    repetition: Repetition,
    /// Each to an earlier block, or to a variable or local value where there is none.
    references: Vec<(usize, Way)>,
    waits_for: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Repetition {
    Once,
    Twice,
    Named,
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Attribute,
    Deep,
    Whole,
    Every,
    Local,
    Variable,
}

fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    let way = select(vec![Way::Attribute, Way::Deep, Way::Whole, Way::Every, Way::Local, Way::Variable]);
    let sketch = (
        vec(select(vec!["a", "b", "c"]), 0..4),
        select(vec![Repetition::Once, Repetition::Once, Repetition::Twice, Repetition::Named]),
        vec((any::<usize>(), way), 0..4),
        proptest::option::of(any::<usize>()),
    );
    let sketch =
        sketch.prop_map(|(path, repetition, references, waits_for)| Sketch { path, repetition, references, waits_for });
    vec(sketch, 1..12)
}

fn name(number: usize) -> String {
    format!("flat_{number}")
}

fn address(number: usize) -> Arc<Address> {
    Arc::new(Address::managed("terraform_data", name(number)))
}

fn attribute(name: &'static str) -> Step {
    Step::Attribute(name.into())
}

/// A reference from a block to an earlier one, as the two are repeated.
fn reference(from: &Sketch, to: usize, target: Repetition, way: Way) -> Expression {
    let key = match (target, from.repetition) {
        (Repetition::Once, _) => None,
        (Repetition::Twice, Repetition::Twice) => Some(Expression::named("count", &["index"])),
        (Repetition::Twice, _) => Some(Expression::from(1)),
        (Repetition::Named, Repetition::Named) => Some(Expression::named("each", &["key"])),
        (Repetition::Named, _) => Some(Expression::from("x")),
    };
    let mut steps: Vec<Step> = match (way, target) {
        (Way::Whole, _) => Vec::new(),
        (Way::Every, Repetition::Twice) => vec![Step::Splat],
        _ => key.map(Step::Index).into_iter().collect(),
    };
    match way {
        Way::Attribute | Way::Every => steps.push(attribute("id")),
        Way::Deep => steps.extend([attribute("output"), attribute("deep"), Step::Index(Expression::from(0))]),
        _ => {}
    }
    Expression::reference(address(to), steps)
}

fn input(sketches: &[Sketch], number: usize) -> Expression {
    let own = &sketches[number];
    let expressions = own.references.iter().map(|(target, way)| match way {
        Way::Local => Expression::reference(Arc::new(Address::Local("greeting".into())), Vec::new()),
        Way::Variable => Expression::reference(Arc::new(Address::Variable("name".into())), Vec::new()),
        _ if number == 0 => Expression::from("first"),
        way => reference(own, target % number, sketches[target % number].repetition, *way),
    });
    Expression::List(expressions.collect())
}

/// The configuration as one document, without or with its assignments.
fn flat(sketches: &[Sketch]) -> Module {
    let mut module = Module::new();
    let variable: Value<String> = module.add_variable(Variable::new("name").default("world"));
    module.add_local::<Any>("who", variable.cast::<Any>());
    let first = Expression::Traversal(Traversal { root: Root::Address(address(0)), steps: Vec::new() });
    let who = Expression::reference(Arc::new(Address::Local("who".into())), Vec::new());
    module.add_local::<Any>("greeting", Value::<Any>::new(Expression::List(vec![who, Expression::from("hello")])));
    for (number, sketch) in sketches.iter().enumerate() {
        let block = ResourceBlock::resource("terraform_data", name(number)).set("input", input(sketches, number));
        let block = match sketch.repetition {
            Repetition::Once => block,
            Repetition::Twice => block.count(2),
            Repetition::Named => {
                block.for_each(Expression::Object([("x", 1), ("y", 2)].into_iter().collect::<Object>()))
            }
        };
        let block = match sketch.waits_for.filter(|_| number > 0) {
            Some(other) => block.depends_on(Expression::reference(address(other % number), Vec::new())),
            None => block,
        };
        let mut path = sketch.path.iter().copied();
        module.add(match path.next() {
            None => block,
            Some(top) => block
                .in_module(&path.fold(ModulePath::new(top), |path, name| path.child(name)), format!("own_{number}")),
        });
    }
    module.add_output(Output::new("first", Value::<Any>::new(first)));
    module
}

/// Follows references through calls and outputs to the blocks, and names those as in the one document.
struct Reunion<'c> {
    configuration: &'c Documents,
    path: Option<ModulePath>,
}

impl Reunion<'_> {
    fn module(&self, path: Option<&ModulePath>) -> &Module {
        match path {
            Some(path) => self.configuration.modules()[path].module(),
            None => self.configuration.root().module(),
        }
    }

    /// The same from the module where the value comes from; the traversal itself where it ends.
    fn followed(&self, traversal: Traversal, path: Option<&ModulePath>) -> Traversal {
        let Root::Address(root) = &traversal.root else { return traversal };
        match (&**root, path) {
            (Address::Variable(name), Some(here)) => {
                let call = self.configuration.call_of(here).unwrap();
                let argument = call.arguments.get(name).unwrap_or_else(|| panic!("{here} is not given {name}"));
                let through = joined(argument, &traversal.steps);
                self.followed(through, here.parent().as_ref())
            }
            (Address::Module(name), _) => {
                let [Step::Attribute(output), rest @ ..] = traversal.steps.as_slice() else { panic!("{traversal}") };
                let inner = path.map_or_else(|| ModulePath::new(name.clone()), |path| path.child(name.clone()));
                let outputs = &self.module(Some(&inner)).outputs;
                let output = outputs.iter().find(|it| it.name == *output).unwrap();
                let value = output.depends_on.first().unwrap_or(&output.value);
                self.followed(joined(value, rest), Some(&inner))
            }
            (Address::Resource { name, .. }, _) => {
                let number = name.rsplit('_').next().unwrap().parse().unwrap();
                Traversal { root: Root::Address(address(number)), ..traversal }
            }
            _ => traversal,
        }
    }
}

/// A value and the steps of whoever receives it, in one.
fn joined(value: &Expression, rest: &[Step]) -> Traversal {
    match (value, rest) {
        (Expression::Traversal(Traversal { root, steps }), [Step::Index(key), further @ ..])
            if matches!(steps.as_slice(), [Step::Splat, _]) =>
        {
            let steps = [&[Step::Index(key.clone()), steps[1].clone()], further].concat();
            Traversal { root: root.clone(), steps }
        }
        (Expression::Traversal(Traversal { root, steps }), [Step::Splat, further @ ..])
            if matches!(steps.as_slice(), [Step::Splat, _]) =>
        {
            Traversal { root: root.clone(), steps: [steps, further].concat() }
        }
        (Expression::Traversal(Traversal { root, steps }), rest) => {
            Traversal { root: root.clone(), steps: [steps, rest].concat() }
        }
        (Expression::For(each), [key @ Step::Index(_), further @ ..]) => {
            let Expression::Traversal(Traversal { root, .. }) = &each.collection else { panic!("{value}") };
            let Expression::Traversal(Traversal { steps, .. }) = &each.result else { panic!("{value}") };
            Traversal { root: root.clone(), steps: [std::slice::from_ref(key), steps, further].concat() }
        }
        _ => panic!("{value} is passed on"),
    }
}

impl Editor for Reunion<'_> {
    fn traversal(&mut self, traversal: &mut Traversal, _names: &Names<'_>) {
        *traversal = self.followed(traversal.clone(), self.path.as_ref());
    }

    fn call(&mut self, _call: &Call) {}
}

fn documents(configuration: &Documents) -> impl Iterator<Item = (Option<ModulePath>, &Document)> {
    let modules = configuration.modules().iter().map(|(path, document)| (Some(path.clone()), document));
    modules.chain([(None, configuration.root())])
}

/// Input and waits of each block, by its number.
type Blocks = BTreeMap<usize, (Expression, Vec<String>)>;

fn reunited(configuration: &Documents) -> Blocks {
    let mut blocks = Blocks::new();
    for (path, document) in documents(configuration) {
        let mut reunion = Reunion { configuration, path };
        for block in document.module().resources() {
            let number = block.local_name().rsplit('_').next().unwrap().parse().unwrap();
            let mut input = block.arguments.get("input").unwrap().clone();
            input.edit(&Names::none(), &mut reunion);
            let mut waits = block.depends_on.clone();
            for wait in &mut waits {
                wait.edit(&Names::none(), &mut reunion);
            }
            blocks.insert(number, (input, waits.iter().map(ToString::to_string).collect()));
        }
    }
    blocks
}

fn of_one_document(module: &Module) -> Blocks {
    let blocks = module.resources().iter().enumerate();
    let blocks = blocks.map(|(number, block)| {
        let waits = block.depends_on.iter().map(ToString::to_string).collect();
        (number, (block.arguments.get("input").unwrap().clone(), waits))
    });
    blocks.collect()
}

/// Every variable of a child is read in it, and every output by its caller.
fn unused(configuration: &Documents) -> Vec<String> {
    let mut unused = Vec::new();
    for (path, document) in configuration.modules() {
        let text = document.to_string();
        let caller = match path.parent() {
            Some(parent) => configuration.modules()[&parent].to_string(),
            None => configuration.root().to_string(),
        };
        for variable in document.module().variables() {
            if !mentions(&text, &format!("var.{}", variable.name())) {
                unused.push(format!("{path}: var.{}", variable.name()));
            }
        }
        for output in document.module().outputs() {
            if !mentions(&caller, &format!("module.{}.{}", path.name(), output.name())) {
                unused.push(format!("{path}: output {}", output.name()));
            }
        }
    }
    unused
}

/// The whole name, not the beginning of a longer one.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text[at + name.len()..].chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn modules_put_back_together_are_the_one_document(sketches in sketches()) {
        let module = flat(&sketches);
        let configuration = Documents::new(module.clone(), &Schemas::new())
            .map_err(|found| TestCaseError::fail(format!("{found:#?}")))?;
        prop_assert_eq!(reunited(&configuration), of_one_document(&module));
        prop_assert_eq!(unused(&configuration), Vec::<String>::new());
        prop_assert!(configuration.root().module().resources().iter().all(|block| block.name.starts_with("flat")));
    }

    #[test]
    fn the_one_document_takes_a_state_back(sketches in sketches()) {
        let mut module = flat(&sketches);
        let into: Vec<_> = Documents::new(module.clone(), &Schemas::new()).unwrap().root().module().moved.clone();
        module.add_moves_out_of_modules();
        let document = Document::new(module, &Schemas::new())
            .map_err(|found| TestCaseError::fail(format!("{found:#?}")))?;
        let back: Vec<_> = document.module().moved.iter().map(|moved| (&moved.to, &moved.from)).collect();
        prop_assert_eq!(into.iter().map(|moved| (&moved.from, &moved.to)).collect::<Vec<_>>(), back);
    }
}
