//! The address range of a region's network.

use std::fmt::{self, Display, Formatter};
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::error::SettingsError;

/// A private IPv4 range that a VPC of the stack can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    network: Ipv4Addr,
    prefix: u8,
}

impl Cidr {
    /// A VPC takes at most a /16; below a /20 the subnets of three zones leave no room for function interfaces and
    /// endpoints.
    pub const PREFIXES: RangeInclusive<u8> = 16..=20;

    /// Of the primary region if nothing else is chosen: `10.0.0.0/16`.
    pub const DEFAULT_PRIMARY: Self = Self { network: Ipv4Addr::new(10, 0, 0, 0), prefix: 16 };
    /// Of the DR region if nothing else is chosen: `10.1.0.0/16`.
    pub const DEFAULT_DR: Self = Self { network: Ipv4Addr::new(10, 1, 0, 0), prefix: 16 };

    /// The first address.
    pub fn network(self) -> Ipv4Addr {
        self.network
    }

    /// How many leading bits are fixed.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether some address is in both ranges.
    pub fn overlaps(self, other: Self) -> bool {
        let mask = mask(self.prefix.min(other.prefix));
        self.network.to_bits() & mask == other.network.to_bits() & mask
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

impl Display for Cidr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

impl FromStr for Cidr {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = text.escape_debug();
        let (address, prefix) = parts(text).ok_or_else(|| {
            SettingsError::new(format!("`{shown}` is not an IPv4 range in CIDR notation"))
                .help("write it as `10.0.0.0/16`: an address, a slash, a prefix length")
        })?;
        if !Self::PREFIXES.contains(&prefix) {
            return Err(SettingsError::new(format!("the prefix of `{shown}` is not between /16 and /20"))
                .because(wrong_size(prefix))
                .help("choose a /16: addresses in a VPC cost nothing"));
        }
        let exact = Self { network: Ipv4Addr::from_bits(address.to_bits() & mask(prefix)), prefix };
        // No private range is smaller than a /16, so the first address speaks for the others.
        if !exact.network.is_private() {
            return Err(SettingsError::new(format!("`{shown}` is not a private range"))
                .because("addresses outside of RFC 1918 belong to others: inside the VPC they would be out of reach")
                .help("choose a range inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"));
        }
        if exact.network != address {
            return Err(SettingsError::new(format!("`{shown}` is not the first address of its range"))
                .because("AWS knows a range by its first address only, and the provider refuses any other")
                .candidates(vec![exact.to_string()]));
        }
        Ok(exact)
    }
}

fn parts(text: &str) -> Option<(Ipv4Addr, u8)> {
    let (address, prefix) = text.split_once('/')?;
    let decimal = prefix.bytes().all(|byte| byte.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
    let prefix = prefix.parse().ok().filter(|prefix| decimal && *prefix <= 32)?;
    Some((address.parse().ok()?, prefix))
}

fn wrong_size(prefix: u8) -> &'static str {
    if prefix < 16 {
        "AWS gives a VPC at most a /16"
    } else {
        "the subnets of every zone, with the functions and endpoints in them, do not fit into less than a /20"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn legal() {
        for text in ["10.0.0.0/16", "10.255.240.0/20", "172.16.0.0/16", "172.31.128.0/17", "192.168.0.0/16"] {
            assert_eq!(cidr(text).to_string(), text);
        }
        assert_eq!(cidr("10.0.0.0/16"), Cidr::DEFAULT_PRIMARY);
        assert_eq!(cidr("10.1.0.0/16"), Cidr::DEFAULT_DR);
    }

    #[test]
    fn illegal() {
        let cases = [
            ("", "not an IPv4 range"),
            ("10.0.0.0", "not an IPv4 range"),
            ("10.0.0.0/", "not an IPv4 range"),
            ("10.0.0.0/+16", "not an IPv4 range"),
            ("10.0.0.0/016", "not an IPv4 range"),
            ("10.0.0.0/33", "not an IPv4 range"),
            ("10.0.0/16", "not an IPv4 range"),
            ("fd00::/16", "not an IPv4 range"),
            ("10.0.0.0/0", "not between"),
            ("10.0.0.0/8", "not between"),
            ("10.0.0.0/21", "not between"),
            ("11.0.0.0/16", "not a private range"),
            ("172.32.0.0/16", "not a private range"),
            ("192.169.0.0/16", "not a private range"),
            ("10.0.1.0/16", "not the first address"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<Cidr>().unwrap_err();
            assert!(error.message.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn names_the_exact_range() {
        assert_eq!("10.0.1.0/16".parse::<Cidr>().unwrap_err().candidates, ["10.0.0.0/16"]);
    }

    #[test]
    fn overlap_is_symmetric() {
        let cases = [
            ("10.0.0.0/16", "10.0.0.0/16", true),
            ("10.0.0.0/16", "10.0.240.0/20", true),
            ("10.0.0.0/16", "10.1.0.0/16", false),
            ("10.0.0.0/17", "10.0.128.0/17", false),
            ("10.0.0.0/20", "10.0.16.0/20", false),
        ];
        for (left, right, expected) in cases {
            assert_eq!(cidr(left).overlaps(cidr(right)), expected, "{left} {right}");
            assert_eq!(cidr(right).overlaps(cidr(left)), expected, "{right} {left}");
        }
    }
}
