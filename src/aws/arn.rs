//! Amazon Resource Names.

use std::borrow::Cow;

use crate::terraform::{Value, concat, text};

/// The partition of the commercial regions, the only one that [`Region`](crate::settings::Region) knows.
const PARTITION: &str = "aws";

/// The name of something in AWS: `arn:aws:<service>:<region>:<account>:<resource>`.
#[derive(Debug, Clone, PartialEq)]
pub struct Arn {
    service: Cow<'static, str>,
    region: Value<String>,
    account: Value<String>,
    resource: Value<String>,
}

impl Arn {
    /// Something that belongs to a region and an account, such as a table.
    pub fn regional(
        service: impl Into<Cow<'static, str>>,
        region: impl Into<Value<String>>,
        account: impl Into<Value<String>>,
        resource: impl Into<Value<String>>,
    ) -> Self {
        Self { service: service.into(), region: region.into(), account: account.into(), resource: resource.into() }
    }

    /// Something that belongs to an account but to no region, such as a role.
    pub fn of_account(
        service: impl Into<Cow<'static, str>>,
        account: impl Into<Value<String>>,
        resource: impl Into<Value<String>>,
    ) -> Self {
        Self::regional(service, "", account, resource)
    }

    /// Something whose name is the only one in the partition, such as a bucket.
    pub fn global(service: impl Into<Cow<'static, str>>, resource: impl Into<Value<String>>) -> Self {
        Self::regional(service, "", "", resource)
    }
}

impl From<Arn> for Value<String> {
    fn from(arn: Arn) -> Self {
        let head = format!("arn:{PARTITION}:{}:", arn.service);
        concat([text(head), arn.region, text(":"), arn.account, text(":"), arn.resource])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_place_even_where_it_is_empty() {
        let account = || text("123456789012");
        assert_eq!(Value::from(Arn::global("s3", "receipts")), text("arn:aws:s3:::receipts"));
        assert_eq!(Value::from(Arn::of_account("iam", account(), "root")), text("arn:aws:iam::123456789012:root"));
        assert_eq!(
            Value::from(Arn::regional("dynamodb", "us-east-1", account(), "table/sessions")),
            text("arn:aws:dynamodb:us-east-1:123456789012:table/sessions")
        );
    }
}
