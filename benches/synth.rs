//! How long it takes: the program as a whole, the steps of making the default document, and the library at scale.
//!
//! ```text
//! cargo bench --bench synth
//! ```
//!
//! Times depend on the machine and its neighbours; what is held to limits is counted in `instructions.rs`.

#![allow(clippy::expect_used, reason = "in a benchmark a panic is the report of a failure")]

#[allow(dead_code, reason = "a part of it serves only the other benchmark")]
mod workload;

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dr_synth::aws;
use dr_synth::settings::Settings;
use dr_synth::stack;
use dr_synth::terraform::Document;

const SIZES: [usize; 3] = [200, 2_000, 20_000];

fn whole_process(criterion: &mut Criterion) {
    // An empty folder: a settings file in the current one would be taken for an argument.
    let folder = tempfile::tempdir().expect("a folder");
    criterion.bench_function("process/default document", |bencher| {
        bencher.iter(|| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_dr-synth"));
            let status = command.current_dir(&folder).env_clear().stdout(Stdio::null()).status();
            assert!(status.expect("dr-synth starts").success(), "dr-synth fails");
        });
    });
}

fn default_document(criterion: &mut Criterion) {
    let settings = Settings::default();
    let built = stack::build(&settings);
    let checked = Document::new(built.module().clone(), aws::schemas()).expect("the stack passes its check");
    let mut group = criterion.benchmark_group("default document");
    group.bench_function("build", |bencher| bencher.iter(|| stack::build(black_box(&settings))));
    group.bench_function("check", |bencher| {
        bencher.iter_batched(
            || built.module().clone(),
            |module| Document::new(module, aws::schemas()),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("render", |bencher| {
        bencher.iter_with_large_drop(|| {
            let mut bytes = Vec::new();
            checked.write(&mut bytes).expect("writing to memory");
            bytes
        });
    });
    group.finish();
}

fn scale(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scale");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    for resources in SIZES {
        group.throughput(Throughput::Elements(resources as u64));
        group.bench_with_input(BenchmarkId::new("library", resources), &resources, |bencher, &resources| {
            bencher.iter(|| {
                let mut bytes = Vec::new();
                let document = workload::library::document(resources).expect("the workload passes its check");
                document.write(&mut bytes).expect("writing to memory");
                bytes
            });
        });
        group.bench_with_input(BenchmarkId::new("plain structs", resources), &resources, |bencher, &resources| {
            bencher.iter(|| serde_json::to_vec_pretty(&workload::plain::document(resources)).expect("plain text"));
        });
    }
    group.finish();
}

criterion_group!(benches, whole_process, default_document, scale);
criterion_main!(benches);
