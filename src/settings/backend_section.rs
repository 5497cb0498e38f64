//! The section `[backend]` of the settings file: which of its keys may be there depends on its kind.

use std::collections::BTreeMap;
use std::ops::Range;

use super::backend::{BackendKind, DEPENDENT, StateBackend, argument_names};
use super::choices::Choice;
use super::error::{Origin, SettingsError};

/// What the section is called.
pub(super) const NAME: &str = "backend";

const KIND: &str = "kind";

/// Every key that the section may have for some kind.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    [KIND].into_iter().chain(argument_names())
}

/// What a settings file says in the section.
#[derive(Debug, Default)]
pub(super) struct BackendSection {
    place: Option<Range<usize>>,
    /// Nothing where the value is refused: such a key is not missing.
    texts: BTreeMap<&'static str, Option<Choice<String>>>,
}

impl BackendSection {
    /// The section is there.
    pub(super) fn begins_at(&mut self, place: Range<usize>) {
        self.place = Some(place);
    }

    /// One of its keys is there.
    pub(super) fn set(&mut self, key: &'static str, text: Option<Choice<String>>) {
        self.texts.insert(key, text);
    }

    /// The backend, or what is wrong with the section.
    ///
    /// # Errors
    /// All of it at once.
    pub(super) fn read(mut self) -> Result<Option<Choice<StateBackend>>, Vec<SettingsError>> {
        let Some(place) = self.place.clone().map(Origin::File) else { return Ok(None) };
        let kind = match self.texts.remove(KIND) {
            // What is wrong with it is said already.
            Some(None) => return Ok(None),
            Some(Some(kind)) => kind,
            None => {
                let kinds: Vec<_> = BackendKind::ALL.iter().map(|kind| format!("\"{kind}\"")).collect();
                let error = SettingsError::new("the backend has no kind")
                    .help(format!("add `kind = \"...\"`, which is one of {}", kinds.join(", ")));
                return Err(vec![error.at(place)]);
            }
        };
        let value = kind.value.parse().map_err(|error: SettingsError| vec![error.at(kind.origin.clone())])?;
        self.of_kind(&Choice { value, origin: kind.origin }, &place)
    }

    fn of_kind(
        self,
        kind: &Choice<BackendKind>,
        place: &Origin,
    ) -> Result<Option<Choice<StateBackend>>, Vec<SettingsError>> {
        let mut errors = self.missing(kind.value, place);
        let mut checked = BTreeMap::new();
        let mut origins = BTreeMap::new();
        let mut is_whole = true;
        for (key, text) in self.texts {
            let Some(text) = text else {
                is_whole = false;
                continue;
            };
            match kind.value.check(key, &text.value) {
                Ok(value) => _ = checked.insert(key, value),
                Err(error) => errors.push(error.at(text.origin.clone())),
            }
            origins.insert(key, text.origin);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        if !is_whole {
            return Ok(None);
        }
        let origin = origins.get("region").unwrap_or(&kind.origin).clone();
        let backend = StateBackend::new(kind.value, checked);
        let backend = backend.map_err(|error| vec![error.at(origins.get(DEPENDENT).unwrap_or(place).clone())])?;
        Ok(Some(Choice { value: backend, origin }))
    }

    fn missing(&self, kind: BackendKind, place: &Origin) -> Vec<SettingsError> {
        let required = kind.arguments().filter(|(_, is_required)| *is_required);
        let missing = required.filter(|(name, _)| !self.texts.contains_key(name));
        let error = |(name, _)| {
            SettingsError::new(format!("the {kind} backend has no {name}"))
                .help(format!("add `{name} = \"...\"`"))
                .at(place.clone())
        };
        missing.map(error).collect()
    }
}
