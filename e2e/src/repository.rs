//! Where things are in this repository, and the program built from it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// Names a ready-made `dr-synth` to test instead of building one, a packaged one for instance.
pub const BINARY_VARIABLE: &str = "DR_SYNTH_BINARY";

/// The top folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's build directory, for logs and caches.
pub fn target_directory() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |named| root().join(named))
}

/// The `dr-synth` program.
#[derive(Clone)]
pub struct Program(PathBuf);

impl Program {
    /// Builds the program, in the profile and with the crates of whoever asks, so that nothing is built twice; or takes the one that
    /// [`BINARY_VARIABLE`] names.
    ///
    /// # Errors
    ///
    /// When the build fails or the named program does not exist.
    pub fn build() -> Result<Self> {
        if let Some(named) = std::env::var_os(BINARY_VARIABLE) {
            let named = PathBuf::from(named);
            ensure!(named.is_file(), "{BINARY_VARIABLE} names {}, which is not a file", named.display());
            return Ok(Self(named.canonicalize()?));
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            // Named beside the program's own package, this one gives shared crates the features that it is itself built with: of
            // another choice of packages cargo would build the library again.
            .args(["build", "--package", "dr-synth", "--package", env!("CARGO_PKG_NAME"), "--bin", "dr-synth"])
            .args(["--message-format", "json-render-diagnostics"])
            .current_dir(root())
            .stderr(Stdio::inherit())
            .output()
            .context("starting cargo; install Rust from https://rustup.rs")?;
        ensure!(built.status.success(), "cargo build failed");
        String::from_utf8_lossy(&built.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find_map(|message| executable(&message))
            .map(Self)
            .context("cargo did not say where it put the dr-synth program")
    }

    /// `dr-synth --environment-suffix SUFFIX FLAGS`: the document as it arrives on stdout, byte for byte.
    ///
    /// # Errors
    ///
    /// When the program fails; with what it said.
    pub fn synthesize(&self, suffix: &str, flags: &[&str], directory: &Path) -> Result<Vec<u8>> {
        self.run(&[&["--environment-suffix", suffix], flags].concat(), directory)
    }

    /// `dr-synth --environment-suffix SUFFIX --layout LAYOUT --out DIRECTORY`: the files of the layout.
    ///
    /// # Errors
    ///
    /// When the program fails; with what it said.
    pub fn write(&self, suffix: &str, layout: &str, directory: &Path) -> Result<()> {
        self.run(&["--environment-suffix", suffix, "--layout", layout, "--out", "."], directory).map(drop)
    }

    /// `dr-synth` with these arguments: what arrives on stdout, byte for byte.
    ///
    /// # Errors
    ///
    /// When the program fails; with what it said.
    pub fn run(&self, arguments: &[&str], directory: &Path) -> Result<Vec<u8>> {
        let output = Command::new(&self.0)
            .args(arguments)
            .current_dir(directory)
            .env_remove("ENVIRONMENT_SUFFIX")
            .env_remove("DR_SYNTH_SERVICE_NAME")
            .output()
            .with_context(|| format!("starting {}", self.0.display()))?;
        if !output.status.success() {
            bail!("dr-synth failed with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(output.stdout)
    }
}

fn executable(message: &Value) -> Option<PathBuf> {
    (message["reason"] == "compiler-artifact" && message["target"]["name"] == "dr-synth")
        .then(|| message["executable"].as_str().map(PathBuf::from))
        .flatten()
}
