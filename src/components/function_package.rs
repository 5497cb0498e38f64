//! The payment function's code as Lambda takes it: a zip archive, the same bytes on every machine.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The entry point, as Lambda names it.
pub const HANDLER: &str = "handler.handle";

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../functions/payments/", $name)))),*]
    };
}

/// The function's files, sorted by name.
const SOURCES: [(&str, &str); 12] = sources![
    "claims.py",
    "clients.py",
    "deadline.py",
    "failures.py",
    "handler.py",
    "health.py",
    "ledger.py",
    "processing.py",
    "receipts.py",
    "responses.py",
    "settings.py",
    "validation.py",
];

/// Lambda unpacks with these permissions, and fails to import files that only their owner may read.
const READABLE_BY_ALL: u32 = 0o644;

/// A zip archive and its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionPackage {
    /// The archive in base64, as `aws_s3_object` takes it.
    pub content_base64: String,
    /// The archive's SHA-256 in base64, as Lambda reports it.
    pub sha256_base64: String,
}

impl FunctionPackage {
    /// Packs the function that dr-synth carries.
    ///
    /// # Errors
    /// The archive could not be written, which memory alone can cause.
    pub fn embedded() -> zip::result::ZipResult<Self> {
        let archive = archive(&SOURCES)?;
        Ok(Self {
            content_base64: STANDARD.encode(&archive),
            sha256_base64: STANDARD.encode(Sha256::digest(&archive)),
        })
    }
}

/// Times and permissions are fixed, so that the archive depends on nothing but the sources.
fn archive(sources: &[(&str, &str)]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(READABLE_BY_ALL);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, source) in sources {
        writer.start_file(*name, options)?;
        writer.write_all(source.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_file_is_packed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/functions/payments");
        let mut on_disk: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| std::path::Path::new(name).extension().is_some_and(|extension| extension == "py"))
            .collect();
        on_disk.sort();
        assert_eq!(on_disk, SOURCES.map(|(name, _)| name));
    }

    #[test]
    fn the_archive_unpacks_to_the_sources_and_depends_on_nothing_else() {
        let bytes = archive(&SOURCES).unwrap();
        assert_eq!(bytes, archive(&SOURCES).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for (name, source) in SOURCES {
            let mut file = archive.by_name(name).unwrap();
            assert_eq!(std::io::read_to_string(&mut file).unwrap(), source);
            assert_eq!(file.last_modified(), Some(DateTime::default()));
        }
    }
}
