//! Terraform's functions: what they take and what they give.
//!
//! The table is that of `terraform metadata functions -json`, Terraform 1.11.

use super::shape::{Element, Shape};
use crate::terraform::expression::Expression;

/// A function of the language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function {
    pub(super) name: &'static str,
    /// What each argument must be.
    pub(super) parameters: &'static [Parameter],
    /// What every further argument must be, if there may be any.
    pub(super) further: Option<Parameter>,
    pub(super) gives: Gives,
}

/// What an argument must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    Any,
    String,
    Number,
    List,
    Strings,
    Bools,
    /// A list or tuple, but not a set.
    Ordered,
    Set,
    Map,
    /// A string or any collection.
    Countable,
}

/// What a call gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Any,
    String,
    Number,
    Bool,
    List,
    Strings,
    Numbers,
    Set,
    Map,
    /// The first argument itself.
    Same,
    /// An element of the first argument.
    Element,
    /// The elements of the first argument as a list.
    ListOfSame,
    /// The elements of the first argument as a set.
    SetOfSame,
}

impl Function {
    /// The function of this name. Terraform also knows each as `core::name`.
    pub(super) fn find(name: &str) -> Option<&'static Function> {
        let name = name.strip_prefix("core::").unwrap_or(name);
        let found = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()?;
        FUNCTIONS.get(found)
    }

    /// What the argument at this position must be.
    pub(super) fn parameter(&self, position: usize) -> Option<Parameter> {
        self.parameters.get(position).copied().or(self.further)
    }

    /// How many arguments it takes, in words.
    pub(super) fn arity(&self) -> String {
        match (self.parameters.len(), self.further) {
            (count, Some(_)) if AT_MOST_ONE_MORE.contains(&self.name) => format!("{count} or {} arguments", count + 1),
            (0, None) => "no arguments".to_owned(),
            (1, None) => "1 argument".to_owned(),
            (count, None) => format!("{count} arguments"),
            (1, Some(_)) => "at least 1 argument".to_owned(),
            (count, Some(_)) => format!("at least {count} arguments"),
        }
    }

    /// Whether it may be called with so many arguments.
    pub(super) fn takes(&self, count: usize) -> bool {
        let least = self.parameters.len();
        match self.further {
            None => count == least,
            Some(_) if AT_MOST_ONE_MORE.contains(&self.name) => (least..=least + 1).contains(&count),
            Some(_) => count >= least,
        }
    }

    /// Whether a failure inside its arguments is not an error but its answer.
    pub(super) fn forgives(&self) -> bool {
        matches!(self.name, "try" | "can")
    }
}

impl Parameter {
    pub(super) fn shape<'a>(self) -> Shape<'a> {
        match self {
            Self::Any | Self::Countable => Shape::Unknown,
            Self::String => Shape::String,
            Self::Number => Shape::Number,
            Self::Ordered => Shape::Tuple,
            Self::List => Shape::List(Element::Unknown),
            Self::Strings => Shape::List(Element::String),
            Self::Bools => Shape::List(Element::Bool),
            Self::Set => Shape::Set(Element::Unknown),
            Self::Map => Shape::Map(Element::Unknown),
        }
    }
}

impl Gives {
    /// The shape of the result of a call whose first argument has the shape `first`.
    pub(super) fn shape(self, first: Shape<'_>) -> Shape<'_> {
        match self {
            Self::Any => Shape::Unknown,
            Self::String => Shape::String,
            Self::Number => Shape::Number,
            Self::Bool => Shape::Bool,
            Self::List => Shape::Tuple,
            Self::Strings => Shape::List(Element::String),
            Self::Numbers => Shape::List(Element::Number),
            Self::Set => Shape::Set(Element::Unknown),
            Self::Map => Shape::Map(Element::Unknown),
            Self::Same => first,
            Self::Element => first.element(),
            Self::ListOfSame => Shape::List(elements(first)),
            Self::SetOfSame => Shape::Set(elements(first)),
        }
    }
}

fn elements(collection: Shape<'_>) -> Element<'_> {
    match collection {
        Shape::List(element) | Shape::Set(element) | Shape::Map(element) => element,
        Shape::Literal(Expression::List(items)) => literal_elements(items),
        _ => Element::Unknown,
    }
}

/// What all items of a list that is written out have in common.
fn literal_elements<'a>(items: &[Expression]) -> Element<'a> {
    let all = |kind: fn(&Expression) -> bool| !items.is_empty() && items.iter().all(kind);
    if all(|item| matches!(item, Expression::Text(_) | Expression::Template(_))) {
        Element::String
    } else if all(|item| matches!(item, Expression::Number(_))) {
        Element::Number
    } else if all(|item| matches!(item, Expression::Bool(_))) {
        Element::Bool
    } else {
        Element::Unknown
    }
}

/// The names of all functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

macro_rules! functions {
    ($($name:literal ($($parameter:ident),* $(; $further:ident)?) -> $gives:ident;)*) => {
        &[$(Function {
            name: $name,
            parameters: &[$(Parameter::$parameter),*],
            further: functions!(@further $($further)?),
            gives: Gives::$gives,
        }),*]
    };
    (@further) => { None };
    (@further $further:ident) => { Some(Parameter::$further) };
}

/// Functions that `terraform metadata functions` calls variadic, but which take one optional argument.
const AT_MOST_ONE_MORE: [&str; 2] = ["bcrypt", "lookup"];

/// Sorted by name. What follows a `;` may be given any number of times.
const FUNCTIONS: &[Function] = functions! {
    "abs"(Number) -> Number;
    "abspath"(String) -> String;
    "alltrue"(Bools) -> Bool;
    "anytrue"(Bools) -> Bool;
    "base64decode"(String) -> String;
    "base64encode"(String) -> String;
    "base64gzip"(String) -> String;
    "base64sha256"(String) -> String;
    "base64sha512"(String) -> String;
    "basename"(String) -> String;
    "bcrypt"(String; Number) -> String;
    "can"(Any) -> Bool;
    "ceil"(Number) -> Number;
    "chomp"(String) -> String;
    "chunklist"(List, Number) -> List;
    "cidrhost"(String, Number) -> String;
    "cidrnetmask"(String) -> String;
    "cidrsubnet"(String, Number, Number) -> String;
    "cidrsubnets"(String; Number) -> Strings;
    "coalesce"(; Any) -> Any;
    "coalescelist"(; Ordered) -> List;
    "compact"(Strings) -> Strings;
    "concat"(; Ordered) -> List;
    "contains"(List, Any) -> Bool;
    "csvdecode"(String) -> Any;
    "dirname"(String) -> String;
    "distinct"(List) -> ListOfSame;
    "element"(Ordered, Number) -> Element;
    "endswith"(String, String) -> Bool;
    "ephemeralasnull"(Any) -> Same;
    "file"(String) -> String;
    "filebase64"(String) -> String;
    "filebase64sha256"(String) -> String;
    "filebase64sha512"(String) -> String;
    "fileexists"(String) -> Bool;
    "filemd5"(String) -> String;
    "fileset"(String, String) -> Set;
    "filesha1"(String) -> String;
    "filesha256"(String) -> String;
    "filesha512"(String) -> String;
    "flatten"(List) -> List;
    "floor"(Number) -> Number;
    "format"(String; Any) -> String;
    "formatdate"(String, String) -> String;
    "formatlist"(String; Any) -> List;
    "indent"(Number, String) -> String;
    "index"(Ordered, Any) -> Number;
    "issensitive"(Any) -> Bool;
    "join"(String; Strings) -> String;
    "jsondecode"(String) -> Any;
    "jsonencode"(Any) -> String;
    "keys"(Map) -> Strings;
    "length"(Countable) -> Number;
    "log"(Number, Number) -> Number;
    "lookup"(Map, String; Any) -> Any;
    "lower"(String) -> String;
    "matchkeys"(List, List, List) -> List;
    "max"(; Number) -> Number;
    "md5"(String) -> String;
    "merge"(; Map) -> Map;
    "min"(; Number) -> Number;
    "nonsensitive"(Any) -> Same;
    "one"(List) -> Element;
    "parseint"(Any, Number) -> Number;
    "pathexpand"(String) -> String;
    "plantimestamp"() -> String;
    "pow"(Number, Number) -> Number;
    "range"(; Number) -> Numbers;
    "regex"(String, String) -> Any;
    "regexall"(String, String) -> List;
    "replace"(String, String, String) -> String;
    "reverse"(List) -> List;
    "rsadecrypt"(String, String) -> String;
    "sensitive"(Any) -> Same;
    "setintersection"(Set; Set) -> Set;
    "setproduct"(; List) -> List;
    "setsubtract"(Set, Set) -> Set;
    "setunion"(Set; Set) -> Set;
    "sha1"(String) -> String;
    "sha256"(String) -> String;
    "sha512"(String) -> String;
    "signum"(Number) -> Number;
    "slice"(List, Number, Number) -> List;
    "sort"(Strings) -> Strings;
    "split"(String, String) -> Strings;
    "startswith"(String, String) -> Bool;
    "strcontains"(String, String) -> Bool;
    "strrev"(String) -> String;
    "substr"(String, Number, Number) -> String;
    "sum"(List) -> Number;
    "templatefile"(String, Any) -> Any;
    "templatestring"(String, Any) -> String;
    "textdecodebase64"(String, String) -> String;
    "textencodebase64"(String, String) -> String;
    "timeadd"(String, String) -> String;
    "timecmp"(String, String) -> Number;
    "timestamp"() -> String;
    "title"(String) -> String;
    "tobool"(Any) -> Bool;
    "tolist"(List) -> ListOfSame;
    "tomap"(Map) -> Map;
    "tonumber"(Any) -> Number;
    "toset"(List) -> SetOfSame;
    "tostring"(Any) -> String;
    "transpose"(Map) -> Map;
    "trim"(String, String) -> String;
    "trimprefix"(String, String) -> String;
    "trimspace"(String) -> String;
    "trimsuffix"(String, String) -> String;
    "try"(; Any) -> Any;
    "upper"(String) -> String;
    "urlencode"(String) -> String;
    "uuid"() -> String;
    "uuidv5"(String, String) -> String;
    "values"(Map) -> ListOfSame;
    "yamldecode"(String) -> Any;
    "yamlencode"(Any) -> String;
    "zipmap"(Strings, List) -> Map;
};
