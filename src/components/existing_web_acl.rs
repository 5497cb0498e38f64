//! A web ACL that exists, before the API in the place of the stack's own.
//!
//! Its rules, its log and its alarms are the owner's: the provider does not tell by which name it reports its metrics, and those
//! count requests of everything else that it stands before.

use super::payments_api::PaymentsApi;
use super::region_scope::RegionScope;
use crate::aws::wafv2;
use crate::terraform::functions::{element, split};
use crate::terraform::{Condition, Expression, Lifecycle, Resource, Value, concat, text};

/// Where in an ARN, divided at its slashes, the name of a web ACL is.
const NAME: u32 = 2;

/// Looks at the web ACL and puts it before the API.
pub fn existing_web_acl(region: &mut RegionScope<'_>, arn: &Value<String>, api: &PaymentsApi) {
    let found: Value<String> = Value::new(Expression::named("self", &["arn"]));
    let message = concat([
        text("There is no web ACL "),
        arn.clone(),
        text(format!(" in {} of the account ", region.region())),
        region.account_id(),
        text(": WAF puts before an API what is in its region and account only. Name one that exists there."),
    ]);
    let fits = Condition::new(found.equals(arn.clone()), message);
    let name = element(split("/", arn.clone()), NAME);
    let data = wafv2::WebAclData::new("api", name, "REGIONAL").lifecycle(Lifecycle::new().postcondition(fits));
    let acl = region.add(data);
    region.add(wafv2::WebAclAssociation::new("api", api.stage.arn(), acl.arn()));
}
