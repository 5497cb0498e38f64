//! The stack as files in a folder.

use std::collections::BTreeMap;

use handlebars::RenderError;

use super::Stack;
use super::module_readme::module_readme;
use super::tfvars_example::tfvars_example;
use crate::settings::Layout;
use crate::terraform::{Configuration, Diagnostic};

/// Why there are no files.
#[derive(Debug)]
pub enum FilesError {
    /// What is wrong with the stack.
    Findings(Vec<Diagnostic>),
    /// A text that goes with the documents could not be made.
    Template(RenderError),
}

impl Stack {
    /// All files by their paths in the folder: the documents of the layout that the settings name, and an example of the
    /// variables.
    ///
    /// # Errors
    /// Everything that is wrong with the stack.
    pub fn files(self) -> Result<BTreeMap<String, Vec<u8>>, FilesError> {
        let example = tfvars_example(self.module()).map_err(FilesError::Template)?;
        let mut files = match self.foundations.settings.layout {
            Layout::Single => {
                let document = self.document().map_err(FilesError::Findings)?;
                BTreeMap::from([("main.tf.json".to_owned(), document.to_bytes())])
            }
            Layout::Modules => of_modules(&self.configuration().map_err(FilesError::Findings)?)?,
        };
        files.insert("terraform.tfvars.example".to_owned(), example.into_bytes());
        Ok(files)
    }
}

fn of_modules(configuration: &Configuration) -> Result<BTreeMap<String, Vec<u8>>, FilesError> {
    let mut files = configuration.files();
    for (path, document) in configuration.modules() {
        let Some(call) = configuration.call_of(path) else { continue };
        let readme = module_readme(path, document.module(), call).map_err(FilesError::Template)?;
        files.insert(format!("{}/README.md", path.folder()), readme.into_bytes());
    }
    Ok(files)
}
