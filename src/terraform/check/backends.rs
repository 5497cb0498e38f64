//! What the backends that are part of Terraform take, which `terraform validate` asks of `terraform_remote_state`.
//!
//! The arguments are those of Terraform 1.11. Not looked into is the form of ARNs, addresses, durations and policies.

use std::sync::LazyLock;

use crate::terraform::address::ResourceMode;
use crate::terraform::evaluation::{Type, Value};
use crate::terraform::schema::{BlockNesting, BlockSchema, NestedBlock, Schema};

/// The names of the backends.
pub(super) const NAMES: [&str; 13] =
    ["azurerm", "cloud", "consul", "cos", "gcs", "http", "inmem", "kubernetes", "local", "oss", "pg", "remote", "s3"];

/// What a backend asks beyond names and types.
#[derive(Debug, Clone, Copy)]
enum Demand {
    /// The argument has a value. Some backends take `null` for a missing one only when they are used.
    Given(&'static str),
    /// A text, if it is given, has something in it.
    NotEmpty(&'static str),
    /// A text, if it is given, has something in it that is not white space.
    NotBlank(&'static str),
    /// A path, if it is given, does not begin or end with a slash.
    InnerPath(&'static str),
    /// A text, if it is given, begins with neither `/` nor `./`.
    Relative(&'static str),
    Without(&'static str, &'static str),
    OneOf(&'static str, &'static [&'static str]),
    NotBoth(&'static str, &'static str),
    /// The argument has a text, or one of the environment's variables has.
    OrEnvironment(&'static str, &'static [&'static str]),
}

use Demand::{Given, InnerPath, NotBlank, NotBoth, NotEmpty, OneOf, OrEnvironment, Relative, Without};

fn demands(backend: &str) -> &'static [Demand] {
    match backend {
        "azurerm" => &[Given("container_name"), Given("key"), Given("storage_account_name")],
        "cos" => &[
            Given("bucket"),
            OrEnvironment("region", &["TENCENTCLOUD_REGION"]),
            Relative("prefix"),
            InnerPath("key"),
            OneOf("acl", &["private", "public-read"]),
        ],
        "local" => &[NotEmpty("path"), NotEmpty("workspace_dir")],
        "oss" => &[
            Given("bucket"),
            Relative("prefix"),
            InnerPath("key"),
            OneOf("acl", &["", "private", "public-read", "public-read-write"]),
        ],
        "remote" => &[Given("organization"), NotEmpty("organization")],
        "s3" => &[
            Given("bucket"),
            Given("key"),
            NotBlank("bucket"),
            NotBlank("key"),
            InnerPath("key"),
            Without("key", "//"),
            InnerPath("workspace_key_prefix"),
            OrEnvironment("region", &["AWS_REGION", "AWS_DEFAULT_REGION"]),
            OneOf("retry_mode", &["standard", "adaptive"]),
            OneOf("ec2_metadata_service_endpoint_mode", &["IPv4", "IPv6"]),
            NotBoth("kms_key_id", "sse_customer_key"),
            NotBoth("shared_credentials_file", "shared_credentials_files"),
            NotBoth("force_path_style", "use_path_style"),
            NotBoth("allowed_account_ids", "forbidden_account_ids"),
            NotBoth("dynamodb_endpoint", "endpoints.dynamodb"),
            NotBoth("iam_endpoint", "endpoints.iam"),
            NotBoth("endpoint", "endpoints.s3"),
            NotBoth("sts_endpoint", "endpoints.sts"),
        ],
        _ => &[],
    }
}

fn schema(backend: &str) -> Option<BlockSchema<'static>> {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let schema = Schema::from_json(include_str!("backends.json"), "terraform.io/builtin/backends");
        // With damaged text it would have no backend at all; a test keeps that away.
        schema.unwrap_or_default()
    });
    SCHEMA.block_type(ResourceMode::Data, backend)
}

/// What a backend refuses of a configuration of which everything is known.
pub(super) fn refused(backend: &str, config: &Value) -> Vec<String> {
    // The old name of `local`.
    let backend = if backend == "_local" { "local" } else { backend };
    let Some(schema) = schema(backend) else { return Vec::new() };
    let (config, _) = config.unmarked_deep();
    let config = if config.is_null() { Value::object::<&str>([]) } else { config };
    let mut found = Vec::new();
    of_block(schema, &config, "", true, &mut found);
    if found.is_empty() {
        found.extend(demands(backend).iter().filter_map(|demand| demand.refused(&config)));
        found.extend(workspaces(backend, &config));
    }
    found
}

/// Names and types, as of any block. Where `null` is not taken, it is a missing argument.
fn of_block(schema: BlockSchema<'_>, given: &Value, prefix: &str, takes_null: bool, found: &mut Vec<String>) {
    let Some(entries) = given.entries() else {
        found.push(format!("`{}` is no object", prefix.trim_end_matches('.')));
        return;
    };
    for name in entries.keys() {
        if schema.attribute(name).is_none() && schema.nested_block(name).is_none() {
            found.push(format!("there is no argument `{prefix}{name}`"));
        }
    }
    for attribute in schema.attributes() {
        let name = attribute.name();
        match given.get(name).filter(|value| takes_null || !value.is_null()) {
            None if attribute.required() => found.push(format!("`{prefix}{name}` is missing")),
            None => {}
            Some(value) => {
                let error = value.convert(&Type::from(attribute.value_type())).err();
                found.extend(error.map(|error| format!("`{prefix}{name}`: {error}")));
            }
        }
    }
    for nested in schema.nested_blocks() {
        if let Some(value) = given.get(nested.name()).filter(|value| !value.is_null()) {
            of_nested(nested, value, prefix, found);
        }
    }
}

fn of_nested(nested: NestedBlock<'_>, value: &Value, prefix: &str, found: &mut Vec<String>) {
    let prefix = format!("{prefix}{}.", nested.name());
    if nested.nesting() == BlockNesting::Single {
        return of_block(nested.block(), value, &prefix, true, found);
    }
    // The blocks are a set: two that are equal are one.
    let mut items: Vec<Value> = Vec::new();
    for (_, item) in value.elements() {
        if !items.iter().any(|other| other.equals(&item).as_bool() == Some(true)) {
            items.push(item);
        }
    }
    if nested.max_items().is_some_and(|most| items.len() > most as usize) || value.of_type().is_primitive() {
        found.push(format!("`{}` is not one block", prefix.trim_end_matches('.')));
    }
    for item in items {
        of_block(nested.block(), &item, &prefix, false, found);
    }
}

/// `remote` reads one workspace or those with a prefix; `cloud` does not take a name with tags.
fn workspaces(backend: &str, config: &Value) -> Option<String> {
    let has = |name: &str| given(config, &format!("workspaces.{name}")).is_some_and(|it| it.as_text() != Some(""));
    let message = match backend {
        "remote" if !has("name") && !has("prefix") => "`workspaces` needs `name` or `prefix`",
        "remote" if has("name") && has("prefix") => "`workspaces` takes `name` or `prefix`, not both",
        "cloud" if given(config, "workspaces.name").is_some() && given(config, "workspaces.tags").is_some() => {
            "`workspaces` takes `name` or `tags`, not both"
        }
        _ => return None,
    };
    Some(message.to_owned())
}

/// What is at a path, unless it is `null`.
fn given<'v>(config: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(config, |value, name| value.get(name)).filter(|value| !value.is_null())
}

impl Demand {
    fn refused(self, config: &Value) -> Option<String> {
        self.is_broken(config).then(|| self.message())
    }

    fn is_broken(self, config: &Value) -> bool {
        let is_given = |name| given(config, name).is_some();
        let text = |name| given(config, name).and_then(|value| value.convert(&Type::String).ok());
        let has = |name, what: &dyn Fn(&str) -> bool| text(name).is_some_and(|value| value.as_text().is_some_and(what));
        match self {
            Given(name) => !is_given(name),
            NotEmpty(name) => has(name, &str::is_empty),
            NotBlank(name) => has(name, &|text| text.trim().is_empty()),
            InnerPath(name) => has(name, &|text| text.starts_with('/') || text.ends_with('/')),
            Relative(name) => has(name, &|text| text.starts_with('/') || text.starts_with("./")),
            Without(name, part) => has(name, &|text| text.contains(part)),
            OneOf(name, all) => has(name, &|text| !all.contains(&text)),
            NotBoth(left, right) => is_given(left) && is_given(right),
            OrEnvironment(name, variables) => {
                let is_set = |variable: &&str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
                !has(name, &|text| !text.is_empty()) && !variables.iter().any(is_set)
            }
        }
    }

    fn message(self) -> String {
        match self {
            Given(name) => format!("`{name}` is missing"),
            NotEmpty(name) | NotBlank(name) => format!("`{name}` is empty"),
            InnerPath(name) => format!("`{name}` begins or ends with `/`"),
            Relative(name) => format!("`{name}` begins with `/` or `./`"),
            Without(name, part) => format!("`{name}` has `{part}` in it"),
            OneOf(name, all) => format!("`{name}` is not one of `{}`", all.join("`, `")),
            NotBoth(left, right) => format!("`{left}` and `{right}` exclude each other"),
            OrEnvironment(name, variables) => {
                format!("`{name}` is missing, and so is the environment's `{}`", variables.join("` or `"))
            }
        }
    }
}
