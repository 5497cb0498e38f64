//! What it costs, counted: instructions, memory and the size of the program, held to limits.
//!
//! ```text
//! cargo bench --bench instructions
//! ```
//!
//! Instructions are the same on a busy machine as on an idle one, times are not. They are counted by valgrind, which
//! runs this same program as `instructions measure WORK RESOURCES`. Exits with 1 if a limit is passed.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output of this program is a table")]

mod counting;
mod workload;

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use counting::{Outcome, instructions, limit};
use dr_synth::terraform::parse;
use sha2::{Digest as _, Sha256};

const SMALL: usize = 2_000;
const LARGE: usize = 20_000;

/// Ten times the resources may cost this much more: linear, with some room for sorting.
const GROWTH_LIMIT: f64 = 10.5;
/// What typed resources, a full check and rendering may cost beside plain structs that hold the final text: what they cost since
/// literals are held to AWS's models. It was less before, and is to be less again.
const LIBRARY_LIMIT: f64 = 2.9;
/// What the program may hold at its peak while it prints the default document, which is 770 KB of text. Two thirds
/// are pages of the program's file.
const DEFAULT_MEMORY_LIMIT: u64 = 14 << 20;
/// What the default document may cost. Limits are what was measured and a twentieth more, so that what makes it slower is seen.
const DEFAULT_LIMIT: u64 = 44_000_000;
/// What the default document in modules, written into a folder, may cost beside the document printed, without the digests of the files:
/// processors have instructions for SHA-256, and valgrind has none.
const MODULES_LIMIT: f64 = 1.5;
/// What the comparison of two default documents may cost that say the same.
const DIFF_LIMIT: u64 = 60_000_000;
/// What parsing the expressions of the default document may cost.
const EXPRESSIONS_LIMIT: u64 = 30_000_000;
/// What `check` of a plan may cost beside a reader that makes values of the same bytes, `serde_json`.
const PLAN_LIMIT: f64 = 3.0;
/// How large the program may be.
const BINARY_LIMIT: u64 = 14 << 20;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Plain structs, written.
    Plain,
    /// The library's module, built and dropped.
    Build,
    /// The library's module, built and written.
    Unchecked,
    /// The library's document: built, checked and written.
    Library,
    /// The library's documents of so many modules: built, checked, divided, checked again and written.
    Modules(usize),
}

impl Work {
    const ALL: [Self; 7] = [
        Self::Plain,
        Self::Build,
        Self::Unchecked,
        Self::Library,
        Self::Modules(1),
        Self::Modules(10),
        Self::Modules(100),
    ];

    fn name(self) -> String {
        match self {
            Self::Plain => "plain".to_owned(),
            Self::Build => "build".to_owned(),
            Self::Unchecked => "unchecked".to_owned(),
            Self::Library => "library".to_owned(),
            Self::Modules(modules) => format!("modules-{modules}"),
        }
    }

    fn title(self) -> String {
        match self {
            Self::Plain => "plain structs".to_owned(),
            Self::Build => "library: build".to_owned(),
            Self::Unchecked => "library: build, write".to_owned(),
            Self::Library => "library: build, check, write".to_owned(),
            Self::Modules(1) => "the same in 1 module".to_owned(),
            Self::Modules(modules) => format!("the same in {modules} modules"),
        }
    }

    fn run(self, resources: usize) -> Outcome<()> {
        let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        match self {
            Self::Plain => {
                serde_json::to_writer_pretty(&mut output, &workload::plain::document(resources))?;
                output.write_all(b"\n")?;
            }
            Self::Build => drop(std::hint::black_box(workload::library::module(resources))),
            Self::Unchecked => workload::library::module(resources).write(&mut output)?,
            Self::Library => {
                let document = workload::library::document(resources)
                    .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
                document.write(&mut output)?;
            }
            Self::Modules(modules) => {
                let configuration = workload::library::configuration(resources, modules)
                    .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
                for document in [configuration.root()].into_iter().chain(configuration.modules().values()) {
                    document.write(&mut output)?;
                }
            }
        }
        Ok(output.flush()?)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read", what, file] => read(what, Path::new(file)).map(|()| true),
        ["measure", work, resources] => measured(work, resources).map(|()| true),
        ["digest", folder] => digest(Path::new(folder)).map(|()| true),
        _ => report(),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The program that is measured.
fn measured(work: &str, resources: &str) -> Outcome<()> {
    let work = Work::ALL.into_iter().find(|known| known.name() == work).ok_or("no such work")?;
    work.run(resources.parse()?)
}

/// Reads a file: as JSON values, for the texts in them that are templates, or to parse those.
fn read(what: &str, file: &Path) -> Outcome<()> {
    let value: serde_json::Value = serde_json::from_slice(&fs::read(file)?)?;
    if what == "values" {
        std::hint::black_box(value);
        return Ok(());
    }
    let mut texts = Vec::new();
    templates(&value, &mut texts);
    if what == "expressions" {
        for text in &texts {
            std::hint::black_box(parse::template(text)?);
        }
    }
    std::hint::black_box(texts);
    Ok(())
}

/// The texts with something to evaluate in them. Descriptions and defaults are none of them.
fn templates<'v>(value: &'v serde_json::Value, found: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::String(text) if text.contains("${") => found.push(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| templates(item, found)),
        serde_json::Value::Object(entries) => entries
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "//" | "description" | "default"))
            .for_each(|(_, value)| templates(value, found)),
        _ => {}
    }
}

/// Makes the digests of the files in a folder and below, as a manifest has them.
fn digest(folder: &Path) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            digest(&path)?;
        } else {
            std::hint::black_box(Sha256::digest(fs::read(path)?));
        }
    }
    Ok(())
}

/// Measures everything, prints it and tells whether all limits are kept.
fn report() -> Outcome<bool> {
    let scales = Work::ALL.into_iter().map(Scale::measure).collect::<Outcome<Vec<_>>>()?;
    println!("{:30}{:>16}{:>16}{:>14}{:>9}{:>12}", "", SMALL, LARGE, "per resource", "growth", "peak memory");
    for scale in &scales {
        println!(
            "{:30}{:>16}{:>16}{:>14.0}{:>9.2}{:>12}",
            scale.work.title(),
            scale.small,
            scale.large,
            scale.per_resource(),
            scale.growth(),
            scale.memory.map(|memory| format!("{:.1} MB", megabytes(memory))).unwrap_or_default()
        );
    }
    let synth = Synth::measure()?;
    println!(
        "\ndr-synth > main.tf.json: {} instructions, {:.1} MB of memory, {} bytes of output; the program has {:.1} MB",
        synth.instructions,
        megabytes(synth.memory),
        synth.output,
        megabytes(synth.binary)
    );
    println!(
        "dr-synth --layout modules --out DIR: {} instructions, and {} for the digests of the files",
        synth.modules, synth.digests
    );
    let reading = Reading::measure()?;
    println!("dr-synth diff of two such documents: {} instructions", reading.diff);
    println!("parsing the expressions of one: {} instructions", reading.expressions);
    println!(
        "dr-synth check --plan of 20,000 resources, {:.1} MB: {} instructions, {:.1} MB of memory; serde_json alone: {}\n",
        megabytes(reading.plan_size),
        reading.plan,
        megabytes(reading.plan_memory),
        reading.plan_values
    );
    Ok(keeps_limits(&scales, &synth, &reading))
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn keeps_limits(scales: &[Scale], synth: &Synth, reading: &Reading) -> bool {
    let millions = |instructions: u64| instructions as f64 / 1e6;
    let of = |work: Work| scales.iter().find(|scale| scale.work == work);
    let (Some(plain), Some(library)) = (of(Work::Plain), of(Work::Library)) else { return false };
    let layouts = scales.iter().filter(|scale| matches!(scale.work, Work::Modules(_))).map(|scale| {
        let what = format!("growth from 2,000 to 20,000 resources, {}", scale.work.title());
        limit(&what, scale.growth(), GROWTH_LIMIT)
    });
    let layouts = layouts.collect::<Vec<_>>();
    [
        limit("growth of the library from 2,000 to 20,000 resources", library.growth(), GROWTH_LIMIT),
        limit(
            "library beside plain structs, instructions",
            library.per_resource() / plain.per_resource(),
            LIBRARY_LIMIT,
        ),
        limit("memory of the default document, MB", megabytes(synth.memory), megabytes(DEFAULT_MEMORY_LIMIT)),
        limit("the default document, millions", millions(synth.instructions), millions(DEFAULT_LIMIT)),
        limit(
            "the same in modules beside it, without digests",
            synth.modules as f64 / synth.instructions as f64,
            MODULES_LIMIT,
        ),
        limit("diff of two default documents, millions", millions(reading.diff), millions(DIFF_LIMIT)),
        limit("parsing its expressions, millions", millions(reading.expressions), millions(EXPRESSIONS_LIMIT)),
        limit("check of a plan beside serde_json", reading.plan as f64 / reading.plan_values as f64, PLAN_LIMIT),
        limit("size of the program, MB", megabytes(synth.binary), megabytes(BINARY_LIMIT)),
    ]
    .into_iter()
    .chain(layouts)
    .all(|kept| kept)
}

/// The cost of one kind of work at two sizes.
#[derive(Debug)]
struct Scale {
    work: Work,
    small: u64,
    large: u64,
    /// Of work that writes: the peak is looked up while it waits to write on.
    memory: Option<u64>,
}

impl Scale {
    fn measure(work: Work) -> Outcome<Self> {
        let program = std::env::current_exe()?;
        let arguments = |resources: usize| ["measure".to_owned(), work.name(), resources.to_string()];
        Ok(Self {
            work,
            small: instructions(&program, &arguments(SMALL))?,
            large: instructions(&program, &arguments(LARGE))?,
            memory: if work == Work::Build { None } else { Some(Run::of(&program, &arguments(LARGE))?.memory) },
        })
    }

    /// What one more resource costs: without the start of the process and of the schema.
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn per_resource(&self) -> f64 {
        (self.large - self.small) as f64 / (LARGE - SMALL) as f64
    }

    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn growth(&self) -> f64 {
        self.large as f64 / self.small as f64
    }
}

/// The cost of the program as users run it.
#[derive(Debug)]
struct Synth {
    instructions: u64,
    /// Of the layout of modules, written into a folder, without the digests of the files ...
    modules: u64,
    /// ... and for those.
    digests: u64,
    memory: u64,
    output: u64,
    binary: u64,
}

impl Synth {
    fn measure() -> Outcome<Self> {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_dr-synth"));
        let run = Run::of(&program, &[])?;
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let flags = ["--layout", "modules", "--out", &path("out")].map(str::to_owned);
        let modules = instructions(&program, &flags)?;
        fs::create_dir(path("empty"))?;
        let this = std::env::current_exe()?;
        let digest = |folder: &str| instructions(&this, &["digest".to_owned(), path(folder)]);
        let digests = digest("out")? - digest("empty")?;
        Ok(Self {
            instructions: instructions(&program, &[])?,
            modules: modules - digests,
            digests,
            memory: run.memory,
            output: run.output,
            binary: fs::metadata(&program)?.len(),
        })
    }
}

/// The cost of the commands that read.
#[derive(Debug)]
struct Reading {
    /// Of two folders with the default document.
    diff: u64,
    expressions: u64,
    /// `check` of a plan.
    plan: u64,
    plan_memory: u64,
    plan_size: u64,
    /// The same bytes, made into values of `serde_json`.
    plan_values: u64,
}

impl Reading {
    fn measure() -> Outcome<Self> {
        let (program, this) = (PathBuf::from(env!("CARGO_BIN_EXE_dr-synth")), std::env::current_exe()?);
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let document = Command::new(&program).env_remove("ENVIRONMENT_SUFFIX").output()?.stdout;
        for side in ["old", "new"] {
            fs::create_dir(path(side))?;
            fs::write(path(&format!("{side}/main.tf.json")), &document)?;
        }
        let plan = workload::plan::text(LARGE);
        fs::write(path("plan.json"), &plan)?;
        let check = ["check".to_owned(), "--plan".to_owned(), path("plan.json")];
        let read = |what: &str, file: &str| instructions(&this, &["read".to_owned(), what.to_owned(), path(file)]);
        Ok(Self {
            diff: instructions(&program, &["diff".to_owned(), path("old"), path("new")])?,
            expressions: read("expressions", "old/main.tf.json")? - read("templates", "old/main.tf.json")?,
            plan: instructions(&program, &check)?,
            plan_memory: Run::of(&program, &check)?.memory,
            plan_size: plan.len() as u64,
            plan_values: read("values", "plan.json")?,
        })
    }
}

/// What a run outside of valgrind took.
#[derive(Debug)]
struct Run {
    memory: u64,
    output: u64,
}

impl Run {
    fn of(program: &Path, arguments: &[String]) -> Outcome<Self> {
        let mut child =
            Command::new(program).args(arguments).env_remove("ENVIRONMENT_SUFFIX").stdout(Stdio::piped()).spawn()?;
        let mut output = child.stdout.take().ok_or("no output")?;
        let mut run = Self { memory: 0, output: 0 };
        let mut chunk = vec![0; 1 << 12];
        // The pipe holds less than any of these documents, so the program waits in the middle of its output, where its
        // peak can be read; once it has ended there is nothing to read it from.
        loop {
            let read = output.read(&mut chunk)?;
            if read == 0 {
                break;
            }
            run.output += read as u64;
            run.memory = run.memory.max(peak_memory(child.id()).unwrap_or(0));
        }
        let status = child.wait()?;
        if status.success() { Ok(run) } else { Err(format!("{}: {status}", program.display()).into()) }
    }
}

/// The most memory that a running process held so far, as Linux tells it.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

#[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
