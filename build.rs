//! Packs the functions into the zip archives that the library carries.
//!
//! Packing here instead of at every run keeps a compressor out of the library and milliseconds out of every synthesis.
//! Times and permissions are fixed and the files are sorted, so the archive depends on nothing but the sources.

use std::fs;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Lambda unpacks with these permissions, and fails to import files that only their owner may read.
const READABLE_BY_ALL: u32 = 0o644;

/// The packages, and the folders of `functions` that each is made from.
const PACKAGES: [(&str, &[&str]); 4] = [
    ("backup_verification", &["backup_verification", "shared"]),
    ("database_setup", &["database_setup", "shared"]),
    ("failover", &["failover", "shared"]),
    ("payments", &["payments", "shared"]),
];

fn main() -> io::Result<()> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?);
    PACKAGES.into_iter().try_for_each(|(package, folders)| pack(package, folders, &out))
}

fn pack(package: &str, folders: &[&str], out: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for folder in folders {
        let sources = Path::new("functions").join(folder);
        println!("cargo::rerun-if-changed={}", sources.display());
        files.extend(python_files(&sources)?);
    }
    files.sort_by(|left, right| left.file_name().cmp(&right.file_name()));
    let archive = archive(&files)?;
    fs::write(out.join(format!("{package}.zip.base64")), STANDARD.encode(&archive))?;
    fs::write(out.join(format!("{package}.zip.sha256")), STANDARD.encode(Sha256::digest(&archive)))
}

fn python_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
    Ok(files)
}

fn archive(files: &[PathBuf]) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(READABLE_BY_ALL);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let name = file.file_name().ok_or_else(|| io::Error::other("a source file has a name"))?;
        writer.start_file(name.to_string_lossy(), options)?;
        writer.write_all(&fs::read(file)?)?;
    }
    Ok(writer.finish()?.into_inner())
}
