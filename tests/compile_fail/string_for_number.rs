//! An argument that takes a number takes no string, literal or not.

use dr_synth::aws::lambda::Function;
use dr_synth::terraform::text;

fn main() {
    let function = Function::new("payments", text("payments"), text("role"));
    let function = function.timeout("30"); //~ E0277
    let function = function.memory_size(text("256")); //~ E0277
    drop(function);
}
