//! What one probe of one checker says.
//!
//! The limits are those of the developer guide, "How Route 53 determines whether a health check is healthy".

use std::time::Duration;

/// HTTP and HTTPS: how long the TCP connection may take.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(4);

/// HTTP and HTTPS: how long the status may take after the connection, and then the body, if it is searched.
pub const RESPONSE_LIMIT: Duration = Duration::from_secs(2);

/// TCP: how long the connection may take.
pub const TCP_CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// How much of a body is searched. The string must lie in it entirely.
pub const BODY_LIMIT_BYTES: usize = 5120;

/// What one probe says about an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It answered as it should.
    Passed,
    /// It did not, or not in time.
    Failed,
}

impl Probe {
    /// Judges an answer over HTTP or HTTPS whose status was there within [`RESPONSE_LIMIT`] of the connection; one that
    /// was not is [`Probe::Failed`], like none at all.
    ///
    /// A status of 200 to 399 passes. With a search string, the first [`BODY_LIMIT_BYTES`] of the body must contain it,
    /// letter case and all.
    pub fn of_response(status: u16, body: &[u8], search_string: Option<&str>) -> Self {
        let searched = &body[..body.len().min(BODY_LIMIT_BYTES)];
        let found = search_string.is_none_or(|wanted| contains(searched, wanted.as_bytes()));
        if (200..400).contains(&status) && found { Self::Passed } else { Self::Failed }
    }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    wanted.is_empty() || text.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::{BODY_LIMIT_BYTES, Probe};

    #[test]
    fn success_and_redirection_pass() {
        for status in [200, 204, 301, 399] {
            assert_eq!(Probe::of_response(status, b"", None), Probe::Passed, "{status}");
        }
        for status in [199, 400, 403, 429, 500, 503] {
            assert_eq!(Probe::of_response(status, b"", None), Probe::Failed, "{status}");
        }
    }

    #[test]
    fn the_string_must_lie_in_what_is_searched() {
        let search = |body: &[u8]| Probe::of_response(200, body, Some("fine"));
        assert_eq!(search(b"all is fine"), Probe::Passed);
        assert_eq!(search(b"all is Fine"), Probe::Failed);
        let mut body = vec![b' '; BODY_LIMIT_BYTES - 4];
        body.extend(b"fine");
        assert_eq!(search(&body), Probe::Passed);
        body.insert(0, b' ');
        assert_eq!(search(&body), Probe::Failed);
    }
}
