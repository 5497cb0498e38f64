//! What the state machines are called, known before they are: the detector starts a machine that asks the guards, which
//! look whether that machine runs, and in what machines tell people they name each other.

use crate::components::naming::NameKind;
use crate::components::region_scope::RegionScope;
use crate::terraform::Value;

/// What a machine is called.
#[derive(Debug, Clone)]
pub struct MachineName {
    /// Its local name in Terraform, and that of its role.
    pub local_name: &'static str,
    /// What its role's name says.
    pub role_purpose: &'static str,
    /// Its name in AWS.
    pub name: Value<String>,
    /// Its ARN.
    pub arn: Value<String>,
}

/// What all of them are called.
#[derive(Debug, Clone)]
pub struct MachineNames {
    /// Makes the DR region the one that takes payments.
    pub failover: MachineName,
    /// Makes the primary region that again.
    pub failback: MachineName,
    /// Does both, planned, and measures it.
    pub drill: MachineName,
}

/// Names the machines of the scope's region.
pub fn machine_names(region: &mut RegionScope<'_>) -> MachineNames {
    let mut machine_name = |purpose, local_name, role_purpose| {
        let name = region.name(NameKind::StateMachine, purpose);
        let arn = region.arn("states", ["stateMachine:".into(), name.clone()]);
        MachineName { local_name, role_purpose, name, arn }
    };
    MachineNames {
        failover: machine_name("failover", "failover_machine", "failover-machine"),
        failback: machine_name("failback", "failover_failback_machine", "failback-machine"),
        drill: machine_name("drill", "failover_drill_machine", "drill-machine"),
    }
}

impl MachineNames {
    /// The ARNs of all of their executions.
    pub fn execution_arns(&self, region: &RegionScope<'_>) -> [Value<String>; 3] {
        [&self.failover, &self.failback, &self.drill]
            .map(|machine| region.arn("states", ["execution:".into(), machine.name.clone(), ":*".into()]))
    }

    /// The ARNs of all of them.
    pub fn arns(&self) -> [Value<String>; 3] {
        [&self.failover, &self.failback, &self.drill].map(|machine| machine.arn.clone())
    }
}
