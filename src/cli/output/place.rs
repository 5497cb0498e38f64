//! Findings and the lines they are about. Files are read again for it, and only for what is printed.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use dr_synth::proof::{Finding, Location};
use dr_synth::terraform::source_map::SourceMap;
use dr_synth::terraform::{Configuration, read};

use super::super::report::Source;

/// Finds the places of findings in the files of a configuration.
pub(crate) struct Places<'a> {
    configuration: Option<&'a Configuration>,
    /// What was named on the command line.
    named: &'a Path,
    files: HashMap<PathBuf, Option<Rc<File>>>,
}

/// A file with the places in it.
pub(super) struct File {
    pub(super) source: Rc<Source>,
    map: SourceMap,
}

/// A place in a file.
pub(super) struct FileSpan {
    pub(super) file: Rc<File>,
    pub(super) span: Range<usize>,
}

impl<'a> Places<'a> {
    /// Places in the files of a configuration, or in none, and the name of what was read.
    pub(crate) fn new(configuration: Option<&'a Configuration>, named: &'a Path) -> Self {
        Self { configuration, named, files: HashMap::new() }
    }

    /// The file of a finding that has no place: its own, which cannot be read, the first of the root module, or what was named.
    pub(super) fn of_none<'b>(&'b self, finding: &'b Finding) -> &'b Path {
        let own = finding.locations.first().and_then(|location| location.file.as_deref());
        let root = || self.configuration.and_then(|root| root.files().first()).map(PathBuf::as_path);
        let path = own.or_else(root).unwrap_or(self.named);
        // Nothing has the name `-`.
        if path == Path::new(read::STANDARD_INPUT) {
            Path::new("stdin")
        } else {
            path.strip_prefix(".").unwrap_or(path)
        }
    }

    /// Where the finding is.
    pub(super) fn of(&mut self, finding: &Finding) -> Option<FileSpan> {
        self.find(finding.locations.first()?)
    }

    pub(super) fn find(&mut self, location: &Location) -> Option<FileSpan> {
        if let Some(path) = &location.file {
            let file = self.file(path)?;
            let span = file.map.locate(&location.block, &location.field).unwrap_or(0..0);
            return Some(FileSpan { file, span });
        }
        let module = self.module(&location.module)?;
        for path in module.files() {
            let Some(file) = self.file(path) else { continue };
            if let Some(span) = file.map.locate(&location.block, &location.field) {
                return Some(FileSpan { file, span });
            }
        }
        let file = self.file(module.files().first()?)?;
        Some(FileSpan { file, span: 0..0 })
    }

    fn module(&self, address: &str) -> Option<&'a Configuration> {
        let mut module = self.configuration?;
        for name in address.split('.').filter(|part| !part.is_empty() && *part != "module") {
            module = module.children().get(name)?;
        }
        Some(module)
    }

    fn file(&mut self, path: &Path) -> Option<Rc<File>> {
        let load = || {
            // Standard input was read once and is gone.
            let text = (path != Path::new(read::STANDARD_INPUT)).then(|| read::text(path).ok()).flatten()?;
            let map = SourceMap::of(path, &text);
            let name = path.display().to_string();
            let name = name.strip_prefix("./").map(ToOwned::to_owned).unwrap_or(name);
            Some(Rc::new(File { source: Rc::new(Source::new(name, text)), map }))
        };
        self.files.entry(path.to_owned()).or_insert_with(load).clone()
    }
}

impl FileSpan {
    /// The line, counted from 1.
    pub(super) fn line(&self) -> usize {
        self.file.source.line_of(self.span.start).0 + 1
    }

    /// The column in characters, counted from 1.
    pub(super) fn column(&self) -> usize {
        self.file.source.column_of(self.span.start)
    }

    /// The name of the file.
    pub(super) fn name(&self) -> &str {
        &self.file.source.name
    }
}
