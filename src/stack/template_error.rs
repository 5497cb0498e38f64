//! Why a text that goes with the documents could not be made.

use std::fmt::{self, Display, Formatter};

use handlebars::RenderError;

/// A template does not fit what it was filled with, which tests rule out.
#[derive(Debug)]
pub struct TemplateError(RenderError);

impl From<RenderError> for TemplateError {
    fn from(error: RenderError) -> Self {
        Self(error)
    }
}

impl Display for TemplateError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl std::error::Error for TemplateError {}
