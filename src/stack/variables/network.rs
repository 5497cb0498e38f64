//! Variables of the networks: the range of one that the stack makes, or the parts of one that exists.

use super::{each_matches, matches};
use crate::components::address_range::disjoint;
use crate::components::network::{ExistingParts, NetworkPlace};
use crate::settings::{Cidr, Settings};
use crate::terraform::functions::{can, distinct, length};
use crate::terraform::{Condition, Expression, Module, Value, Variable};

pub(super) fn primary(module: &mut Module, settings: &Settings) -> NetworkPlace {
    if settings.existing_network {
        return existing(module, settings, "primary", "primary");
    }
    NetworkPlace::Own { cidr: module.add_variable(vpc_cidr("primary_vpc_cidr", "primary", settings.primary_cidr)) }
}

pub(super) fn dr(module: &mut Module, settings: &Settings) -> NetworkPlace {
    if settings.existing_network {
        return existing(module, settings, "dr", "standby");
    }
    let name = "dr_vpc_cidr";
    let ranges = [Variable::reference(name), Variable::reference("primary_vpc_cidr")];
    let variable = vpc_cidr(name, "standby", settings.dr_cidr).validation(Condition::new(
        disjoint(&ranges),
        "dr_vpc_cidr and primary_vpc_cidr overlap: no route could tell the two networks apart.",
    ));
    NetworkPlace::Own { cidr: module.add_variable(variable) }
}

fn vpc_cidr(name: &'static str, region: &str, default: Cidr) -> Variable {
    let own = Variable::reference::<String>(name);
    let fits = can(Expression::call("cidrsubnet", [own.clone().into(), 4.into(), 15.into()]));
    Variable::new(name)
        .description(format!("Address range of the {region} region's VPC, /16 to /20. The two may not overlap."))
        .default(default.to_string())
        .nullable(false)
        .validation(Condition::new(
            fits.and(matches(r"^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.).*/(1[6-9]|20)$", own)),
            format!("{name} must be a private IPv4 range between /16 and /20, such as 10.0.0.0/16."),
        ))
}

/// What an apply cannot go without has no default: an id of nobody's would only fail later.
fn existing(module: &mut Module, settings: &Settings, role: &str, region: &str) -> NetworkPlace {
    NetworkPlace::Existing(ExistingParts {
        vpc_id: vpc_id(module, role, region),
        subnet_ids: private_subnet_ids(module, settings, role, region),
        route_table_ids: route_table_ids(module, role, region),
    })
}

fn vpc_id(module: &mut Module, role: &str, region: &str) -> Value<String> {
    let name = format!("{role}_vpc_id");
    let own = Variable::reference::<String>(name.clone());
    module.add_variable(
        Variable::new(name.clone())
            .description(format!("The VPC of the {region} region, which exists."))
            .nullable(false)
            .validation(Condition::new(
                matches("^vpc-([0-9a-f]{8}|[0-9a-f]{17})$", own),
                format!("{name} must be the id of a VPC, such as vpc-0a1b2c3d4e5f67890."),
            )),
    )
}

fn private_subnet_ids(module: &mut Module, settings: &Settings, role: &str, region: &str) -> Value<Vec<String>> {
    let name = format!("{role}_private_subnet_ids");
    let zones = settings.availability_zones;
    let own = || Variable::reference::<Vec<String>>(name.clone());
    module.add_variable(
        Variable::new(name.clone())
            .description(format!(
                "Private subnets of the {region} region's VPC, in {zones} availability zones at least, for the database and \
                 the functions."
            ))
            .nullable(false)
            .validation(Condition::new(
                each_matches("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", own())
                    .and(no_repetition(own()))
                    .and(length(own()).at_least(u64::from(zones))),
                format!(
                    "{name} must be {zones} or more different ids of subnets, such as subnet-0a1b2c3d4e5f67890, in {zones} \
                     availability zones at least."
                ),
            )),
    )
}

fn route_table_ids(module: &mut Module, role: &str, region: &str) -> Value<Vec<String>> {
    let name = format!("{role}_route_table_ids");
    let own = || Variable::reference::<Vec<String>>(name.clone());
    module.add_variable(
        Variable::new(name.clone())
            .description(format!("The route tables of these private subnets of the {region} region, all of them."))
            .nullable(false)
            .validation(Condition::new(
                each_matches("^rtb-([0-9a-f]{8}|[0-9a-f]{17})$", own())
                    .and(no_repetition(own()))
                    .and(length(own()).at_least(1)),
                format!("{name} must be different ids of route tables, such as rtb-0a1b2c3d4e5f67890, at least one."),
            )),
    )
}

fn no_repetition(list: Value<Vec<String>>) -> Value<bool> {
    length(distinct(list.clone())).equals(length(list))
}
