//! Where a component builds: one region's names, tags, account and provider over a part of the module.

use std::borrow::Cow;
use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::naming::{NameKind, Naming};
use super::runbook_link::{Chapter, link};
use crate::aws;
use crate::aws::arn::Arn;
use crate::settings::{Region, ServiceName};
use crate::terraform::{
    Diagnostic, Handle, Map, Module, ModulePath, ProviderReference, Resource, ResourceBlock, ResourceMode, Scope,
    Value, concat,
};

/// The type whose descriptions people read first in an incident ...
const ALARM: &str = "aws_cloudwatch_metric_alarm";

/// ... and where they stand.
const DESCRIPTION: &str = "alarm_description";

/// What is known about one region of the stack before its components are built.
#[derive(Debug, Clone)]
pub struct RegionContext {
    /// What block names in this region begin with, such as `primary`.
    pub prefix: &'static str,
    /// The module that the region's blocks stand in, in the layout of modules.
    pub module: ModulePath,
    /// The region itself.
    pub region: Region,
    /// The provider configuration that works in it.
    pub provider: ProviderReference,
    /// The account's id.
    pub account_id: Value<String>,
    /// How things are named in it.
    pub naming: Naming,
    /// Where the runbook is, or null.
    pub runbook_url: Value<String>,
    /// The permissions boundary of every role, if they have one.
    pub permissions_boundary: Option<Value<String>>,
}

/// Adds blocks of one region to the module. What is wrong with a name is kept until the whole stack is checked.
#[derive(Debug)]
pub struct RegionScope<'stack> {
    scope: Scope<'stack>,
    context: &'stack RegionContext,
    problems: &'stack mut Vec<Diagnostic>,
}

impl<'stack> RegionScope<'stack> {
    /// A scope in the region of `context`.
    pub fn new(
        module: &'stack mut Module,
        context: &'stack RegionContext,
        problems: &'stack mut Vec<Diagnostic>,
    ) -> Self {
        let scope = Scope::new(module, context.prefix, &context.provider).in_module(&context.module);
        Self { scope, context, problems }
    }

    /// The same scope, whose blocks stand in a module together with those of other regions.
    pub fn in_shared_module(self, module: &ModulePath) -> Self {
        Self { scope: self.scope.in_shared_module(module), ..self }
    }

    /// The region.
    pub fn region(&self) -> Region {
        self.context.region
    }

    /// What block names of the region begin with.
    pub fn prefix(&self) -> &'static str {
        self.context.prefix
    }

    /// The account's id.
    pub fn account_id(&self) -> Value<String> {
        self.context.account_id.clone()
    }

    /// What every name begins with.
    pub fn service_name(&self) -> &'stack ServiceName {
        self.context.naming.service()
    }

    /// A namespace of the service's own metrics.
    pub fn metric_namespace(&self, part: &str) -> Value<String> {
        format!("{}/{part}", self.service_name().capitalized()).into()
    }

    /// The module, for locals, checks and outputs.
    pub fn module(&mut self) -> &mut Module {
        self.scope.module()
    }

    /// A name in AWS; one that AWS would refuse is reported when the stack is checked.
    pub fn name(&mut self, kind: NameKind, purpose: &str) -> Value<String> {
        self.context.naming.name(kind, purpose).unwrap_or_else(|problem| {
            self.problems.push(*problem);
            Value::null()
        })
    }

    /// Keeps something that is wrong until the whole stack is checked.
    pub fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Where the runbook is, or null.
    pub fn runbook_url(&self) -> Value<String> {
        self.context.runbook_url.clone()
    }

    /// What leads to a chapter of the runbook, after other words.
    fn runbook(&self, before: &'static str, chapter: Chapter) -> Value<String> {
        link(&self.context.runbook_url, before, chapter)
    }

    /// An alarm says where the runbook tells what to do about it.
    fn lead_to_runbook(&self, alarm: &mut ResourceBlock) {
        let Some(description) = alarm.arguments.get(DESCRIPTION).cloned() else { return };
        let link = self.runbook(" Runbook: ", Chapter::of_alarm(alarm.local_name()));
        alarm.set_argument(DESCRIPTION, concat([Value::new(description), link]).into());
    }

    /// Adds a block. One that takes tags gets its `Name`; the tags that everything shares come from the provider's
    /// `default_tags`.
    pub fn add<R: Resource>(&mut self, mut resource: R) -> Handle<R> {
        let block = resource.block_mut();
        if block.mode() == ResourceMode::Managed && takes_tags(block.type_name()) {
            let purpose = block.local_name().replace('_', "-");
            let name = self.name(NameKind::Tag, &purpose);
            let tags: Value<Map<String>> = [(Cow::Borrowed("Name"), name)].into();
            resource.block_mut().set_argument("tags", tags.into());
        }
        if let Some(boundary) = self.context.permissions_boundary.as_ref().filter(|_| is_role(resource.block_mut())) {
            resource.block_mut().set_argument("permissions_boundary", boundary.clone().into());
        }
        if resource.block_mut().type_name() == ALARM {
            self.lead_to_runbook(resource.block_mut());
        }
        self.scope.add(resource)
    }

    /// An ARN of this region and account: `service` and what follows the account id.
    pub fn arn(&self, service: &'static str, rest: impl IntoIterator<Item = Value<String>>) -> Value<String> {
        Arn::regional(service, self.region().name(), self.account_id(), crate::terraform::concat(rest)).into()
    }

    /// The ARN of the account's root, which key policies give back to IAM.
    pub fn account_root(&self) -> Value<String> {
        Arn::of_account("iam", self.account_id(), "root").into()
    }

    /// The name of an AWS service's endpoint in this region, such as `s3.us-east-1.amazonaws.com`.
    pub fn service(&self, service: &str) -> Value<String> {
        format!("{service}.{}.amazonaws.com", self.region().name()).into()
    }
}

fn is_role(block: &ResourceBlock) -> bool {
    block.mode() == ResourceMode::Managed && block.type_name() == "aws_iam_role"
}

/// Whether blocks of a type have tags: looked up once for each type, of which there are far fewer than blocks.
fn takes_tags(type_name: &str) -> bool {
    thread_local! {
        static KNOWN: RefCell<FxHashMap<String, bool>> = RefCell::default();
    }
    let look_up = || {
        let block = aws::schema().block_type(ResourceMode::Managed, type_name);
        block.is_some_and(|block| block.attribute("tags").is_some())
    };
    KNOWN.with_borrow_mut(|known| match known.get(type_name) {
        Some(takes_tags) => *takes_tags,
        None => *known.entry(type_name.to_owned()).or_insert_with(look_up),
    })
}
