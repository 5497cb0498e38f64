//! AWS regions as the stack knows them.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::error::SettingsError;
use crate::terraform::nearest::nearest;

/// An AWS region that can hold a half of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region {
    name: &'static str,
    token: &'static str,
    title: &'static str,
    availability_zones: u8,
}

const fn region(name: &'static str, token: &'static str, title: &'static str, availability_zones: u8) -> Region {
    Region { name, token, title, availability_zones }
}

/// The commercial regions that `hashicorp/aws` 5.100.0 knows, with the number of zones that a new account sees.
static REGIONS: [Region; 32] = [
    region("af-south-1", "afs1", "Africa (Cape Town)", 3),
    region("ap-east-1", "ape1", "Asia Pacific (Hong Kong)", 3),
    region("ap-northeast-1", "apne1", "Asia Pacific (Tokyo)", 3),
    region("ap-northeast-2", "apne2", "Asia Pacific (Seoul)", 4),
    region("ap-northeast-3", "apne3", "Asia Pacific (Osaka)", 3),
    region("ap-south-1", "aps1", "Asia Pacific (Mumbai)", 3),
    region("ap-south-2", "aps2", "Asia Pacific (Hyderabad)", 3),
    region("ap-southeast-1", "apse1", "Asia Pacific (Singapore)", 3),
    region("ap-southeast-2", "apse2", "Asia Pacific (Sydney)", 3),
    region("ap-southeast-3", "apse3", "Asia Pacific (Jakarta)", 3),
    region("ap-southeast-4", "apse4", "Asia Pacific (Melbourne)", 3),
    region("ap-southeast-5", "apse5", "Asia Pacific (Malaysia)", 3),
    region("ap-southeast-7", "apse7", "Asia Pacific (Thailand)", 3),
    region("ca-central-1", "cac1", "Canada (Central)", 3),
    region("ca-west-1", "caw1", "Canada West (Calgary)", 3),
    region("eu-central-1", "euc1", "Europe (Frankfurt)", 3),
    region("eu-central-2", "euc2", "Europe (Zurich)", 3),
    region("eu-north-1", "eun1", "Europe (Stockholm)", 3),
    region("eu-south-1", "eus1", "Europe (Milan)", 3),
    region("eu-south-2", "eus2", "Europe (Spain)", 3),
    region("eu-west-1", "euw1", "Europe (Ireland)", 3),
    region("eu-west-2", "euw2", "Europe (London)", 3),
    region("eu-west-3", "euw3", "Europe (Paris)", 3),
    region("il-central-1", "ilc1", "Israel (Tel Aviv)", 3),
    region("me-central-1", "mec1", "Middle East (UAE)", 3),
    region("me-south-1", "mes1", "Middle East (Bahrain)", 3),
    region("mx-central-1", "mxc1", "Mexico (Central)", 3),
    region("sa-east-1", "sae1", "South America (São Paulo)", 3),
    Region::US_EAST_1,
    Region::US_EAST_2,
    region("us-west-1", "usw1", "US West (N. California)", 2),
    region("us-west-2", "usw2", "US West (Oregon)", 4),
];

/// Partitions by the prefix of their regions' names.
const OTHER_PARTITIONS: [(&str, &str); 5] = [
    ("us-gov-", "AWS GovCloud (US)"),
    ("cn-", "AWS China"),
    ("us-iso", "AWS Secret Region"),
    ("eu-isoe-", "AWS Secret Region"),
    ("eusc-", "AWS European Sovereign Cloud"),
];

impl Region {
    /// Where the primary half lives if nothing else is chosen.
    pub const US_EAST_1: Self = region("us-east-1", "use1", "US East (N. Virginia)", 6);
    /// Where the standby half lives if nothing else is chosen.
    pub const US_EAST_2: Self = region("us-east-2", "use2", "US East (Ohio)", 3);

    /// Every region that can hold a half of the stack, by name.
    pub fn all() -> &'static [Self] {
        &REGIONS
    }

    /// The region's name, such as `us-east-1`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The short form that names in AWS carry, such as `use1`.
    pub fn token(self) -> &'static str {
        self.token
    }

    /// The name that people use, such as `US East (N. Virginia)`.
    pub fn title(self) -> &'static str {
        self.title
    }

    /// How many availability zones a new account can use there.
    pub fn availability_zones(self) -> u8 {
        self.availability_zones
    }
}

impl Display for Region {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl FromStr for Region {
    type Err = SettingsError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        REGIONS
            .binary_search_by(|region| region.name.cmp(name))
            .ok()
            .and_then(|index| REGIONS.get(index))
            .copied()
            .ok_or_else(|| not_a_region(name))
    }
}

fn not_a_region(name: &str) -> SettingsError {
    let shown = name.escape_debug();
    if let Some((_, partition)) = OTHER_PARTITIONS.iter().find(|(prefix, _)| name.starts_with(prefix)) {
        return SettingsError::new(format!("region `{shown}` is in {partition}, which is not supported yet"))
            .because("other partitions have other ARNs and endpoints; the stack is written for the partition `aws`")
            .help("choose a commercial region");
    }
    let candidates = nearest(&name.to_ascii_lowercase(), REGIONS.iter().map(|region| region.name));
    let error = SettingsError::new(format!("unknown region `{shown}`"));
    if candidates.is_empty() {
        let names: Vec<_> = REGIONS.iter().map(|region| region.name).collect();
        error.help(format!("choose one of {}", names.join(", ")))
    } else {
        error.candidates(candidates)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sorted_for_the_search_and_unique() {
        assert!(REGIONS.is_sorted_by(|left, right| left.name < right.name));
        let tokens: BTreeSet<_> = REGIONS.iter().map(|region| region.token).collect();
        assert_eq!(tokens.len(), REGIONS.len());
    }

    #[test]
    fn every_name_is_found() {
        for region in Region::all() {
            assert_eq!(region.name().parse(), Ok(*region));
        }
    }

    #[test]
    fn tokens_are_the_usual_short_forms() {
        for region in Region::all() {
            let parts: Vec<_> = region.name.split('-').collect();
            let [area, side, number] = parts[..] else { panic!("{}", region.name) };
            let side = match side {
                "northeast" => "ne",
                "southeast" => "se",
                side => &side[..1],
            };
            assert_eq!(region.token, format!("{area}{side}{number}"));
        }
    }

    #[test]
    fn a_typing_error_names_the_nearest() {
        let error = "us-esat-1".parse::<Region>().unwrap_err();
        assert_eq!(error.candidates.first().map(String::as_str), Some("us-east-1"));
        let error = "US-EAST-2".parse::<Region>().unwrap_err();
        assert_eq!(error.candidates.first().map(String::as_str), Some("us-east-2"));
    }

    #[test]
    fn other_partitions_are_told_apart() {
        for name in ["us-gov-west-1", "cn-north-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"] {
            let error = name.parse::<Region>().unwrap_err();
            assert!(error.message.contains("not supported yet"), "{error}");
        }
    }
}
