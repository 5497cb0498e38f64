//! Functions of address ranges.

use std::net::{Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;

use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure};

type Given = Result<Value, Failure>;

/// A range of addresses: the first one and how many of its bits all have in common.
#[derive(Clone, Copy)]
struct Network {
    first: u128,
    prefix: u32,
    /// 32 or 128.
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Result<Self, Failure> {
        let invalid = || format!("invalid CIDR expression: invalid CIDR address: {text}");
        let (address, prefix) = text.split_once('/').ok_or_else(invalid)?;
        let (address, bits) = match v4(address) {
            Some(address) => (u128::from(address), 32),
            None if address.contains('%') => return Err(invalid()),
            None => (u128::from(address.parse::<Ipv6Addr>().map_err(|_| invalid())?), 128),
        };
        let is_number = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = prefix.parse::<u32>().ok().filter(|prefix| is_number && *prefix <= bits).ok_or_else(invalid)?;
        let mut network = Self { first: address, prefix, bits };
        network.first &= network.mask();
        Ok(network)
    }

    fn hosts(self) -> u32 {
        self.bits - self.prefix
    }

    /// The bits that all addresses have in common.
    fn mask(self) -> u128 {
        let all = u128::MAX >> (128 - self.bits);
        all & u128::MAX.checked_shl(self.hosts()).unwrap_or_default()
    }

    fn last(self) -> u128 {
        self.first | (!self.mask() & (u128::MAX >> (128 - self.bits)))
    }

    fn write(self, address: u128) -> String {
        if self.bits == 32 {
            return Ipv4Addr::from(u32::try_from(address).unwrap_or_default()).to_string();
        }
        let address = Ipv6Addr::from(address);
        address.to_ipv4_mapped().map_or_else(|| address.to_string(), |mapped| mapped.to_string())
    }

    fn to_text(self) -> String {
        format!("{}/{}", self.write(self.first), self.prefix)
    }
}

/// Four numbers with dots; leading zeros are decimal, as they were in Go once.
fn v4(text: &str) -> Option<u32> {
    let mut address = 0_u32;
    let mut count = 0;
    for octet in text.split('.') {
        if octet.is_empty() || octet.len() > 15 || !octet.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        address = address << 8
            | u32::from(
                octet
                    .trim_start_matches('0')
                    .parse::<u8>()
                    .or_else(|error| if octet.bytes().all(|byte| byte == b'0') { Ok(0) } else { Err(error) })
                    .ok()?,
            );
        count += 1;
    }
    (count == 4).then_some(address)
}

impl Arguments<'_, '_, '_> {
    fn big(&self, position: usize) -> Result<BigInt, Failure> {
        let number = self.number(position);
        let whole = number.is_whole().then(|| number.truncated()).flatten();
        whole.ok_or_else(|| "value must be a whole number".to_owned())
    }
}

pub(super) fn host(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let number = arguments.big(1)?;
    let network = Network::parse(arguments.text(0))?;
    let most = (BigInt::from(1) << network.hosts()) - 1;
    let is_negative = number.sign() == num_bigint::Sign::Minus;
    // From the end of the range: -1 is the last address.
    let distance: BigInt = if is_negative { -&number - 1 } else { number.clone() };
    if distance > most {
        return Err(format!("prefix of {} does not accommodate a host numbered {number}", network.prefix));
    }
    let host: BigInt = if is_negative { most - distance } else { number };
    let host = u128::try_from(host).map_err(|_| "a host number is too large")?;
    Ok(Value::text(network.write(network.first | host)))
}

pub(super) fn netmask(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let network = Network::parse(arguments.text(0))?;
    if network.bits != 32 {
        return Err(format!("IPv6 addresses cannot have a netmask: {}", arguments.text(0)));
    }
    Ok(Value::text(network.write(network.mask())))
}

pub(super) fn subnet(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let new_bits = arguments.whole(1)?;
    let number = arguments.big(2)?;
    let network = Network::parse(arguments.text(0))?;
    let prefix = i64::from(network.prefix) + new_bits.clamp(-1000, 1000);
    if prefix > i64::from(network.bits) {
        return Err(format!("insufficient address space to extend prefix of {} by {new_bits}", network.prefix));
    }
    let Ok(prefix) = u32::try_from(prefix) else {
        return Ok(Value::unknown(Type::String, "Terraform makes no network of a prefix below zero"));
    };
    // Terraform looks at the last 64 bits of the number, and not at all where the network has more of them or fewer.
    let low = number.magnitude().iter_u64_digits().next().unwrap_or_default();
    if (0..64).contains(&new_bits) && low >> new_bits != 0 {
        return Err(format!("prefix extension of {new_bits} does not accommodate a subnet numbered {number}"));
    }
    let subnet = Network { prefix, ..network };
    // A negative number sets bits of the prefix too; Terraform lets it.
    let first = BigInt::from(network.first) | (number << subnet.hosts());
    let all = BigInt::from(u128::MAX >> (128 - network.bits));
    let first = BigInt::from(first.magnitude().clone());
    if first > all {
        return Err(format!("prefix extension of {new_bits} leads beyond the addresses"));
    }
    Ok(Value::text(Network { first: u128::try_from(first).unwrap_or_default(), ..subnet }.to_text()))
}

pub(super) fn subnets(arguments: &mut Arguments<'_, '_, '_>) -> Given {
    let network = Network::parse(arguments.text(0))?;
    let protocol = if network.bits == 32 { "IPv4" } else { "IPv6" };
    let mut results = Vec::new();
    // The end of what was given away so far; none before the first.
    let mut last: Option<u128> = None;
    for position in 1..arguments.values.len() {
        let length = arguments.whole(position)?;
        if length < 1 {
            return Err("must extend prefix by at least one bit".to_owned());
        }
        if length > 32 {
            return Err("may not extend prefix by more than 32 bits".to_owned());
        }
        let prefix = network.prefix + u32::try_from(length).unwrap_or_default();
        if prefix > network.bits {
            return Err(format!("would extend prefix to {prefix} bits, which is too long for an {protocol} address"));
        }
        let mut next = Network { first: 0, prefix, bits: network.bits };
        next.first = match last {
            None => network.first,
            Some(last) => {
                let aligned = (last & next.mask()) | (Network { first: last & next.mask(), ..next }.last());
                let after = aligned.wrapping_add(1);
                after & (u128::MAX >> (128 - network.bits))
            }
        };
        let is_inside = (network.first..=network.last()).contains(&next.first);
        if !is_inside || last.is_some() && next.first == 0 {
            let before = results.last().cloned().unwrap_or_default();
            return Err(format!(
                "not enough remaining address space for a subnet with a prefix of {prefix} bits after {before}"
            ));
        }
        last = Some(next.last());
        results.push(next.to_text());
    }
    Ok(Value::list(Type::String, results.iter().map(Value::text)))
}
