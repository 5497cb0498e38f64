//! The versions of the AWS provider whose types are known, and which of them a configuration is held to.
//!
//! | version | how its types are known | what that tells |
//! | --- | --- | --- |
//! | 5.100.0 | the provider was asked (`cargo xtask schema`) | everything, with the rules between arguments |
//! | 6.66.0 | a package that was generated from its schema (`cargo xtask published`) | names, nesting, types, required, computed, write-only |

use std::sync::LazyLock;

use crate::terraform::check::Schemas;
use crate::terraform::schema::limits::Limits;
use crate::terraform::schema::{Attribute, BlockSchema, Schema};
use crate::terraform::version::Constraints;
use crate::terraform::{Configuration, ResourceMode, lock_file, provider_source};

/// The provider's source.
const SOURCE: &str = "hashicorp/aws";

/// A version of the provider.
#[derive(Debug)]
pub struct Provider {
    constraint: &'static str,
    schema: Schema,
    schemas: Schemas,
}

/// The versions that a configuration admits.
#[derive(Debug, Clone, Copy)]
pub enum Admitted {
    /// One of those that are known stands for all that it admits.
    One(&'static Provider),
    /// It names none, or admits both.
    Both,
}

impl Provider {
    /// The version that was asked itself: what documents are made for where nothing else is said.
    pub fn asked() -> &'static Self {
        static ASKED: LazyLock<Provider> = LazyLock::new(|| {
            // A build with damaged bytes knows no type at all, so no document passes its check; a test keeps that away.
            let schema = Schema::open(include_bytes!("../../schema/aws-5.100.0.schema").as_slice());
            // What AWS's own models say, whatever the version.
            let limits = Limits::open(include_str!("../../schema/aws-5.100.0.limits"));
            Provider::new(">= 5.100.0, < 7.0.0", schema.unwrap_or_default().with_limits(limits))
        });
        &ASKED
    }

    /// The version whose types were published: it was never run here.
    pub fn published() -> &'static Self {
        static PUBLISHED: LazyLock<Provider> = LazyLock::new(|| {
            let schema = Schema::open(include_bytes!("../../schema/aws-6.66.0.schema").as_slice());
            let limits = Provider::asked().schema.limits().clone();
            Provider::new(">= 6.66.0, < 7.0.0", schema.unwrap_or_default().with_gaps().with_limits(limits))
        });
        &PUBLISHED
    }

    fn new(constraint: &'static str, schema: Schema) -> Self {
        let schemas = Schemas::new().with("aws", schema.clone());
        Self { constraint, schema, schemas }
    }

    /// The version.
    pub fn version(&self) -> &str {
        self.schema.version()
    }

    /// What a document for it requires of the version.
    pub fn constraint(&self) -> &'static str {
        self.constraint
    }

    /// Its types.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The schemas that a document for it is held to.
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// Its types, by the source of the provider.
    pub(crate) fn by_source(&'static self, source: &str) -> Option<&'static Schema> {
        provider_source::is(source, SOURCE).then_some(&self.schema)
    }

    /// A type as the version that was asked has it, or else the published one, which has more types.
    pub(crate) fn block_type(mode: ResourceMode, type_name: &str) -> Option<BlockSchema<'static>> {
        let published = || Self::published().schema.block_type(mode, type_name);
        Self::asked().schema.block_type(mode, type_name).or_else(published)
    }

    /// An attribute of a type, as either version has it.
    pub(crate) fn attribute(mode: ResourceMode, type_name: &str, name: &str) -> Option<Attribute<'static>> {
        let of = |provider: &'static Self| provider.schema.block_type(mode, type_name)?.attribute(name);
        of(Self::asked()).or_else(|| of(Self::published())).filter(|attribute| !attribute.untold())
    }
}

impl Admitted {
    /// The versions that a configuration admits: that of its lock file, or else what the constraints of all its modules leave over.
    pub fn by(configuration: &Configuration) -> Self {
        let locked = configuration.folder().and_then(|folder| lock_file::version_of(SOURCE, &folder));
        let locked = locked.and_then(|version| Constraints::parse(&version));
        let all = locked.map_or_else(|| configuration.constraints_on(SOURCE), |version| vec![version]);
        let admits = |major| Constraints::admit_some_of(&all, major);
        match ((1..=5).any(admits), (6..=9).any(admits)) {
            (true, true) => Self::Both,
            (false, true) => Self::One(Provider::published()),
            (_, false) => Self::One(Provider::asked()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::parse;

    fn admitted(version: &str) -> Option<String> {
        let text =
            format!(r#"{{"terraform": {{"required_providers": {{"aws": {{"source": "hashicorp/aws"{version}}}}}}}}}"#);
        match Admitted::by(&Configuration::from(parse::document(&text).unwrap())) {
            Admitted::One(provider) => Some(provider.version().to_owned()),
            Admitted::Both => None,
        }
    }

    #[test]
    fn a_constraint_decides_which_types_hold() {
        for (version, expected) in [
            ("", None),
            (r#", "version": ">= 5.100.0, < 7.0.0""#, None),
            (r#", "version": "~> 6.0""#, Some("6.66.0")),
            (r#", "version": ">= 6.66, < 7""#, Some("6.66.0")),
            (r#", "version": "~> 7.1""#, Some("6.66.0")),
            (r#", "version": "~> 5.0""#, Some("5.100.0")),
            (r#", "version": "= 4.67.0""#, Some("5.100.0")),
            (r#", "version": "latest""#, None),
        ] {
            assert_eq!(admitted(version).as_deref(), expected, "{version}");
        }
    }

    #[test]
    fn the_published_types_are_those_of_the_version() {
        let schema = Provider::published().schema();
        assert_eq!((schema.source(), schema.version()), ("registry.terraform.io/hashicorp/aws", "6.66.0"));
        let count = |mode| schema.type_names(mode).len();
        assert_eq!((count(ResourceMode::Managed), count(ResourceMode::Data)), (1725, 683));
        let zone = schema.block_type(ResourceMode::Managed, "aws_route53_zone").unwrap();
        assert!(zone.attribute("enable_accelerated_recovery").unwrap().settable());
        let table = schema.block_type(ResourceMode::Managed, "aws_dynamodb_table").unwrap();
        assert!(table.nested_block("global_table_witness").is_some());
        let cluster = schema.block_type(ResourceMode::Managed, "aws_rds_cluster").unwrap();
        assert!(cluster.attribute("master_password_wo").unwrap().write_only());
        let acl = schema.block_type(ResourceMode::Managed, "aws_wafv2_web_acl").unwrap();
        assert!(acl.nested_block("rule").unwrap().block().attribute("statement").unwrap().untold());
    }
}
