//! An attribute or argument that the type does not have cannot be written.

use dr_synth::aws::vpc::Vpc;
use dr_synth::terraform::Module;

fn main() {
    let mut module = Module::new();
    let vpc = module.add(Vpc::new("main"));
    drop(vpc.cidr_blok()); //~ E0599
    drop(Vpc::new("other").cidr_blok("10.0.0.0/16")); //~ E0599
    // What only the provider sets has no setter.
    drop(Vpc::new("other").arn("arn:aws:ec2:::vpc/x")); //~ E0599
}
