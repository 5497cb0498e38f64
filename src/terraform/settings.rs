//! The `terraform` block: versions, providers and where the state lives.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The `terraform` block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TerraformSettings {
    pub(crate) required_version: Option<Cow<'static, str>>,
    pub(crate) required_providers: BTreeMap<Cow<'static, str>, RequiredProvider>,
    pub(crate) backend: Option<Backend>,
    /// The workspaces of HCP Terraform that take the place of a backend.
    pub(crate) cloud: Option<super::expression::Object>,
    /// How `OpenTofu` encrypts state and plans.
    pub(crate) encryption: Option<super::expression::Object>,
    /// What providers are told about the module itself.
    pub(crate) provider_meta: BTreeMap<String, super::expression::Object>,
}

/// An entry of `required_providers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredProvider {
    /// Where it comes from, such as `hashicorp/aws`.
    pub source: Cow<'static, str>,
    /// Which versions will do.
    pub version: Option<Cow<'static, str>>,
    /// The aliases a module expects from its caller.
    pub configuration_aliases: Vec<super::provider::ProviderReference>,
}

/// Where the state lives. Backends take no expressions: only literal text.
#[derive(Debug, Clone, PartialEq)]
pub enum Backend {
    /// A file beside the document.
    Local {
        /// Its path; Terraform's own default if absent.
        path: Option<String>,
    },
    /// An S3 bucket, locked by a lock object in the bucket itself.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The object's key.
        key: String,
        /// The bucket's region.
        region: String,
        /// Whether the lock object is used (S3 conditional writes, Terraform 1.10 and later).
        use_lockfile: bool,
        /// The KMS key, if not the bucket's default.
        kms_key_id: Option<String>,
    },
    /// Any other backend, or one of these with arguments that they do not have here.
    Other {
        /// Its type, such as `gcs`.
        type_name: String,
        /// Its arguments, all of them literal.
        arguments: super::expression::Object,
    },
}

impl TerraformSettings {
    /// Adds a constraint to those that the version of Terraform must meet.
    pub(crate) fn also_requires(&mut self, constraint: Cow<'static, str>) {
        self.required_version = Some(match self.required_version.take() {
            Some(earlier) => Cow::Owned(format!("{earlier}, {constraint}")),
            None => constraint,
        });
    }

    /// An empty block.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which versions of Terraform will do.
    pub fn required_version(mut self, constraint: impl Into<Cow<'static, str>>) -> Self {
        self.required_version = Some(constraint.into());
        self
    }

    /// Adds a provider.
    pub fn required_provider(mut self, name: impl Into<Cow<'static, str>>, provider: RequiredProvider) -> Self {
        self.required_providers.insert(name.into(), provider);
        self
    }

    /// How `OpenTofu` encrypts state and plans; its texts are templates.
    pub fn encryption(mut self, encryption: super::expression::Object) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// The workspaces of HCP Terraform that take the place of a backend; all of it literal.
    pub fn cloud(mut self, cloud: super::expression::Object) -> Self {
        self.cloud = Some(cloud);
        self
    }

    /// Where the state lives.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = Some(backend);
        self
    }
}
