//! The functions' code as Lambda takes it: zip archives, the same bytes on every machine.

/// The payment function's entry point, as Lambda names it.
pub const HANDLER: &str = "handler.handle";

/// The newest Python runtime that provider 5.100.0 knows; AWS supports it to October 2029 (Lambda developer guide,
/// "Runtimes").
pub const RUNTIME: &str = "python3.13";

/// A zip archive and its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionPackage {
    /// The archive in base64, as `aws_s3_object` takes it.
    pub content_base64: &'static str,
    /// The archive's SHA-256 in base64, as Lambda reports it.
    pub sha256_base64: &'static str,
}

impl FunctionPackage {
    /// The payment function that dr-synth carries, packed by the build script.
    pub fn payments() -> Self {
        Self {
            content_base64: include_str!(concat!(env!("OUT_DIR"), "/payments.zip.base64")),
            sha256_base64: include_str!(concat!(env!("OUT_DIR"), "/payments.zip.sha256")),
        }
    }

    /// The functions that verify restored backups and watch that it is done.
    pub fn backup_verification() -> Self {
        Self {
            content_base64: include_str!(concat!(env!("OUT_DIR"), "/backup_verification.zip.base64")),
            sha256_base64: include_str!(concat!(env!("OUT_DIR"), "/backup_verification.zip.sha256")),
        }
    }

    /// The function that makes the tables of the payments database and the role of the functions.
    pub fn database_setup() -> Self {
        Self {
            content_base64: include_str!(concat!(env!("OUT_DIR"), "/database_setup.zip.base64")),
            sha256_base64: include_str!(concat!(env!("OUT_DIR"), "/database_setup.zip.sha256")),
        }
    }

    /// The functions that fail over, fail back and drill: one package, an entry point for each of them.
    pub fn failover() -> Self {
        Self {
            content_base64: include_str!(concat!(env!("OUT_DIR"), "/failover.zip.base64")),
            sha256_base64: include_str!(concat!(env!("OUT_DIR"), "/failover.zip.sha256")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;
    use std::path::Path;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn an_archive_holds_every_source_file_and_nothing_of_the_machine() {
        assert_packed(FunctionPackage::payments(), &["functions/payments", "functions/shared"]);
        assert_packed(FunctionPackage::failover(), &["functions/failover", "functions/shared"]);
        assert_packed(FunctionPackage::backup_verification(), &["functions/backup_verification", "functions/shared"]);
        assert_packed(FunctionPackage::database_setup(), &["functions/database_setup", "functions/shared"]);
    }

    fn assert_packed(package: FunctionPackage, folders: &[&str]) {
        let bytes = STANDARD.decode(package.content_base64).unwrap();
        assert_eq!(STANDARD.encode(Sha256::digest(&bytes)), package.sha256_base64);
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources: Vec<_> = folders
            .iter()
            .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
            .collect();
        assert_eq!(archive.len(), sources.len());
        for source in sources {
            let name = source.file_name().unwrap().to_str().unwrap();
            let mut packed = archive.by_name(name).unwrap();
            assert_eq!(packed.last_modified(), Some(zip::DateTime::default()));
            assert_eq!(packed.unix_mode().map(|mode| mode & 0o777), Some(0o644));
            assert_eq!(std::io::read_to_string(&mut packed).unwrap(), fs::read_to_string(&source).unwrap());
        }
    }
}
