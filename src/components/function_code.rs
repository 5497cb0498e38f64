//! The code that the payment and the health function run: a zip archive in the operations bucket, or a container image.

use super::function_package::FunctionPackage;
use super::region_scope::RegionScope;
use super::storage::Storage;
use crate::aws::{lambda, s3};
use crate::terraform::{Expression, Handle, Resource, Value};

/// The key of the package in the operations bucket.
const PACKAGE_KEY: &str = "functions/payments.zip";

/// A zip archive with what Lambda has to know of it: the embedded one, or the user's own.
#[derive(Debug, Clone)]
pub struct ZipPackage {
    /// The embedded archive in base64, or null where there is one of the user's own.
    pub content_base64: Value<String>,
    /// The path of the user's own archive, or null. Its bytes are read by the upload: in an argument, and so in plan and state,
    /// a package of 10 MB took Terraform 3 GB of memory.
    pub path: Value<String>,
    /// The archive's SHA-256 in base64.
    pub sha256_base64: Value<String>,
    /// What Lambda calls in it.
    pub handler: Value<String>,
    /// What it is run by.
    pub runtime: Value<String>,
}

impl ZipPackage {
    /// The embedded archive, unless `path` names a file of the user's own; and the digest of the one that is used.
    pub fn content(package: &FunctionPackage, path: &Value<String>) -> [Value<String>; 2] {
        let choose = |embedded: &'static str, own: Value<String>| {
            Value::<String>::from(embedded).when(path.clone().is_null(), own)
        };
        let digest = Expression::call("filebase64sha256", [path.clone().into()]);
        [choose(package.content_base64, Value::null()), choose(package.sha256_base64, Value::new(digest))]
    }
}

/// Where the code of a region's functions comes from.
#[derive(Debug, Clone, Copy)]
pub enum CodeSource<'a> {
    /// An archive that the region's bucket is given.
    Zip(&'a ZipPackage),
    /// An image in a repository of the region.
    Image(&'a Value<String>),
}

/// The code as it is in a region.
#[derive(Debug, Clone)]
pub enum FunctionCode {
    /// An object of the operations bucket.
    Zip {
        /// The object.
        object: Handle<s3::Object>,
        /// What Lambda has to know of it.
        package: Box<ZipPackage>,
    },
    /// The address of an image.
    Image(Value<String>),
}

/// Brings the code into the region.
pub fn function_code(region: &mut RegionScope<'_>, source: CodeSource<'_>, storage: &Storage) -> FunctionCode {
    match source {
        CodeSource::Zip(package) => {
            let object = package_object(region, package, storage);
            FunctionCode::Zip { object, package: Box::new(package.clone()) }
        }
        CodeSource::Image(uri) => FunctionCode::Image(uri.clone()),
    }
}

fn package_object(region: &mut RegionScope<'_>, package: &ZipPackage, storage: &Storage) -> Handle<s3::Object> {
    let operations = &storage.operations;
    region.add(
        s3::Object::new("payments_package", operations.bucket.id(), PACKAGE_KEY)
            .content_base64(&package.content_base64)
            .source(&package.path)
            .content_type("application/zip")
            .source_hash(&package.sha256_base64)
            // Without versioning the object has no version for the function to name.
            .depends_on(&operations.versioning),
    )
}

impl FunctionCode {
    /// Gives the code to a function. An image brings its runtime and its entry point itself, and Lambda refuses others.
    pub(super) fn run_by(&self, function: lambda::Function) -> lambda::Function {
        match self {
            Self::Zip { object, package } => function
                .runtime(&package.runtime)
                .handler(&package.handler)
                .s3_bucket(object.bucket())
                .s3_key(object.key_())
                .s3_object_version(object.version_id())
                .source_code_hash(&package.sha256_base64),
            Self::Image(uri) => function.package_type("Image").image_uri(uri),
        }
    }
}
