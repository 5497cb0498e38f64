//! What it costs, counted: instructions, memory and the size of the program, held to limits.
//!
//! ```text
//! cargo bench --bench instructions
//! ```
//!
//! Instructions are the same on a busy machine as on an idle one, times are not. They are counted by valgrind, which
//! runs this same program as `instructions measure WORK RESOURCES`. Exits with 1 if a limit is passed.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output of this program is a table")]

mod workload;

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const SMALL: usize = 2_000;
const LARGE: usize = 20_000;

/// Ten times the resources may cost this much more: linear, with some room for sorting.
const GROWTH_LIMIT: f64 = 10.5;
/// What typed resources, a full check and rendering may cost beside plain structs that hold the final text.
const LIBRARY_LIMIT: f64 = 2.0;
/// What the program may hold at its peak while it prints the default document, which is 600 KB of text.
const DEFAULT_MEMORY_LIMIT: u64 = 10 << 20;
/// How large the program may be.
const BINARY_LIMIT: u64 = 6 << 20;

type Outcome<T> = Result<T, Box<dyn Error>>;

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
        ["measure", work, resources] => measured(work, resources).map(|()| true),
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
        "\ndr-synth > main.tf.json: {} instructions, {:.1} MB of memory, {} bytes of output; the program has {:.1} MB\n",
        synth.instructions,
        megabytes(synth.memory),
        synth.output,
        megabytes(synth.binary)
    );
    Ok(keeps_limits(&scales, &synth))
}

fn keeps_limits(scales: &[Scale], synth: &Synth) -> bool {
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
        limit("size of the program, MB", megabytes(synth.binary), megabytes(BINARY_LIMIT)),
    ]
    .into_iter()
    .chain(layouts)
    .all(|kept| kept)
}

fn limit(what: &str, measured: f64, most: f64) -> bool {
    let kept = measured <= most;
    println!("{} {what}: {measured:.2}, at most {most:.2}", if kept { "ok      " } else { "TOO MUCH" });
    kept
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
    memory: u64,
    output: u64,
    binary: u64,
}

impl Synth {
    fn measure() -> Outcome<Self> {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_dr-synth"));
        let run = Run::of(&program, &[])?;
        Ok(Self {
            instructions: instructions(&program, &[])?,
            memory: run.memory,
            output: run.output,
            binary: fs::metadata(&program)?.len(),
        })
    }
}

/// Counts the instructions of a run.
fn instructions(program: &Path, arguments: &[String]) -> Outcome<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(arguments);
    let output = valgrind.env_remove("ENVIRONMENT_SUFFIX").stdout(Stdio::null()).output().map_err(|error| {
        format!("valgrind cannot be started ({error}); it counts the instructions: install the package `valgrind`")
    })?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{} under valgrind: {}\n{said}", program.display(), output.status).into());
    }
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.ok_or_else(|| format!("valgrind tells no count:\n{said}"))?;
    Ok(count.trim().parse()?)
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
