//! Expressions of a kind, from what is in scope.

use crate::chance::Chance;

/// What an expression is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Bool,
    List,
    Map,
    Object,
}

pub(crate) const KINDS: [Kind; 6] = [Kind::Text, Kind::Number, Kind::Bool, Kind::List, Kind::Map, Kind::Object];

/// What can be named, each with its kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    pub(crate) names: Vec<(String, Kind)>,
    /// How many levels an expression may still have.
    pub(crate) depth: usize,
}

impl Scope {
    pub(crate) fn with(&self, names: &[(&str, Kind)]) -> Self {
        let mut scope = self.clone();
        scope.names.extend(names.iter().map(|&(name, kind)| (name.to_owned(), kind)));
        scope
    }

    pub(crate) fn add(&mut self, name: impl Into<String>, kind: Kind) {
        self.names.push((name.into(), kind));
    }
}

/// An expression that is of this kind, or now and then of another.
pub(crate) fn expression(scope: &Scope, kind: Kind, chance: &mut Chance) -> String {
    let kind = if chance.percent(1) { *chance.one(&KINDS) } else { kind };
    let named: Vec<&String> = scope.names.iter().filter(|(_, of)| *of == kind).map(|(name, _)| name).collect();
    if !named.is_empty() && chance.percent(45) {
        return (*chance.one(&named)).clone();
    }
    if scope.depth == 0 || chance.percent(15) {
        return literal(kind, chance);
    }
    let inner = Scope { depth: scope.depth - 1, ..scope.clone() };
    match kind {
        Kind::Text => text(&inner, chance),
        Kind::Number => number(&inner, chance),
        Kind::Bool => boolean(&inner, chance),
        Kind::List => list(&inner, chance),
        Kind::Map => map(&inner, chance),
        Kind::Object => object(&inner, chance),
    }
}

fn literal(kind: Kind, chance: &mut Chance) -> String {
    let of: &[&str] = match kind {
        Kind::Text => &["\"a\"", "\"b-1\"", "\"\"", "\"é\"", "\"5\"", "\"true\""],
        Kind::Number => &["0", "1", "2", "-3", "1.5", "1e3", "\"4\""],
        Kind::Bool => &["true", "false", "\"true\""],
        Kind::List => &["[]", "[\"a\"]", "[\"a\", \"b\"]", "[\"b\", \"a\", \"b\"]", "toset([\"x\", \"y\"])"],
        Kind::Map => &["{}", "{ a = \"1\" }", "{ a = \"x\", b = \"y\" }", "tomap({ k = \"v\" })"],
        Kind::Object => &["{ name = \"n\", size = 1 }", "{ name = \"m\", size = 2, more = [] }"],
    };
    (*chance.one(of)).to_owned()
}

fn text(scope: &Scope, chance: &mut Chance) -> String {
    let mut of = |kind| expression(scope, kind, chance);
    let (one, other, number, condition, list, map) =
        (of(Kind::Text), of(Kind::Text), of(Kind::Number), of(Kind::Bool), of(Kind::List), of(Kind::Map));
    let object = of(Kind::Object);
    match chance.below(21) {
        0 => format!("\"${{{one}}}-${{{number}}}\""),
        1 => format!("upper({one})"),
        2 => format!("format(\"%s-%d\", {one}, {number})"),
        3 => format!("({condition} ? {one} : {other})"),
        4 => format!("join(\",\", {list})"),
        5 => format!("\"%{{ if {condition} }}x%{{ else }}${{{one}}}%{{ endif }}\""),
        6 => format!("replace({one}, \"a\", {other})"),
        7 => format!("try(tolist({list})[0], {one})"),
        8 => format!("merge({{ a = \"m\" }}, {map})[\"a\"]"),
        9 => format!("try({map}.b, {one})"),
        10 => format!("coalesce({one}, {other}, \"z\")"),
        11 => format!("lookup({map}, \"a\", {one})"),
        12 => format!("jsonencode({object})"),
        13 => format!("tostring({number})"),
        14 => format!("\"%{{ for each in {list} }}${{each}};%{{ endfor }}\""),
        15 => format!("substr({one}, 0, 1)"),
        16 => format!("{object}.name"),
        17 => format!("element(concat(tolist({list}), [\"z\"]), {number})"),
        18 if chance.percent(20) => format!("trimsuffix(sensitive({one}), \"a\")"),
        19 if chance.percent(20) => format!("{map}[\"a\"]"),
        _ => format!("trimspace({one})"),
    }
}

fn number(scope: &Scope, chance: &mut Chance) -> String {
    let mut of = |kind| expression(scope, kind, chance);
    let (one, other, text, condition, list) =
        (of(Kind::Number), of(Kind::Number), of(Kind::Text), of(Kind::Bool), of(Kind::List));
    let object = of(Kind::Object);
    match chance.below(11) {
        0 => format!("({one} + {other})"),
        1 => format!("({one} * {other} - 1)"),
        2 => format!("length({list})"),
        3 => format!("max({one}, {other})"),
        4 => format!("({condition} ? {one} : {other})"),
        5 => format!("length({text})"),
        6 => format!("sum([{one}, {other}])"),
        7 => format!("{object}.size"),
        8 => format!("floor({one} / 2)"),
        9 => format!("try(tonumber({text}), {one})"),
        _ => format!("-({one})"),
    }
}

fn boolean(scope: &Scope, chance: &mut Chance) -> String {
    let mut of = |kind| expression(scope, kind, chance);
    let (one, other, text, number, list) =
        (of(Kind::Bool), of(Kind::Bool), of(Kind::Text), of(Kind::Number), of(Kind::List));
    let map = of(Kind::Map);
    match chance.below(9) {
        0 => format!("({number} < 2)"),
        1 => format!("({text} == {text})"),
        2 => format!("!{one}"),
        3 => format!("({one} && {other})"),
        4 => format!("contains({list}, {text})"),
        5 => format!("can({map}[{text}])"),
        6 => format!("({one} || {list} != {list})"),
        7 => format!("alltrue([for s in {list} : length(s) > {number}])"),
        _ => format!("startswith({text}, \"a\")"),
    }
}

fn list(scope: &Scope, chance: &mut Chance) -> String {
    let mut of = |kind| expression(scope, kind, chance);
    let (one, other, text, condition, map) =
        (of(Kind::List), of(Kind::List), of(Kind::Text), of(Kind::Bool), of(Kind::Map));
    let within = scope.with(&[("s", Kind::Text)]);
    let of_each = expression(&within, Kind::Text, chance);
    match chance.below(13) {
        0 => format!("[{text}, \"c\"]"),
        1 => format!("[for s in {one} : {of_each}]"),
        2 => format!("[for i, s in {one} : \"${{i}}\" if {condition}]"),
        3 => format!("split(\"-\", {text})"),
        4 => format!("keys({map})"),
        5 => format!("values({map})"),
        6 => format!("sort(distinct(concat(tolist({one}), tolist({other}))))"),
        7 => format!("tolist(toset({one}))"),
        8 => format!("flatten([{one}, [{other}]])"),
        9 => format!("({condition} ? {one} : {other})"),
        10 => format!("setunion({one}, {other})"),
        11 => format!("compact({one})"),
        _ => format!("reverse({one})"),
    }
}

fn map(scope: &Scope, chance: &mut Chance) -> String {
    let mut of = |kind| expression(scope, kind, chance);
    let (one, other, text, condition, list) =
        (of(Kind::Map), of(Kind::Map), of(Kind::Text), of(Kind::Bool), of(Kind::List));
    match chance.below(8) {
        0 => format!("{{ a = {text}, (\"c\") = \"d\" }}"),
        1 => format!("{{ for s in toset({list}) : s => {text} }}"),
        2 => format!("merge({one}, {other})"),
        3 => format!("zipmap([\"a\"], [{text}])"),
        4 => format!("{{ for k, v in {one} : upper(k) => v if {condition} }}"),
        5 => format!("{{ for s in {list} : \"k\" => s... }}"),
        6 => format!("({condition} ? {one} : {other})"),
        _ => format!("{{ \"${{{text}}}\" = 1 }}"),
    }
}

fn object(scope: &Scope, chance: &mut Chance) -> String {
    let mut of = |kind| expression(scope, kind, chance);
    let (text, number, one, condition) = (of(Kind::Text), of(Kind::Number), of(Kind::Object), of(Kind::Bool));
    match chance.below(4) {
        0 => format!("merge({one}, {{ name = {text} }})"),
        1 => format!("({condition} ? {one} : {one})"),
        _ => format!("{{ name = {text}, size = {number} }}"),
    }
}
