//! Which objects answer which control.

use crate::proof::model::{Model, Resource};

const TABLE: &str = include_str!("../../../templates/controls.tsv");

/// A control with the objects that answer it.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) framework: &'static str,
    pub(super) id: &'static str,
    pub(super) about: &'static str,
    /// The addresses, in the order of the selectors.
    pub(super) answered_by: Vec<String>,
    /// Whether objects could answer it at all.
    pub(super) is_technical: bool,
}

/// Every control, in the order of the table.
pub(super) fn all(model: &Model) -> Vec<Control> {
    rows()
        .map(|[framework, id, about, selectors]| {
            let selectors: Vec<_> = selectors.split_whitespace().map(Selector::parse).collect();
            let found = selectors.iter().flat_map(|selector| selector.find(model));
            let is_technical = !selectors.is_empty();
            Control { framework, id, about, answered_by: found.map(|it| it.address.clone()).collect(), is_technical }
        })
        .collect()
}

fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

/// `type`, `type.argument` or `type.argument=value`.
struct Selector {
    kind: &'static str,
    argument: Option<&'static str>,
    value: Option<&'static str>,
}

impl Selector {
    fn parse(text: &'static str) -> Self {
        let (path, value) = text.split_once('=').map_or((text, None), |(path, value)| (path, Some(value)));
        let (kind, argument) = path.split_once('.').map_or((path, None), |(kind, argument)| (kind, Some(argument)));
        Self { kind, argument, value }
    }

    fn find<'m>(&self, model: &'m Model) -> impl Iterator<Item = &'m Resource> {
        model.of_type(self.kind).filter(|resource| match (self.argument, self.value) {
            (Some(argument), Some(value)) => resource.at(argument).text().get().as_deref() == Some(value),
            (Some(argument), None) => resource.at(argument).is_set(),
            _ => true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws;
    use crate::terraform::ResourceMode;

    #[test]
    fn every_row_names_types_and_arguments_of_the_provider() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines, "a row without four columns");
        for [_, id, _, selectors] in rows() {
            for selector in selectors.split_whitespace().map(Selector::parse) {
                let block = aws::schema().block_type(ResourceMode::Managed, selector.kind);
                let block = block.unwrap_or_else(|| panic!("{id}: {}", selector.kind));
                if let Some(argument) = selector.argument {
                    let is_there = block.attributes().any(|it| it.name() == argument)
                        || block.nested_blocks().any(|it| it.name() == argument);
                    assert!(is_there, "{id}: {}.{argument}", selector.kind);
                }
            }
        }
    }
}
