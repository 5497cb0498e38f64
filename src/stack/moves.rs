//! Where objects went when their addresses changed, version by version: what keeps an upgrade from destroying them.
//!
//! A Terraform state knows objects by address. When the stack gives an object another one, every document from then on
//! carries a `moved` block, however old the state is that it meets. A test compares the addresses of every released version
//! (`tests/integration/stack/addresses`) with what is built now: an address that is gone without a line here fails it.

use crate::terraform::{Module, Moved};

/// One change of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressChange {
    /// The object has another address.
    Moved {
        /// The version of dr-synth that changed it.
        version: &'static str,
        /// The address it had before.
        from: &'static str,
        /// The address it has since.
        to: &'static str,
    },
    /// The object is no longer part of the stack: it is destroyed on purpose, as the changelog says.
    Dropped {
        /// The version of dr-synth that dropped it.
        version: &'static str,
        /// The address it had.
        address: &'static str,
        /// Why.
        reason: &'static str,
    },
}

/// Every change since 0.1.0, the oldest first. Lines are added and never taken away.
pub const HISTORY: &[AddressChange] = &[];

/// Adds a `moved` block for every change that leads to an object of the module.
pub fn declare(module: &mut Module, history: &[AddressChange]) {
    for change in history {
        let AddressChange::Moved { from, to, .. } = change else { continue };
        // Moves lead on: the object may have moved again since, and Terraform follows them all.
        let Some(now) = follow(from, history) else { continue };
        if module.resources().iter().any(|block| block.address().to_string() == now) {
            module.add_moved(Moved { from: (*from).to_owned(), to: (*to).to_owned() });
        }
    }
}

/// The address that an object has now which had this one once; nothing if it was dropped.
pub fn follow(address: &str, history: &[AddressChange]) -> Option<String> {
    let mut now = address;
    for change in history {
        match change {
            AddressChange::Moved { from, to, .. } if *from == now => now = to,
            AddressChange::Dropped { address: dropped, .. } if *dropped == now => return None,
            _ => {}
        }
    }
    Some(now.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::ResourceBlock;

    const FAKE: &[AddressChange] = &[
        AddressChange::Moved { version: "0.2.0", from: "aws_vpc.a", to: "aws_vpc.b" },
        AddressChange::Moved { version: "0.3.0", from: "aws_vpc.b", to: "aws_vpc.c" },
        AddressChange::Moved { version: "0.3.0", from: "aws_vpc.x", to: "aws_vpc.y" },
        AddressChange::Dropped { version: "0.4.0", address: "aws_vpc.y", reason: "nobody used it" },
        AddressChange::Moved { version: "0.4.0", from: "aws_flow_log.a", to: "aws_flow_log.b" },
    ];

    #[test]
    fn addresses_are_followed_to_their_end() {
        assert_eq!(follow("aws_vpc.a", FAKE).as_deref(), Some("aws_vpc.c"));
        assert_eq!(follow("aws_vpc.other", FAKE).as_deref(), Some("aws_vpc.other"));
        assert_eq!(follow("aws_vpc.x", FAKE), None);
    }

    #[test]
    fn blocks_are_written_for_what_is_there() {
        let mut module = Module::new();
        module.add(ResourceBlock::resource("aws_vpc", "c"));
        declare(&mut module, FAKE);
        let moved: Vec<_> = module.moved.iter().map(|moved| (moved.from.as_str(), moved.to.as_str())).collect();
        assert_eq!(
            moved,
            [("aws_vpc.a", "aws_vpc.b"), ("aws_vpc.b", "aws_vpc.c")],
            "a feature that is off has no flow log"
        );
    }
}
