//! What AWS offers in a region of what the stack cannot do without.
//!
//! Sources, read on 2026-11-29:
//! - Aurora User Guide, "Supported Regions and Aurora DB engines for RDS Data API", the table for Aurora PostgreSQL, and
//!   "... for Aurora global databases"; not every row of them could be read, and those count as unknown;
//! - `rds-data` in botocore 1.43.106's list of endpoints;
//! - AWS Account Management, "Enable or disable AWS Regions": every region that came after 20 March 2019 is off until
//!   somebody enables it;
//! - instance classes of `aurora-postgresql` by region: cfn-lint 1.58.0, whose data are of 2026-10-20.

use super::region::Region;

/// Regions where the Data API does not work with Aurora PostgreSQL.
const WITHOUT_DATA_API: [&str; 2] = ["ap-south-2", "ap-southeast-4"];
/// Regions where it does; of the others nothing was read.
const WITH_DATA_API: [&str; 19] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
/// Regions whose row for global databases says that Aurora `MySQL` has none; the one for `PostgreSQL` was not read.
const DOUBTFUL_GLOBAL_DATABASE: [&str; 2] = ["ap-southeast-7", "mx-central-1"];
/// Regions that an account has to enable.
const OPT_IN: [&str; 15] = [
    "af-south-1",
    "ap-east-1",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];
/// The memory-optimized families that a global database runs on, with the sizes of each.
const FAMILIES: [(&str, &[&str]); 6] = [
    ("r5", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"]),
    ("r6g", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"]),
    ("r6i", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"]),
    ("r7g", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"]),
    ("r7i", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"]),
    ("r8g", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"]),
];
/// Regions that lack families. A region has all sizes of a family or none.
const WITHOUT_FAMILIES: [(&str, &[&str]); 12] = [
    ("af-south-1", &["r7i", "r8g"]),
    ("ap-east-1", &["r7i"]),
    ("ap-southeast-4", &["r7g"]),
    ("ap-southeast-5", &["r5"]),
    ("ap-southeast-7", &["r5", "r8g"]),
    ("ca-west-1", &["r6i", "r7i", "r8g"]),
    ("eu-central-2", &["r7i"]),
    ("eu-south-1", &["r8g"]),
    ("il-central-1", &["r6g", "r6i", "r7i", "r8g"]),
    ("me-central-1", &["r7i", "r8g"]),
    ("me-south-1", &["r7i", "r8g"]),
    ("mx-central-1", &["r5"]),
];

/// What is known of the support for something in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// AWS documents that it is supported.
    Supported,
    /// AWS documents that it is not supported.
    Unsupported,
    /// Nothing was read about it.
    Unknown,
}

impl Region {
    /// Whether the Data API, which payments and guards go through, works with Aurora PostgreSQL.
    pub fn data_api(self) -> Support {
        let name = self.name();
        if WITHOUT_DATA_API.contains(&name) {
            Support::Unsupported
        } else if WITH_DATA_API.contains(&name) {
            Support::Supported
        } else {
            Support::Unknown
        }
    }

    /// Whether an account has to enable the region before anything can be made in it.
    pub fn needs_opt_in(self) -> bool {
        OPT_IN.contains(&self.name())
    }

    /// What the operator should know before the first apply in this region.
    pub fn notes(self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.needs_opt_in() {
            notes.push(format!(
                "{self} is disabled until an administrator enables it for the account: enable it (Account > AWS Regions) before the first apply"
            ));
        }
        if self.data_api() == Support::Unknown {
            notes.push(format!(
                "whether {self} has the Data API for Aurora PostgreSQL is unknown: look it up in the Aurora User Guide"
            ));
        }
        if DOUBTFUL_GLOBAL_DATABASE.contains(&self.name()) {
            notes.push(format!(
                "whether {self} can hold a part of an Aurora PostgreSQL global database is unknown: look it up in the Aurora User Guide"
            ));
        }
        notes
    }

    /// Whether Aurora PostgreSQL runs on a family of instance classes here.
    fn has_family(self, family: &str) -> bool {
        !WITHOUT_FAMILIES.iter().any(|(name, lacking)| *name == self.name() && lacking.contains(&family))
    }
}

/// Every instance class that is known.
pub fn known_classes() -> Vec<String> {
    classes(|_| true)
}

/// The instance classes that are known, and missing in one of two regions.
pub fn missing_classes(regions: [Region; 2]) -> Vec<String> {
    classes(|family| !regions.iter().all(|region| region.has_family(family)))
}

/// The smallest class that both regions have, the oldest family first.
pub fn default_class(regions: [Region; 2]) -> String {
    let both = classes(|family| regions.iter().all(|region| region.has_family(family)));
    both.into_iter().next().unwrap_or_else(|| "db.r5.large".to_owned())
}

fn classes(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let families = FAMILIES.iter().filter(|(family, _)| wanted(family));
    families.flat_map(|(family, sizes)| sizes.iter().map(move |size| format!("db.{family}.{size}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str) -> Region {
        name.parse().unwrap()
    }

    #[test]
    fn every_name_in_the_tables_is_a_region() {
        let named = WITHOUT_DATA_API.iter().chain(&OPT_IN).chain(&DOUBTFUL_GLOBAL_DATABASE);
        for name in named.chain(WITHOUT_FAMILIES.iter().map(|(name, _)| name)) {
            assert!(name.parse::<Region>().is_ok(), "{name}");
        }
    }

    #[test]
    fn the_usual_regions_have_everything() {
        for region in [Region::US_EAST_1, Region::US_EAST_2] {
            assert_eq!(region.data_api(), Support::Supported);
            assert_eq!(region.notes(), [""; 0]);
        }
        let usual = [Region::US_EAST_1, Region::US_EAST_2];
        assert_eq!(missing_classes(usual), [""; 0]);
        assert_eq!(default_class(usual), "db.r5.large");
    }

    #[test]
    fn others_lack_something() {
        assert_eq!(region("ap-south-2").data_api(), Support::Unsupported);
        assert_eq!(region("sa-east-1").data_api(), Support::Unknown);
        assert!(region("me-south-1").notes()[0].contains("enables it"));
        let pair = [region("mx-central-1"), region("il-central-1")];
        let missing = missing_classes(pair);
        assert!(missing.contains(&"db.r5.large".to_owned()) && missing.contains(&"db.r6g.16xlarge".to_owned()));
        assert!(!missing.contains(&"db.r7g.large".to_owned()));
        assert_eq!(default_class(pair), "db.r7g.large");
    }

    #[test]
    fn sizes_that_no_family_has_are_not_known() {
        let known = known_classes();
        for (class, is_known) in [("db.r5.large", true), ("db.r8g.48xlarge", true), ("db.r5.3xlarge", false)] {
            assert_eq!(known.iter().any(|one| one == class), is_known, "{class}");
        }
    }
}
