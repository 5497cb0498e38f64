//! Functions of paths and files. Files are those of the configuration, found from the root module's folder.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure, glob};

type Given = Result<Value, Failure>;

/// More than any file of a configuration has; a device that never ends must not fill the memory.
const LARGEST: u64 = 256 << 20;

impl Arguments<'_, '_, '_> {
    fn folder(&self) -> Result<&Path, Failure> {
        let folder = self.context.environment.evaluator.inputs.folder.as_deref();
        folder.ok_or_else(|| "files cannot be read here: the configuration is in no folder".to_owned())
    }

    fn path(&self, text: &str) -> Result<PathBuf, Failure> {
        let expanded = expand(text)?;
        Ok(PathBuf::from(clean(&self.folder()?.join(expanded).to_string_lossy())))
    }
}

/// `~` is the home folder.
fn expand(text: &str) -> Result<String, Failure> {
    let Some(rest) = text.strip_prefix('~') else { return Ok(text.to_owned()) };
    if !rest.is_empty() && !rest.starts_with('/') {
        return Err("cannot expand user-specific home dir".to_owned());
    }
    let home = std::env::var("HOME").ok().filter(|home| !home.is_empty());
    let home = home.ok_or("failed to expand ~: there is no home folder")?;
    Ok(clean(&format!("{home}{rest}")))
}

/// The shortest path that leads to the same place (Go's `filepath.Clean`).
pub(in super::super) fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match kept.last() {
                Some(last) if *last != ".." => {
                    kept.pop();
                }
                _ if is_absolute => {}
                _ => kept.push(".."),
            },
            part => kept.push(part),
        }
    }
    let joined = kept.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The bytes of the file that an argument names.
pub(super) fn read(arguments: &Arguments<'_, '_, '_>, position: usize) -> Result<Vec<u8>, Failure> {
    let text = arguments.text(position);
    let path = arguments.path(text)?;
    let metadata = fs::metadata(&path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            return format!(
                "no file exists at \"{text}\"; this function works only with files that are distributed as part of the \
                 configuration source code"
            );
        }
        format!("failed to read file: {error}")
    })?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(format!("failed to read file: {text} is no file, or too large"));
    }
    fs::read(&path).map_err(|error| format!("failed to read file: {error}"))
}

/// The text of the file that an argument names.
pub(super) fn read_text(arguments: &Arguments<'_, '_, '_>, position: usize) -> Result<String, Failure> {
    let bytes = read(arguments, position)?;
    String::from_utf8(bytes).map_err(|_| {
        format!(
            "contents of \"{}\" are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents",
            arguments.text(position)
        )
    })
}

pub(super) fn file(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    read_text(arguments, 0).map(Value::text)
}

pub(super) fn filebase64(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    Ok(Value::text(STANDARD.encode(read(arguments, 0)?)))
}

pub(super) fn fileexists(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let text = arguments.text(0);
    match fs::metadata(arguments.path(text)?) {
        Ok(metadata) if metadata.is_file() => Ok(Value::bool(true)),
        Ok(_) => Err(format!("\"{text}\" is a directory, not a file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Value::bool(false)),
        Err(_) => Err(format!("failed to stat \"{text}\"")),
    }
}

pub(super) fn fileset(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let folder = clean(&arguments.folder()?.join(arguments.text(0)).to_string_lossy());
    let pattern = clean(&format!("{folder}/{}", arguments.text(1)));
    let found = glob::files(&pattern)?;
    let relative = found.iter().map(|path| relative(&folder, path));
    Ok(Value::set(Type::String, relative.map(Value::text)))
}

/// The way from a folder to a file.
fn relative(folder: &str, path: &str) -> String {
    let (mut from, mut to) = (folder.split('/').peekable(), path.split('/').peekable());
    while let (Some(a), Some(b)) = (from.peek(), to.peek()) {
        if a != b {
            break;
        }
        from.next();
        to.next();
    }
    let up = from.filter(|part| !part.is_empty() && *part != ".").map(|_| "..");
    up.chain(to).collect::<Vec<_>>().join("/")
}

pub(super) fn basename(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let path = arguments.text(0);
    if path.is_empty() {
        return Ok(Value::text("."));
    }
    let trimmed = path.trim_end_matches('/');
    let base = trimmed.rsplit('/').next().unwrap_or_default();
    Ok(Value::text(if trimmed.is_empty() { "/" } else { base }))
}

pub(super) fn dirname(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let path = arguments.text(0);
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    Ok(Value::text(clean(folder)))
}

pub(super) fn abspath(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let path = arguments.text(0);
    if path.starts_with('/') {
        return Ok(Value::text(clean(path)));
    }
    let folder = std::path::absolute(arguments.folder()?).map_err(|error| error.to_string())?;
    Ok(Value::text(clean(&folder.join(path).to_string_lossy())))
}

pub(super) fn pathexpand(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    expand(arguments.text(0)).map(Value::text)
}
