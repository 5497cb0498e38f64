//! Why a text that goes with the documents could not be made.

use handlebars::RenderError;

/// A template does not fit what it was filled with, which tests rule out.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TemplateError(#[from] RenderError);
