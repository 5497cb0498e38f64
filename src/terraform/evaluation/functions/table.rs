//! All functions by name.

use super::signature::{
    EVERYTHING, Function, KNOWN, Kind, MARKED, NESTED, NULLABLE_MARKED, OF_KNOWN_TYPE, OPEN, Parameter, UNKNOWN,
    UNKNOWN_OR_NULL, gives,
};
use super::{
    cidr, collections, conversion, crypto, csv, datetime, encoding, files, format, json, marks, numbers, provider,
    regex, rsa, sets, strings, templates, yaml,
};

/// The function of this name. Terraform also knows each as `core::name`.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    if let Some(name) = name.strip_prefix("provider::") {
        return OF_PROVIDERS.iter().find(|function| {
            name.split_once("::").is_some_and(|(provider, name)| {
                function.name.strip_prefix(provider).is_some_and(|rest| rest.strip_prefix('_') == Some(name))
            })
        });
    }
    let name = name.strip_prefix("core::").unwrap_or(name);
    let found = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()?;
    FUNCTIONS.get(found)
}

/// The names of all functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name).chain(["can", "templatestring", "try"])
}

macro_rules! functions {
    ($($name:ident($($parameter:ident: $kind:ident $takes:ident),* $(; $further:ident: $of:ident $with:ident)?)
        -> $gives:ident $($null:ident)? = $run:expr;)*) => {
        &[$(Function {
            name: stringify!($name),
            parameters: &[$(Parameter { name: stringify!($parameter), kind: Kind::$kind, takes: $takes }),*],
            further: functions!(@further $($further $of $with)?),
            gives: gives::$gives,
            is_never_null: functions!(@never $($null)?),
            run: $run,
        }),*]
    };
    (@further) => { None };
    (@further $further:ident $of:ident $with:ident) => {
        Some(Parameter { name: stringify!($further), kind: Kind::$of, takes: $with })
    };
    (@never) => { true };
    (@never nullable) => { false };
}

/// Sorted by name. What follows a `;` may be given any number of times.
static FUNCTIONS: &[Function] = functions! {
    abs(num: Number OPEN) -> number = numbers::abs;
    abspath(path: String KNOWN) -> string = files::abspath;
    alltrue(list: Bools NESTED) -> bool = collections::alltrue;
    anytrue(list: Bools NESTED) -> bool = collections::anytrue;
    base64decode(str: String OPEN) -> string = encoding::base64decode;
    base64encode(str: String KNOWN) -> string = encoding::base64encode;
    base64gzip(str: String KNOWN) -> string = encoding::base64gzip;
    base64sha256(str: String KNOWN) -> string = crypto::base64sha256;
    base64sha512(str: String KNOWN) -> string = crypto::base64sha512;
    basename(path: String KNOWN) -> string = files::basename;
    bcrypt(str: String KNOWN; cost: Number KNOWN) -> string = crypto::bcrypt;
    ceil(num: Number KNOWN) -> number = numbers::ceil;
    chomp(str: String KNOWN) -> string = strings::chomp;
    chunklist(list: List MARKED, size: Number MARKED) -> list_of_same = collections::chunklist;
    cidrhost(prefix: String KNOWN, hostnum: Number KNOWN) -> string = cidr::host;
    cidrnetmask(prefix: String KNOWN) -> string = cidr::netmask;
    cidrsubnet(prefix: String KNOWN, newbits: Number KNOWN, netnum: Number KNOWN) -> string = cidr::subnet;
    cidrsubnets(prefix: String KNOWN; newbits: Number KNOWN) -> strings = cidr::subnets;
    coalesce(; vals: Any UNKNOWN_OR_NULL) -> any = collections::coalesce;
    coalescelist(; vals: Any UNKNOWN_OR_NULL) -> any = collections::coalescelist;
    compact(list: Strings KNOWN) -> strings = collections::compact;
    concat(; seqs: Any MARKED) -> any = collections::concat;
    contains(list: Any NESTED, value: Any NESTED) -> bool = collections::contains;
    csvdecode(str: String KNOWN) -> any = csv::decode;
    dirname(path: String KNOWN) -> string = files::dirname;
    distinct(list: List KNOWN) -> same = collections::distinct;
    element(list: Any MARKED, index: Number KNOWN) -> any nullable = collections::element;
    endswith(str: String KNOWN, suffix: String KNOWN) -> bool = strings::endswith;
    ephemeralasnull(value: Any EVERYTHING) -> same nullable = marks::ephemeralasnull;
    file(path: String OPEN) -> string = files::file;
    filebase64(path: String KNOWN) -> string = files::filebase64;
    filebase64sha256(path: String KNOWN) -> string = crypto::file_base64sha256;
    filebase64sha512(path: String KNOWN) -> string = crypto::file_base64sha512;
    fileexists(path: String KNOWN) -> bool = files::fileexists;
    filemd5(path: String KNOWN) -> string = crypto::file_md5;
    fileset(path: String KNOWN, pattern: String KNOWN) -> set_of_strings = files::fileset;
    filesha1(path: String KNOWN) -> string = crypto::file_sha1;
    filesha256(path: String KNOWN) -> string = crypto::file_sha256;
    filesha512(path: String KNOWN) -> string = crypto::file_sha512;
    flatten(list: Any MARKED) -> any = collections::flatten;
    floor(num: Number KNOWN) -> number = numbers::floor;
    format(format: String NESTED; args: Any OF_KNOWN_TYPE) -> string = format::format;
    formatdate(format: String KNOWN, time: String KNOWN) -> string = datetime::formatdate;
    formatlist(format: String NESTED; args: Any OF_KNOWN_TYPE) -> strings = format::formatlist;
    indent(spaces: Number KNOWN, str: String KNOWN) -> string = strings::indent;
    index(list: Any NESTED, value: Any NESTED) -> number = collections::index;
    issensitive(value: Any EVERYTHING) -> bool nullable = marks::issensitive;
    join(separator: String KNOWN; lists: Strings KNOWN) -> string = strings::join;
    jsondecode(str: String KNOWN) -> any nullable = json::decode;
    jsonencode(val: Any UNKNOWN_OR_NULL) -> string = json::encode;
    keys(inputMap: Any OPEN) -> any = collections::keys;
    length(value: Any OPEN) -> number = collections::length;
    list(; vals: Any UNKNOWN_OR_NULL) -> any = conversion::no_list;
    log(num: Number KNOWN, base: Number KNOWN) -> number = numbers::log;
    lookup(inputMap: Any OPEN, key: String OPEN; default: Any EVERYTHING) -> any nullable = collections::lookup;
    lower(str: String KNOWN) -> string = strings::lower;
    map(; vals: Any UNKNOWN_OR_NULL) -> any = conversion::no_map;
    matchkeys(values: List KNOWN, keys: List KNOWN, searchset: List KNOWN) -> same = collections::matchkeys;
    max(; numbers: Number KNOWN) -> number = numbers::max;
    md5(str: String KNOWN) -> string = crypto::md5;
    merge(; maps: Any NULLABLE_MARKED) -> any = collections::merge;
    min(; numbers: Number KNOWN) -> number = numbers::min;
    nonsensitive(value: Any EVERYTHING) -> same nullable = marks::nonsensitive;
    one(list: Any NESTED) -> any nullable = collections::one;
    parseint(number: Any OPEN, base: Number OPEN) -> number = numbers::parseint;
    pathexpand(path: String KNOWN) -> string = files::pathexpand;
    plantimestamp() -> string = datetime::plantimestamp;
    pow(num: Number KNOWN, power: Number KNOWN) -> number = numbers::pow;
    range(; params: Number KNOWN) -> numbers = collections::range;
    regex(pattern: String KNOWN, string: String KNOWN) -> any = regex::regex;
    regexall(pattern: String KNOWN, string: String KNOWN) -> any = regex::regexall;
    replace(str: String KNOWN, substr: String KNOWN, replace: String KNOWN) -> string = strings::replace;
    reverse(list: Any MARKED) -> any = collections::reverse;
    rsadecrypt(ciphertext: String KNOWN, privatekey: String KNOWN) -> string = rsa::decrypt;
    sensitive(value: Any EVERYTHING) -> same nullable = marks::sensitive;
    setintersection(first_set: Set KNOWN; other_sets: Set KNOWN) -> any = sets::intersection;
    setproduct(; sets: Any OPEN) -> any = sets::product;
    setsubtract(a: Set KNOWN, b: Set KNOWN) -> any = sets::subtract;
    setunion(first_set: Set NESTED; other_sets: Set NESTED) -> any = sets::union;
    sha1(str: String KNOWN) -> string = crypto::sha1;
    sha256(str: String KNOWN) -> string = crypto::sha256;
    sha512(str: String KNOWN) -> string = crypto::sha512;
    signum(num: Number KNOWN) -> number = numbers::signum;
    slice(list: Any MARKED, start_index: Number KNOWN, end_index: Number KNOWN) -> any = collections::slice;
    sort(list: Strings UNKNOWN) -> strings = strings::sort;
    split(separator: String KNOWN, str: String KNOWN) -> strings = strings::split;
    startswith(str: String UNKNOWN, prefix: String KNOWN) -> bool = strings::startswith;
    strcontains(str: String KNOWN, substr: String KNOWN) -> bool = strings::strcontains;
    strrev(str: String KNOWN) -> string = strings::strrev;
    substr(str: String KNOWN, offset: Number KNOWN, length: Number KNOWN) -> string = strings::substr;
    sum(list: Any KNOWN) -> number = collections::sum;
    templatefile(path: String OPEN, vars: Any OPEN) -> any nullable = templates::file;
    textdecodebase64(source: String KNOWN, encoding: String KNOWN) -> string = encoding::textdecodebase64;
    textencodebase64(string: String KNOWN, encoding: String KNOWN) -> string = encoding::textencodebase64;
    timeadd(timestamp: String KNOWN, duration: String KNOWN) -> string = datetime::timeadd;
    timecmp(timestamp_a: String KNOWN, timestamp_b: String KNOWN) -> number = datetime::timecmp;
    timestamp() -> string = datetime::timestamp;
    title(str: String KNOWN) -> string = strings::title;
    tobool(v: Any EVERYTHING) -> bool nullable = conversion::to_bool;
    tolist(v: Any EVERYTHING) -> any nullable = conversion::to_list;
    tomap(v: Any EVERYTHING) -> any nullable = conversion::to_map;
    tonumber(v: Any EVERYTHING) -> number nullable = conversion::to_number;
    toset(v: Any EVERYTHING) -> any nullable = conversion::to_set;
    tostring(v: Any EVERYTHING) -> string nullable = conversion::to_string;
    transpose(values: MapOfStrings KNOWN) -> map_of_strings = collections::transpose;
    trim(str: String KNOWN, cutset: String KNOWN) -> string = strings::trim;
    trimprefix(str: String KNOWN, prefix: String KNOWN) -> string = strings::trimprefix;
    trimspace(str: String KNOWN) -> string = strings::trimspace;
    trimsuffix(str: String KNOWN, suffix: String KNOWN) -> string = strings::trimsuffix;
    upper(str: String KNOWN) -> string = strings::upper;
    urlencode(str: String KNOWN) -> string = encoding::urlencode;
    uuid() -> string = crypto::uuid;
    uuidv5(namespace: String KNOWN, name: String KNOWN) -> string = crypto::uuidv5;
    values(mapping: Any MARKED) -> any = collections::values;
    yamldecode(src: String KNOWN) -> any nullable = yaml::decode;
    yamlencode(value: Any UNKNOWN_OR_NULL) -> string = yaml::encode;
    zipmap(keys: Strings MARKED, values: Any MARKED) -> any = collections::zipmap;
};

/// Those of providers, each with the provider's name before it.
static OF_PROVIDERS: &[Function] = functions! {
    aws_arn_build(partition: String KNOWN, service: String KNOWN, region: String KNOWN, account_id: String KNOWN,
        resource: String KNOWN) -> string = provider::arn_build;
    aws_arn_parse(arn: String KNOWN) -> any = provider::arn_parse;
    aws_trim_iam_role_path(arn: String KNOWN) -> string = provider::trim_iam_role_path;
    terraform_decode_tfvars(src: Any OF_KNOWN_TYPE) -> any = provider::decode_tfvars;
    terraform_encode_expr(expr: Any UNKNOWN_OR_NULL) -> string = provider::encode_expr;
    terraform_encode_tfvars(value: Any UNKNOWN_OR_NULL) -> string = provider::encode_tfvars;
};
