//! The stack as files in a folder.

use super::Stack;
use super::module_readme::ModuleReadmes;
use super::template_error::TemplateError;
use super::tfvars_example::tfvars_example;
use crate::files::Files;
use crate::settings::Layout;
use crate::terraform::{self, Diagnostic, Documents};

/// Why there are no files.
#[derive(Debug)]
pub enum FilesError {
    /// What is wrong with the stack.
    Findings(Vec<Diagnostic>),
    /// A text that goes with the documents could not be made.
    Template(TemplateError),
}

impl Stack {
    /// All files of the folder: the documents of the layout that the settings name, and an example of the variables.
    ///
    /// # Errors
    /// Everything that is wrong with the stack.
    pub fn files(self) -> Result<Files, FilesError> {
        let mut files = Files::new();
        files.add("terraform.tfvars.example", tfvars_example(self.module()).map_err(FilesError::Template)?);
        match self.foundations.settings.layout {
            Layout::Single => {
                let name = terraform::Dialect::from(self.foundations.settings.dialect).document();
                files.add(name, self.document().map_err(FilesError::Findings)?.to_bytes());
            }
            Layout::Modules => add_modules(&mut files, &self.configuration().map_err(FilesError::Findings)?)?,
        }
        Ok(files)
    }
}

fn add_modules(files: &mut Files, configuration: &Documents) -> Result<(), FilesError> {
    for (path, document) in configuration.files() {
        files.add(path, document);
    }
    let readmes = ModuleReadmes::new().map_err(FilesError::Template)?;
    for (path, document) in configuration.modules() {
        let Some(call) = configuration.call_of(path) else { continue };
        let readme = readmes.of(path, document.module(), call).map_err(FilesError::Template)?;
        files.add(format!("{}/README.md", path.folder()), readme);
    }
    Ok(())
}
