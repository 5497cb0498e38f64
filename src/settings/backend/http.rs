//! A state on a server that speaks Terraform's own protocol.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::text::{legal, without_template};
use super::{Description, StateBackend, literal, optional, required};
use crate::settings::SettingsError;
use crate::terraform::Object;

pub(super) const DESCRIPTION: Description = Description {
    notation: "http:URL",
    arguments: &[
        required("address", address),
        optional("lock_address", address),
        optional("unlock_address", address),
        optional("lock_method", method),
        optional("unlock_method", method),
    ],
    parts: |rest| Some(vec![("address", rest?)]),
};

/// The arguments. The state is always locked, at its own address where no other is named: Terraform locks nothing unless it is
/// told where, and without a lock two applies at once can lose half of the state.
pub(super) fn arguments(backend: &StateBackend) -> Object {
    let mut arguments: Object = backend.values().map(|(name, value)| (name, literal(value))).collect();
    let lock = backend.value("lock_address").or_else(|| backend.value("address")).unwrap_or_default();
    for name in ["lock_address", "unlock_address"] {
        if arguments.get(name).is_none() {
            arguments.set(name, literal(lock));
        }
    }
    arguments
}

/// An address: encrypted unless it stays on this machine, and without credentials, which would be in the document.
fn address(text: &str) -> Result<String, SettingsError> {
    let text = without_template(text)?;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let authority = rest.map_or("", |rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_clean = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains('#');
    let rule = "Terraform takes `https://HOST/PATH`, without spaces and fragments";
    let text = legal(&text, is_clean && !authority.is_empty(), "the address of a state", rule)?;
    if authority.contains('@') {
        return Err(SettingsError::new("the address of the state has credentials in it")
            .because("everyone who reads the document would read them")
            .help("remove them, and set TF_HTTP_USERNAME and TF_HTTP_PASSWORD where Terraform runs"));
    }
    if text.starts_with("http://") && !is_loopback(authority) {
        return Err(SettingsError::new(format!("the way to `{text}` is not encrypted"))
            .because("the state would be read and changed by anyone on the way")
            .help("write `https://`; `http://` is for this machine alone"));
    }
    Ok(text)
}

fn is_loopback(authority: &str) -> bool {
    if let Some((address, _)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback());
    }
    let host = authority.split(':').next().unwrap_or_default();
    host == "localhost" || host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
}

/// A method of HTTP, as a token of RFC 9110 that is written in capitals.
fn method(text: &str) -> Result<String, SettingsError> {
    let ok = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase());
    legal(text, ok, "a method of HTTP", "servers take methods in capitals, such as `LOCK` or `POST`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_reached_without_encryption() {
        for host in ["localhost", "localhost:80", "127.0.0.1", "127.9.9.9:1", "[::1]:8080"] {
            assert!(address(&format!("http://{host}/state")).is_ok(), "{host}");
        }
        for host in ["localhost.example.com", "10.0.0.1", "127.0.0.1.example.com", "[::2]", "example.com"] {
            assert!(address(&format!("http://{host}/state")).is_err(), "{host}");
            assert!(address(&format!("https://{host}/state")).is_ok(), "{host}");
        }
    }

    #[test]
    fn methods() {
        assert!(method("POST").is_ok());
        assert!(method("post").is_err());
        assert!(method("").is_err());
    }
}
