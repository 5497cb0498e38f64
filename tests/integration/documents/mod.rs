//! What the documents say to their readers: commands run as printed, links lead somewhere, sums add up.

mod ci;
mod commands;
mod help;
mod layers;
mod links;
mod settings_schema;
mod style;

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README, what stands beside it, and every page of `docs/`.
fn pages() -> Vec<PathBuf> {
    let beside = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let mut pages: Vec<_> = beside.iter().map(|name| root().join(name)).filter(|page| page.exists()).collect();
    for folder in ["docs", "docs/rules"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|kind| kind == "md")));
    }
    pages.sort();
    pages
}

/// The code blocks of a page that are in this language, without their fences.
fn code_blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("```{language}\n");
    page.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}
