//! How the import id of an object is made, type by type: `ids.tsv`, from the section "Import" of each type's page in the
//! documentation of the provider 5.100.0.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::terraform::expression::Names;
use crate::terraform::{Expression, parse};

/// How an object that was left behind is taken over.
#[derive(Debug)]
pub enum Way {
    /// AWS refuses a second one, and the id is an expression over `self`, the block's arguments, and `found`.
    Import {
        /// The id.
        id: Expression,
        /// The data source that `found` is.
        lookup: Option<Lookup>,
        /// How one is found that may be there: the service and the part of its ARNs, where the id is their end.
        tag: Option<(&'static str, &'static str)>,
    },
    /// AWS would make a second one. It is looked up by its tag `Name`.
    Tagged {
        /// The service, as the tagging API calls it.
        service: &'static str,
        /// What the ARNs of its kind have in them.
        resource: &'static str,
        /// Whether the id is the ARN, and not its end.
        is_arn: bool,
        /// How to look for one that has no tags yet, where the provider tags it in a second call.
        untagged: Option<&'static str>,
    },
    /// AWS would make a second one, and it may have no tags yet. It is looked up among all there are.
    Listed {
        /// The data source that has the `ids` of all.
        all: &'static str,
        /// The data source of one, and the argument that is its id.
        one: (&'static str, &'static str),
        /// Whether it is the one: an expression over `found`, the data source, and `self`.
        condition: Expression,
    },
    /// The provider puts it in place of what is there, or what is there does no harm.
    Again,
    /// It cannot be imported by what is known.
    Never(&'static str),
}

/// A data source that finds an object by its arguments.
#[derive(Debug)]
pub struct Lookup {
    /// Its type.
    pub type_name: &'static str,
    /// Its arguments.
    pub arguments: Vec<(&'static str, Expression)>,
}

const TABLE: &str = include_str!("ids.tsv");

static WAYS: LazyLock<BTreeMap<&'static str, Way>> = LazyLock::new(|| lines().filter_map(read).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What the table says of a type.
pub fn way(type_name: &str) -> Option<&'static Way> {
    WAYS.get(type_name)
}

fn read(line: &'static str) -> Option<(&'static str, Way)> {
    let fields: Vec<_> = line.split('\t').collect();
    let way = match fields[1..] {
        ["id", id] => Way::Import { id: template(id)?, lookup: None, tag: None },
        ["id", id, "tag", service, resource] => {
            Way::Import { id: template(id)?, lookup: None, tag: Some((service, resource)) }
        }
        ["lookup", type_name, arguments, id] => {
            let pairs = arguments.split("; ").map(|pair| {
                let (name, value) = pair.split_once(" = ")?;
                Some((name, template(value)?))
            });
            Way::Import {
                id: template(id)?,
                lookup: Some(Lookup { type_name, arguments: pairs.collect::<Option<_>>()? }),
                tag: None,
            }
        }
        ["tag", service, resource, id @ ("end" | "arn")] => {
            Way::Tagged { service, resource, is_arn: id == "arn", untagged: None }
        }
        ["tag", service, resource, id @ ("end" | "arn"), untagged] => {
            Way::Tagged { service, resource, is_arn: id == "arn", untagged: Some(untagged) }
        }
        ["list", all, one, argument, condition] => {
            let condition = parse::expression_within(condition, &Names::none().with("found")).ok()?;
            Way::Listed { all, one: (one, argument), condition }
        }
        ["again", _] => Way::Again,
        ["never", why] => Way::Never(why),
        _ => return None,
    };
    Some((fields[0], way))
}

fn template(text: &str) -> Option<Expression> {
    let names = Names::none();
    parse::template_within(text, &names.with("found")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_in_order() {
        for line in lines() {
            assert!(read(line).is_some(), "{line}");
        }
        let names: Vec<_> = lines().filter_map(|line| line.split('\t').next()).collect();
        assert!(names.is_sorted_by(|left, right| left < right), "{names:?}");
    }
}
