//! The blocks about objects that exist already: `moved`, `removed` and `import`.

use super::body::Fields;
use super::json::Json;
use super::place::DocumentPath;
use super::reader::Reader;
use crate::terraform::constructs;
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Expression, Root, Traversal};
use crate::terraform::provisioner::When;
use crate::terraform::refactoring::{Import, Moved, Removed};

impl Reader {
    pub(super) fn moved(&mut self, json: Json, place: &DocumentPath<'_>, moved: &mut Vec<Moved>) {
        for mut fields in self.bodies(json, place) {
            let from = fields.required(self, "from", Self::address).flatten();
            let to = fields.required(self, "to", Self::address).flatten();
            fields.finish(self);
            moved.extend(from.zip(to).map(|(from, to)| Moved { from, to }));
        }
    }

    pub(super) fn removed(&mut self, json: Json, place: &DocumentPath<'_>, removed: &mut Vec<Removed>) {
        for mut fields in self.bodies(json, place) {
            let from = fields.required(self, "from", Self::address).flatten();
            // Terraform destroys the object unless it is told not to.
            let mut destroy = true;
            fields.each_block(self, "lifecycle", |reader, inner| destroy = reader.destroy(inner));
            let (connection, provisioners) = self.provisioning(&mut fields);
            if provisioners.iter().any(|provisioner| provisioner.when != When::Destroy) {
                let diagnostic = fields.place.field("provisioner").diagnostic(
                    DiagnosticKind::Conflict,
                    "what is removed runs provisioners only when it is destroyed",
                );
                self.diagnostics.push(diagnostic.help("set \"when\" to \"destroy\""));
            }
            fields.finish(self);
            removed.extend(from.map(|from| Removed { from, destroy, connection, provisioners }));
        }
    }

    fn destroy(&mut self, mut fields: Fields<'_>) -> bool {
        let destroy = fields.take(self, "destroy", Self::boolean).flatten().unwrap_or(true);
        fields.finish(self);
        destroy
    }

    pub(super) fn imports(&mut self, json: Json, place: &DocumentPath<'_>, imports: &mut Vec<Import>) {
        for mut fields in self.bodies(json, place) {
            let to = fields.required(self, "to", Self::target).flatten();
            let identity = fields.take(self, "identity", Self::evaluated);
            if identity.is_some() {
                self.uses(constructs::IMPORT_IDENTITY, &fields.place.field("identity"));
            }
            let id = match &identity {
                None => fields.required(self, "id", Self::evaluated),
                Some(_) => fields.take(self, "id", Self::evaluated),
            };
            let for_each = fields.take(self, "for_each", Self::evaluated);
            let provider = fields.take(self, "provider", Self::provider).flatten();
            fields.finish(self);
            let id = id.or(identity);
            imports.extend(to.zip(id).map(|(to, id)| Import { to, id, for_each, provider }));
        }
    }

    /// The address that an object gets, with whatever may stand between its brackets.
    fn target(&mut self, json: Json, place: &DocumentPath<'_>) -> Option<String> {
        let Json::Text(text) = json else {
            self.wrong_type(place, "an address in a string", &json);
            return None;
        };
        let reference = self.reference_with_keys(Json::Text(text.clone()), place)?;
        if matches!(reference, Expression::Traversal(Traversal { root: Root::Address(_) | Root::Name(_), .. })) {
            return Some(text);
        }
        let diagnostic = place.diagnostic(DiagnosticKind::Syntax, format!("`{text}` is no address"));
        self.diagnostics.push(diagnostic.help("write it as in `aws_vpc.main`, without `${}`"));
        None
    }
}
