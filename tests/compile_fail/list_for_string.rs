//! A list is no string, and a string is no list.

use dr_synth::aws::lambda::Function;
use dr_synth::aws::vpc::{RouteTable, Subnet};
use dr_synth::terraform::{Module, Value, Variable, text};

fn main() {
    let mut module = Module::new();
    let ids: Value<Vec<String>> = module.add_variable(Variable::new("ids"));
    drop(RouteTable::new("private", ids.clone())); //~ E0277
    drop(RouteTable::new("private", ids.clone().element(0)));
    drop(Subnet::new("a", text("vpc")).availability_zone(ids)); //~ E0277
    drop(Function::new("payments", text("payments"), text("role")).layers(text("layer"))); //~ E0277
}
