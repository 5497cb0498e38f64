//! When changes of the database take effect.

use super::switch;
use crate::terraform::{Module, Value};

pub(super) fn database_apply_immediately(module: &mut Module) -> Value<bool> {
    switch(
        module,
        "database_apply_immediately",
        "Whether a change of the database, such as a larger class, takes effect when it is applied, with a restart of each \
         instance that it changes. With false it waits for the maintenance window, Saturday at 05:00 UTC in the standby and \
         Sunday in the primary, and every plan until then shows it again.",
        true,
    )
}
