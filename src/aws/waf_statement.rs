//! AWS WAF statements: what a rule looks for in a request.
//!
//! The provider unrolls WAF's recursive statement to a fixed depth. Here it is recursive, and its depth is checked
//! where it becomes part of a [rule](super::waf_rule::Rule).

use crate::terraform::{Expression, Number, Object, Value};

/// A statement that matches requests by what is in them.
///
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html>
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// A part of the request has these bytes.
    ByteMatch {
        /// Where to look.
        field: Field,
        /// What to look for.
        search: Value<String>,
        /// Where in the field it has to be.
        position: Position,
        /// What is done to the field first.
        transformations: Vec<TextTransformation>,
    },
    /// A part of the request matches a regular expression.
    RegexMatch {
        /// Where to look.
        field: Field,
        /// The regular expression.
        regex: Value<String>,
        /// What is done to the field first.
        transformations: Vec<TextTransformation>,
    },
    /// A part of the request matches one of a set of regular expressions.
    RegexPatternSet {
        /// Where to look.
        field: Field,
        /// The set's ARN.
        arn: Value<String>,
        /// What is done to the field first.
        transformations: Vec<TextTransformation>,
    },
    /// A part of the request has this size.
    SizeConstraint {
        /// Where to look.
        field: Field,
        /// How the size compares.
        comparison: Comparison,
        /// What it is compared with, in bytes.
        size: Value<Number>,
        /// What is done to the field first.
        transformations: Vec<TextTransformation>,
    },
    /// A part of the request looks like SQL injection.
    SqlInjection {
        /// Where to look.
        field: Field,
        /// What is done to the field first.
        transformations: Vec<TextTransformation>,
    },
    /// A part of the request looks like cross-site scripting.
    CrossSiteScripting {
        /// Where to look.
        field: Field,
        /// What is done to the field first.
        transformations: Vec<TextTransformation>,
    },
    /// The request comes from one of these countries (ISO 3166 alpha-2).
    Geo(Value<Vec<String>>),
    /// The request comes from an address of the set with this ARN.
    IpSet(Value<String>),
    /// An earlier rule put this label on the request.
    Label {
        /// Whether the key is a whole label or the namespace of one.
        scope: LabelScope,
        /// The label or namespace.
        key: Value<String>,
    },
    /// The statement does not match.
    Not(Box<Statement>),
    /// All of the statements match.
    And(Vec<Statement>),
    /// At least one of the statements matches.
    Or(Vec<Statement>),
}

/// A part of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// The values of all query arguments.
    AllQueryArguments,
    /// The body, as far as WAF looks into it.
    Body(Oversize),
    /// The body read as JSON: keys and values.
    JsonBody(Oversize),
    /// All headers: names and values.
    Headers(Oversize),
    /// All cookies: names and values.
    Cookies(Oversize),
    /// The method.
    Method,
    /// What follows the `?`.
    QueryString,
    /// The header of this name (lower case).
    SingleHeader(Value<String>),
    /// The query argument of this name (lower case).
    SingleQueryArgument(Value<String>),
    /// The path.
    UriPath,
}

/// What becomes of a request that is larger than what WAF looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// The part that WAF looks at decides.
    Continue,
    /// It matches.
    Match,
    /// It does not match.
    NoMatch,
}

/// What is done to a field before it is looked at.
///
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTransformation {
    /// Nothing.
    None,
    /// Lower case.
    Lowercase,
    /// `%20` and its like decoded.
    UrlDecode,
    /// `&lt;` and its like decoded.
    HtmlEntityDecode,
    /// White space joined to one space.
    CompressWhiteSpace,
    /// What shells strip from command lines stripped.
    CommandLine,
    /// Base64 decoded.
    Base64Decode,
    /// `..` and `//` in paths resolved.
    NormalizePath,
}

/// Where in a field the bytes have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// At its start.
    StartsWith,
    /// At its end.
    EndsWith,
    /// They are the whole field.
    Exactly,
    /// Anywhere.
    Contains,
    /// Anywhere, as a word of its own.
    ContainsWord,
}

/// How two sizes compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `≠`
    NotEqual,
    /// `≤`
    LessOrEqual,
    /// `<`
    Less,
    /// `≥`
    GreaterOrEqual,
    /// `>`
    Greater,
}

/// What the key of a label match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelScope {
    /// A whole label.
    Label,
    /// The namespace of labels.
    Namespace,
}

/// Why a statement cannot be part of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// `Not`, `And` and `Or` stand in each other deeper than the provider can write.
    #[error("WAF statements are nested {found} deep; the provider writes at most {limit} levels here")]
    TooDeep {
        /// How deep they may stand in each other here.
        limit: usize,
        /// How deep they do.
        found: usize,
    },
    /// `And` and `Or` are made of at least two statements.
    #[error("`and` and `or` take at least two WAF statements, and there is {found}")]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// All requests counted together need a scope-down statement: without one, the limit would hold for the whole site.
    #[error("a rate limit on all requests together needs a scope-down statement")]
    ConstantWithoutScopeDown,
}

/// How deep `Not`, `And` and `Or` may stand in each other in a rule, as the provider's schema unrolls them.
pub(super) const RULE_DEPTH: usize = 3;

/// The same in a scope-down statement.
pub(super) const SCOPE_DOWN_DEPTH: usize = 2;

/// An object with these entries.
pub(super) fn object<const N: usize>(entries: [(&'static str, Expression); N]) -> Object {
    entries.into_iter().collect()
}

/// A nested block without anything in it, which WAF uses where others use a name.
pub(super) fn marker(name: &'static str) -> Object {
    object([(name, Object::new().into())])
}

impl Statement {
    /// The statement as a block, if it is no deeper than `limit`.
    pub(super) fn to_block(&self, limit: usize) -> Result<Object, StatementError> {
        let found = self.depth();
        if found > limit {
            return Err(StatementError::TooDeep { limit, found });
        }
        self.block()
    }

    /// How deep `Not`, `And` and `Or` stand in each other.
    fn depth(&self) -> usize {
        match self {
            Self::Not(inner) => 1 + inner.depth(),
            Self::And(parts) | Self::Or(parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    fn block(&self) -> Result<Object, StatementError> {
        let (name, body) = match self {
            Self::ByteMatch { field, search, position, transformations } => {
                let mut body = matcher(field, transformations);
                body.set("search_string", search.expression().clone());
                body.set("positional_constraint", position.name().into());
                ("byte_match_statement", body)
            }
            Self::RegexMatch { field, regex, transformations } => {
                let mut body = matcher(field, transformations);
                body.set("regex_string", regex.expression().clone());
                ("regex_match_statement", body)
            }
            Self::RegexPatternSet { field, arn, transformations } => {
                let mut body = matcher(field, transformations);
                body.set("arn", arn.expression().clone());
                ("regex_pattern_set_reference_statement", body)
            }
            Self::SizeConstraint { field, comparison, size, transformations } => {
                let mut body = matcher(field, transformations);
                body.set("comparison_operator", comparison.name().into());
                body.set("size", size.expression().clone());
                ("size_constraint_statement", body)
            }
            Self::SqlInjection { field, transformations } => ("sqli_match_statement", matcher(field, transformations)),
            Self::CrossSiteScripting { field, transformations } => {
                ("xss_match_statement", matcher(field, transformations))
            }
            Self::Geo(countries) => {
                ("geo_match_statement", object([("country_codes", countries.expression().clone())]))
            }
            Self::IpSet(arn) => ("ip_set_reference_statement", object([("arn", arn.expression().clone())])),
            Self::Label { scope, key } => {
                let scope = scope.name().into();
                ("label_match_statement", object([("scope", scope), ("key", key.expression().clone())]))
            }
            Self::Not(inner) => ("not_statement", object([("statement", inner.block()?.into())])),
            Self::And(parts) => ("and_statement", combined(parts)?),
            Self::Or(parts) => ("or_statement", combined(parts)?),
        };
        Ok(object([(name, body.into())]))
    }
}

fn combined(parts: &[Statement]) -> Result<Object, StatementError> {
    if parts.len() < 2 {
        return Err(StatementError::TooFew { found: parts.len() });
    }
    let mut blocks = Vec::with_capacity(parts.len());
    for part in parts {
        blocks.push(part.block()?.into());
    }
    Ok(object([("statement", Expression::List(blocks))]))
}

/// What all statements about a field have.
fn matcher(field: &Field, transformations: &[TextTransformation]) -> Object {
    object([("field_to_match", field.block().into()), ("text_transformation", transformed(transformations))])
}

/// WAF wants at least one transformation, and applies them in the order of their priorities.
fn transformed(transformations: &[TextTransformation]) -> Expression {
    let transformations = if transformations.is_empty() { &[TextTransformation::None] } else { transformations };
    let blocks = transformations.iter().zip(0_u32..).map(|(transformation, priority)| {
        object([("priority", priority.into()), ("type", transformation.name().into())]).into()
    });
    Expression::List(blocks.collect())
}

impl Field {
    fn block(&self) -> Object {
        match self {
            Self::AllQueryArguments => marker("all_query_arguments"),
            Self::Body(oversize) => object([("body", object([("oversize_handling", oversize.name().into())]).into())]),
            Self::JsonBody(oversize) => whole("json_body", *oversize),
            Self::Headers(oversize) => whole("headers", *oversize),
            Self::Cookies(oversize) => whole("cookies", *oversize),
            Self::Method => marker("method"),
            Self::QueryString => marker("query_string"),
            Self::SingleHeader(name) => named("single_header", name),
            Self::SingleQueryArgument(name) => named("single_query_argument", name),
            Self::UriPath => marker("uri_path"),
        }
    }
}

fn named(block: &'static str, name: &Value<String>) -> Object {
    object([(block, object([("name", name.expression().clone())]).into())])
}

/// All names and values of a field that has many.
fn whole(block: &'static str, oversize: Oversize) -> Object {
    let body = object([
        ("match_pattern", marker("all").into()),
        ("match_scope", "ALL".into()),
        ("oversize_handling", oversize.name().into()),
    ]);
    object([(block, body.into())])
}

/// The names that WAF has for the values of an enum.
macro_rules! names {
    ($($of:ty { $($value:ident => $name:literal),* $(,)? })*) => {$(
        impl $of {
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)*
                }
            }
        }
    )*};
}

names! {
    Oversize { Continue => "CONTINUE", Match => "MATCH", NoMatch => "NO_MATCH" }
    Position {
        StartsWith => "STARTS_WITH",
        EndsWith => "ENDS_WITH",
        Exactly => "EXACTLY",
        Contains => "CONTAINS",
        ContainsWord => "CONTAINS_WORD",
    }
    Comparison {
        Equal => "EQ", NotEqual => "NE", LessOrEqual => "LE", Less => "LT", GreaterOrEqual => "GE", Greater => "GT",
    }
    LabelScope { Label => "LABEL", Namespace => "NAMESPACE" }
    TextTransformation {
        None => "NONE",
        Lowercase => "LOWERCASE",
        UrlDecode => "URL_DECODE",
        HtmlEntityDecode => "HTML_ENTITY_DECODE",
        CompressWhiteSpace => "COMPRESS_WHITE_SPACE",
        CommandLine => "CMD_LINE",
        Base64Decode => "BASE64_DECODE",
        NormalizePath => "NORMALIZE_PATH",
    }
}
