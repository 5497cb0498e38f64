//! How a drill's payments prove whose they are: as the API asks of every caller.

use super::FailoverInputs;
use crate::aws::iam_policy::Statement;
use crate::aws::secretsmanager;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::settings::ApiAuthorization;
use crate::terraform::Value;

/// What the drill's function is told, and what it may do for it.
#[derive(Debug)]
pub(super) struct DrillIdentity {
    pub(super) environment: Vec<(&'static str, Value<String>)>,
    pub(super) statements: Vec<Statement>,
}

/// Adds what the way of proving needs.
pub(super) fn drill_identity(region: &mut RegionScope<'_>, inputs: &FailoverInputs<'_>) -> DrillIdentity {
    let way = ("API_AUTHORIZATION", inputs.authorization.name().into());
    match inputs.authorization {
        ApiAuthorization::None => DrillIdentity { environment: vec![way], statements: Vec::new() },
        ApiAuthorization::AwsIam => {
            let pay = Statement::allow("Pay").action("execute-api:Invoke");
            let sites = [&inputs.primary, &inputs.dr];
            let pay = sites.into_iter().filter_map(|site| site.payments_arn.as_ref()).fold(pay, Statement::resource);
            DrillIdentity { environment: vec![way], statements: vec![pay] }
        }
        ApiAuthorization::ApiKey => {
            let secret_arn = api_key_secret(region, inputs);
            // The key that encrypts it is the one of the database's credentials, which the function may use already.
            let read = Statement::allow("ReadApiKey").action("secretsmanager:GetSecretValue").resource(&secret_arn);
            DrillIdentity { environment: vec![("API_KEY_SECRET_ARN", secret_arn), way], statements: vec![read] }
        }
    }
}

/// A secret without a value: an API key that Terraform made would lie in the state. A person puts it in, and makes a new one
/// if the secret goes, so nothing is kept of a secret that is deleted.
fn api_key_secret(region: &mut RegionScope<'_>, inputs: &FailoverInputs<'_>) -> Value<String> {
    let name = region.name(NameKind::Secret, "failover-drill-api-key");
    let secret = secretsmanager::Secret::new("failover_drill_api_key")
        .name(name)
        .description("The API key with which drills pay; its value is put in by hand")
        .kms_key_id(&inputs.dr.secret_key_arn)
        .recovery_window_in_days(0);
    region.add(secret).arn()
}
