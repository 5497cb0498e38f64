//! What the other files get wrong, done right: this compiles.

use dr_synth::aws::lambda::Function;
use dr_synth::aws::vpc::{RouteTable, Vpc};
use dr_synth::terraform::{Module, Number, Resource, Value, Variable, text};

fn main() {
    let mut module = Module::new();
    let enabled = module.add_variable::<bool>(Variable::new("enabled"));
    let seconds = module.add_variable::<Number>(Variable::new("seconds"));
    let vpc = module.add(Vpc::new("main").cidr_block("10.0.0.0/16").only_if(&enabled)).at(0);
    module.add(RouteTable::new("private", vpc.id()));
    module.add(
        Function::new("payments", text("payments"), text("role")).timeout(seconds).memory_size(256).layers([vpc.arn()]),
    );
    let chosen: Value<String> = text("a").when(enabled, text("b"));
    drop(chosen);
}
