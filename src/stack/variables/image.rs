//! Variables that name a container image, one for each region.

use super::matches;
use crate::settings::Region;
use crate::terraform::functions::replace;
use crate::terraform::{Condition, Module, Value, Variable};

/// What runs the image.
pub(super) struct ImageVariable {
    /// The name of the variable without the role of the region.
    pub(super) name: &'static str,
    /// Whose image it is.
    pub(super) whose: &'static str,
    /// Why a repository of the region is needed.
    pub(super) taken_by: &'static str,
}

/// By digest: what a tag names may change, and then the regions run different code without a plan that says so.
pub(super) fn image_uri(
    module: &mut Module,
    image: &ImageVariable,
    role: &'static str,
    region: Region,
) -> Value<String> {
    let ImageVariable { whose, taken_by, .. } = image;
    let name = format!("{role}_{}", image.name);
    let own = Variable::reference::<String>(name.clone());
    let standby = if role == "dr" { "standby" } else { role };
    let pattern = format!(
        r"^[0-9]{{12}}\.dkr\.ecr\.{region}\.amazonaws\.com/[a-z0-9]+([._/-]+[a-z0-9]+)*@sha256:[0-9a-f]{{64}}$"
    );
    let variable = Variable::new(name.clone())
        .description(format!(
            "The container image of the {whose} in the {standby} region, by its digest, in a repository of that region."
        ))
        .nullable(false)
        .validation(Condition::new(
            matches(pattern, own),
            format!(
                "{name} must name an image in a repository of {region} by its digest, such as \
                 123456789012.dkr.ecr.{region}.amazonaws.com/orders@sha256:... with 64 digits. {taken_by}, and a tag may change."
            ),
        ));
    module.add_variable(if role == "dr" { variable.validation(one_image(image, &name)) } else { variable })
}

fn one_image(image: &ImageVariable, name: &str) -> Condition {
    let digest = |uri: Value<String>| replace(uri, "/^.*@/", "");
    let own = Variable::reference::<String>(name.to_owned());
    let primary = format!("primary_{}", image.name);
    Condition::new(
        digest(own).equals(digest(Variable::reference(primary.clone()))),
        format!(
            "{name} and {primary} have different digests: after a failover other code would run. Copy the image to both \
             regions, for example by replication of the repository."
        ),
    )
}
