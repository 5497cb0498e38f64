//! A condition is a boolean: no string decides anything.

use dr_synth::aws::vpc::Vpc;
use dr_synth::terraform::{Condition, Module, Resource, Variable, text};

fn main() {
    let mut module = Module::new();
    let name = module.add_variable::<String>(Variable::new("name"));
    drop(Vpc::new("main").only_if(name.clone())); //~ E0277
    drop(text("a").when(name.clone(), text("b"))); //~ E0277
    drop(Condition::new(name, text("wrong"))); //~ E0277
}
