//! `tostring` and its like.

use super::super::types::Type;
use super::super::value::Value;
use super::{Arguments, Failure};

fn convert(arguments: &Arguments<'_, '_, '_>, to: &Type) -> Result<Value, Failure> {
    let value = arguments.value(0);
    let failed = |error: String| {
        let to = to.name();
        if value.is_sensitive() {
            return format!("cannot convert the sensitive value to {to}");
        }
        format!("cannot convert {} to {to}: {error}", value.of_type().name())
    };
    value.convert(to).map_err(failed)
}

macro_rules! conversions {
    ($($name:ident => $to:expr;)*) => {$(
        pub(super) fn $name(arguments: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
            convert(arguments, &$to)
        }
    )*};
}

conversions! {
    to_string => Type::String;
    to_number => Type::Number;
    to_bool => Type::Bool;
    to_list => Type::list(Type::Dynamic);
    to_set => Type::set(Type::Dynamic);
    to_map => Type::map(Type::Dynamic);
}

/// A function that Terraform 0.12 took away, and that says what to write instead.
pub(super) fn no_list(_: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    Err("the \"list\" function was deprecated in Terraform v0.12 and is no longer available; use tolist([ ... ]) syntax \
         to write a literal list"
        .to_owned())
}

/// As [`no_list`].
pub(super) fn no_map(_: &mut Arguments<'_, '_, '_>) -> Result<Value, Failure> {
    Err("the \"map\" function was deprecated in Terraform v0.12 and is no longer available; use tomap({ ... }) syntax to \
         write a literal map"
        .to_owned())
}
