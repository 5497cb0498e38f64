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
    if authority.contains('@') || rest.is_some_and(has_secret) {
        return Err(SettingsError::new("the address of the state has credentials in it")
            .because("everyone who reads the document would read them")
            .help("remove them, and set TF_HTTP_USERNAME and TF_HTTP_PASSWORD where Terraform runs"));
    }
    let is_clean = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains('#');
    let path = rest.and_then(|rest| rest.split(['?', '#']).next()).unwrap_or_default();
    let is_whole = is_host_and_port(authority) && !path.contains("//");
    let rule = "Terraform takes `https://HOST[:PORT]/PATH`: a host, a port from 1 to 65535, no spaces, fragments or empty parts";
    let text = legal(&text, is_clean && is_whole, "the address of a state", rule)?;
    if text.starts_with("http://") && !is_loopback(authority) {
        return Err(SettingsError::new(format!("the way to `{text}` is not encrypted"))
            .because("the state would be read and changed by anyone on the way")
            .help("write `https://`; `http://` is for this machine alone"));
    }
    Ok(text)
}

/// Words in the names of parameters whose values are secrets.
const SECRETS: [&str; 9] = ["token", "secret", "passw", "pwd", "key", "sig", "auth", "cred", "jwt"];

/// Whether the query has a parameter for a secret.
fn has_secret(rest: &str) -> bool {
    let query = rest.split_once('?').map_or("", |(_, query)| query).to_ascii_lowercase();
    let mut names = query.split(['&', ';']).map(|parameter| parameter.split('=').next().unwrap_or_default());
    names.any(|name| SECRETS.iter().any(|word| name.contains(word)))
}

/// A name or an address of a host, with a port of TCP or none.
fn is_host_and_port(authority: &str) -> bool {
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (is_host, port) = if let Some((address, port)) = bracketed {
        (address.parse::<Ipv6Addr>().is_ok(), port)
    } else {
        let (name, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        (is_host(name), port)
    };
    is_host
        && (port.is_empty()
            || port.strip_prefix(':').is_some_and(|port| {
                port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0)
            }))
}

/// Labels of letters, digits, hyphens and underscores; an address of version 4 is one by form.
fn is_host(text: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let text = text.strip_suffix('.').unwrap_or(text);
    text.split('.').all(|label| (1..=63).contains(&label.len()) && label.bytes().all(is_legal))
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
    fn hosts_ports_and_paths_have_their_form() {
        for good in [
            "a.example/p",
            "a.example:8443/p?ref=main",
            "10.0.0.1/p",
            "[2001:db8::1]:443/p",
            "a_b.example./p",
            "gitlab/p",
        ] {
            assert!(address(&format!("https://{good}")).is_ok(), "{good}");
        }
        for odd in [
            "",
            "/p",
            ":443/p",
            "a.example:/p",
            "a.example:0/p",
            "a.example:65536/p",
            "a.example:-1/p",
            "a.example:x/p",
            "a..b/p",
            "a.example:80:80/p",
            "[::1/p",
            "[nope]/p",
            "a.example//p",
            "a.example/p//q",
            "a,b/p",
            "a.example:+80/p",
        ] {
            assert!(address(&format!("https://{odd}")).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_secret_in_the_query_is_refused() {
        for query in [
            "token=x",
            "ref=a&private_token=x",
            "sv=1&sig=x",
            "API_KEY=x",
            "X-Amz-Signature=x",
            "password",
            "a=b;auth=x",
        ] {
            let error = address(&format!("https://a.example/p?{query}")).unwrap_err();
            assert!(error.message.contains("credentials"), "{query}: {error}");
            // The message goes into logs.
            assert!(!error.to_string().contains("x&") && !error.to_string().contains(query), "{error}");
        }
    }

    #[test]
    fn methods() {
        assert!(method("POST").is_ok());
        assert!(method("post").is_err());
        assert!(method("").is_err());
    }
}
