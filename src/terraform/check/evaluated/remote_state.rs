//! The state of another configuration, which is read by one of Terraform's own backends.

use super::Walk;
use crate::terraform::check::backends;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::evaluation::Type;
use crate::terraform::expression::Expression;
use crate::terraform::resource::ResourceBlock;

impl<'m> Walk<'_, '_, 'm> {
    /// The state of another configuration is read by one of Terraform's own backends.
    pub(super) fn remote_state(&mut self, block: &'m ResourceBlock) {
        let Some(expression) = block.arguments.get("backend") else { return };
        let Ok(value) = self.evaluator.evaluate_named(self.id, expression, Vec::new()) else { return };
        if value.is_null() {
            self.findings.push("backend");
            self.add("the backend is `null`".to_owned(), DiagnosticKind::WrongType, "");
            self.findings.pop();
        }
        for (field, backend) in [("config", value.as_text()), ("defaults", Some(""))] {
            self.must_be_object(block, field, backend);
        }
        let Some(backend) = value.as_text() else { return };
        if backend != "_local" && !backends::NAMES.contains(&backend) {
            self.findings.push("backend");
            let message = format!("there is no backend `{backend}`");
            let candidates = crate::terraform::nearest::nearest(backend, backends::NAMES);
            self.findings.add(self.findings.here(DiagnosticKind::WrongType, message).candidates(candidates));
            self.findings.pop();
        }
        self.configuration_of(backend, block.arguments.get("config"));
    }

    /// What the backend takes is asked where everything is known.
    fn configuration_of(&mut self, backend: &str, config: Option<&'m Expression>) {
        let config = config.unwrap_or(&Expression::Null);
        let Ok(config) = self.evaluator.evaluate_named(self.id, config, Vec::new()) else { return };
        let is_object = config.is_null() || config.entries().is_some();
        if is_object && config.is_wholly_known() {
            self.findings.push("config");
            for message in backends::refused(backend, &config) {
                self.add(message, DiagnosticKind::WrongType, &format!("the backend `{backend}` does not take this"));
            }
            self.findings.pop();
        }
    }

    /// The members of a backend's configuration have names.
    fn must_be_object(&mut self, block: &'m ResourceBlock, field: &'m str, backend: Option<&str>) {
        let Some(expression) = block.arguments.get(field).filter(|_| backend.is_some()) else { return };
        let Ok(value) = self.evaluator.evaluate_named(self.id, expression, Vec::new()) else { return };
        let is_object = matches!(value.of_type(), Type::Object(_) | Type::Map(_) | Type::Dynamic);
        if !is_object && !value.is_null() {
            self.findings.push(field);
            self.add(format!("`{expression}` is no object"), DiagnosticKind::WrongType, "");
            self.findings.pop();
        }
    }
}
