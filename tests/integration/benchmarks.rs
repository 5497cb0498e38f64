//! What the benchmarks compare is the same work.

#[path = "../../benches/workload/mod.rs"]
#[allow(dead_code, reason = "a part of it serves only the benchmarks")]
mod workload;

use dr_synth::terraform::ResourceBlock;
use workload::{UNIT_RESOURCES, library, plain};

fn written_by_the_library(resources: usize) -> String {
    let mut bytes = Vec::new();
    library::document(resources).unwrap().write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_library_and_plain_structs_write_the_same_bytes() {
    for units in [1, 2, 15] {
        let resources = units * UNIT_RESOURCES;
        let mut plain = serde_json::to_vec_pretty(&plain::document(resources)).unwrap();
        plain.push(b'\n');
        assert_eq!(written_by_the_library(resources), String::from_utf8(plain).unwrap());
    }
}

#[test]
fn a_unit_has_as_many_resources_types_and_references_as_it_says() {
    let module = library::module(UNIT_RESOURCES);
    assert_eq!(module.resources().len(), UNIT_RESOURCES);
    let types: std::collections::BTreeSet<_> = module.resources().iter().map(ResourceBlock::type_name).collect();
    assert_eq!(types.len(), 12);
    let text = written_by_the_library(UNIT_RESOURCES);
    // Every reference names a block of the unit by its full name after the type and a dot.
    assert_eq!(text.matches(".unit_00000_").count(), 20);
}

#[test]
fn spread_units_know_each_other_across_modules() {
    for (modules, pipes) in [(1, 0), (3, 8)] {
        let configuration = library::configuration(9 * UNIT_RESOURCES, modules).unwrap();
        assert_eq!(configuration.modules().len(), modules);
        let outputs: usize = configuration.modules().values().map(|document| document.module().outputs().len()).sum();
        assert_eq!(outputs, pipes, "each unit but the first has a queue from the one before");
        let resources = configuration.modules().values().map(|document| document.module().resources().len());
        assert_eq!(resources.sum::<usize>(), 9 * UNIT_RESOURCES);
    }
}
