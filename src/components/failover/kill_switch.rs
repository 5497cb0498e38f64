//! The kill switch: a parameter that stops every automatic step as soon as it says anything but `armed`.

use crate::aws::iam_policy::Statement;
use crate::aws::ssm;
use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::{Lifecycle, Resource, Value};

/// What it says when the stack is made.
const ARMED: &str = "armed";

/// The only two words that it takes: a misspelt one is refused when it is written, not found out in a disaster.
const WORDS: &str = "^(armed|stopped)$";

/// The parameter.
#[derive(Debug)]
pub struct KillSwitch {
    /// Its name, known before the parameter is.
    pub name: Value<String>,
    /// Its ARN, known before the parameter is.
    pub arn: Value<String>,
}

/// Adds the switch, armed. Operators turn it; Terraform never turns it back. Whether a pattern outlives an overwrite that names none
/// is unknown, so its loss is no change to plan either: any word but `armed` stops.
pub fn kill_switch(region: &mut RegionScope<'_>) -> KillSwitch {
    let name = region.name(NameKind::Parameter, "failover-switch");
    region.add(
        ssm::Parameter::new("failover_switch", &name, "String")
            .description("armed: failover, failback and drills may run. stopped: none of them does.")
            .value(ARMED)
            .allowed_pattern(WORDS)
            .lifecycle(Lifecycle::new().ignore_changes(["allowed_pattern", "value"])),
    );
    let arn = region.arn("ssm", ["parameter/".into(), name.clone()]);
    KillSwitch { name, arn }
}

impl KillSwitch {
    /// Lets an identity read it.
    pub fn allow(&self) -> Statement {
        Statement::allow("ReadSwitch").action("ssm:GetParameter").resource(&self.arn)
    }
}
