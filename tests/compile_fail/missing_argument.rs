//! What a resource cannot be without is asked for where it is made.

use dr_synth::aws::lambda::Function;
use dr_synth::aws::vpc::RouteTable;
use dr_synth::terraform::text;

fn main() {
    drop(RouteTable::new("private")); //~ E0061
    drop(Function::new("payments", text("payments"))); //~ E0061
}
