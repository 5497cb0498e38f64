//! Resources, data sources and ephemerals: what they are built from, and the handles that refer to them.

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;
use std::sync::Arc;

use super::address::{Address, ResourceMode};
use super::expression::{Expression, Object, Step};
use super::layout::{Assignment, ModulePath};
use super::lifecycle::Lifecycle;
use super::overridden::Overridden;
use super::provider::ProviderReference;
use super::provisioner::Provisioner;
use super::value::Value;

/// Which names of a body in native syntax are blocks there, and which are arguments: in JSON the two look alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NativeBody {
    pub(crate) blocks: Vec<String>,
    pub(crate) arguments: Vec<String>,
}

impl NativeBody {
    pub(crate) fn extend(&mut self, more: Self) {
        self.blocks.extend(more.blocks);
        self.arguments.extend(more.arguments);
    }

    /// Without what stands somewhere else now.
    pub(crate) fn remove(&mut self, is_gone: impl Fn(&str) -> bool) {
        self.blocks.retain(|name| !is_gone(name));
        self.arguments.retain(|name| !is_gone(name));
    }
}

/// A `resource`, `data` or `ephemeral` block of any type.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceBlock {
    pub(crate) mode: ResourceMode,
    pub(crate) type_name: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) provider: Option<ProviderReference>,
    pub(crate) arguments: Object,
    pub(crate) count: Option<Expression>,
    pub(crate) for_each: Option<Expression>,
    pub(crate) depends_on: Vec<Expression>,
    pub(crate) lifecycle: Lifecycle,
    /// Where it stands when the configuration is written as several modules; the root if absent.
    /// How provisioners get to the object.
    pub(crate) connection: Option<Object>,
    pub(crate) provisioners: Vec<Provisioner>,
    /// What only native syntax tells, of a block that was written in it.
    pub(crate) native: Option<Box<NativeBody>>,
    /// What override files do to the block.
    pub(crate) overridden: Option<Box<Overridden>>,
    pub(crate) assignment: Option<Assignment>,
}

impl ResourceBlock {
    /// A block of a type that has no typed binding. The document's check holds it to the provider's schema all the same.
    pub fn new(
        mode: ResourceMode,
        type_name: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            mode,
            type_name: type_name.into(),
            name: name.into(),
            provider: None,
            arguments: Object::new(),
            count: None,
            for_each: None,
            depends_on: Vec::new(),
            lifecycle: Lifecycle::default(),
            connection: None,
            provisioners: Vec::new(),
            native: None,
            overridden: None,
            assignment: None,
        }
    }

    /// A managed resource of any type.
    pub fn resource(type_name: impl Into<Cow<'static, str>>, name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ResourceMode::Managed, type_name, name)
    }

    /// A data source of any type.
    pub fn data(type_name: impl Into<Cow<'static, str>>, name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ResourceMode::Data, type_name, name)
    }

    /// Sets an argument or a nested block by name.
    pub fn set(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Expression>) -> Self {
        self.arguments.set(name, value.into());
        self
    }

    /// Sets an argument in place: what the generated setters call.
    pub fn set_argument(&mut self, name: &'static str, value: Expression) {
        self.arguments.set(name, value);
    }

    /// Appends a repeated nested block in place: what the generated setters call.
    pub fn push_block(&mut self, name: &'static str, block: Object) {
        self.arguments.push(name, Expression::Object(block));
    }

    /// Resource, data source or ephemeral.
    pub fn mode(&self) -> ResourceMode {
        self.mode
    }

    /// The type, such as `aws_vpc`.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The local name.
    pub fn local_name(&self) -> &str {
        &self.name
    }

    /// The block's address in its module.
    pub fn address(&self) -> Address {
        Address::Resource { mode: self.mode, type_name: self.type_name.clone(), name: self.name.clone() }
    }

    /// The arguments and nested blocks.
    pub fn arguments(&self) -> &Object {
        &self.arguments
    }
}

/// A typed or untyped block that can be added to a module, with what Terraform lets every one of them carry.
pub trait Resource: Sized {
    /// The block behind it.
    fn block_mut(&mut self) -> &mut ResourceBlock;

    /// The block itself.
    fn into_block(self) -> ResourceBlock;

    /// Pins the block to a provider configuration.
    fn provider(mut self, provider: &ProviderReference) -> Self {
        self.block_mut().provider = Some(provider.clone());
        self
    }

    /// Creates `count` instances; refer to one with [`Handle::at`].
    fn count(mut self, count: impl Into<Value<super::expression::Number>>) -> Self {
        self.block_mut().count = Some(count.into().into_expression());
        self
    }

    /// Creates one instance if `condition` holds and none otherwise; refer to it with [`Handle::at`]`(0)`.
    fn only_if(self, condition: impl Into<Value<bool>>) -> Self {
        self.count(Value::from(1).when(condition, 0))
    }

    /// Creates an instance for every entry of a map or every element of a set of strings.
    fn for_each(mut self, collection: impl Into<Expression>) -> Self {
        self.block_mut().for_each = Some(collection.into());
        self
    }

    /// Orders this block after another that it has no reference to.
    fn depends_on(mut self, other: impl Into<Expression>) -> Self {
        self.block_mut().depends_on.push(other.into());
        self
    }

    /// Changes how Terraform treats the block over its life.
    fn lifecycle(mut self, lifecycle: Lifecycle) -> Self {
        self.block_mut().lifecycle = lifecycle;
        self
    }

    /// Where the block stands, and under which name, when the configuration is written as several modules (see
    /// [`layout`](super::layout)). A block that says nothing stands in the root.
    fn in_module(mut self, module: &ModulePath, name: impl Into<Cow<'static, str>>) -> Self {
        self.block_mut().assignment = Some(Assignment { module: module.clone(), name: name.into() });
        self
    }

    /// A nested block that is repeated for each element of a collection; `content` may use `<name>.value`.
    fn dynamic_block(
        mut self,
        name: &'static str,
        for_each: impl Into<Expression>,
        content: impl Into<Object>,
    ) -> Self {
        let arguments = &mut self.block_mut().arguments;
        let generator: Object =
            [("for_each", for_each.into()), ("content", Expression::Object(content.into()))].into_iter().collect();
        let mut dynamic = match arguments.get("dynamic") {
            Some(Expression::Object(existing)) => existing.clone(),
            _ => Object::new(),
        };
        dynamic.push(name, Expression::Object(generator));
        arguments.set("dynamic", Expression::Object(dynamic));
        self
    }
}

impl Resource for ResourceBlock {
    fn block_mut(&mut self) -> &mut ResourceBlock {
        self
    }

    fn into_block(self) -> ResourceBlock {
        self
    }
}

/// Refers to a block that was added to a module. Cheap to clone; typed attributes are methods on `Handle<ItsType>`.
pub struct Handle<R> {
    address: Arc<Address>,
    instance: Option<Expression>,
    of_type: PhantomData<fn() -> R>,
}

impl<R> Handle<R> {
    pub(crate) fn new(address: Arc<Address>) -> Self {
        Self { address, instance: None, of_type: PhantomData }
    }

    /// The block's address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Instance number `index` of a block with `count`.
    pub fn at(&self, index: u32) -> Self {
        self.instance(index.into())
    }

    /// The instance with this key of a block with `for_each`.
    pub fn key(&self, key: impl Into<Value<String>>) -> Self {
        self.instance(key.into().into_expression())
    }

    fn instance(&self, key: Expression) -> Self {
        Self { address: Arc::clone(&self.address), instance: Some(key), of_type: PhantomData }
    }

    /// The same block in the place of one of another type: a data source that has the attributes of its resource. The
    /// document's check resolves what is asked of it.
    pub fn in_place_of<U>(&self) -> Handle<U> {
        Handle { address: Arc::clone(&self.address), instance: self.instance.clone(), of_type: PhantomData }
    }

    /// The whole object, for functions that take it.
    pub fn object(&self) -> Value<super::value::Any> {
        Value::new(Expression::reference(Arc::clone(&self.address), self.steps(0)))
    }

    /// An attribute by name. The generated methods are made of this; the document's check resolves the name.
    pub fn attribute<T>(&self, name: impl Into<Cow<'static, str>>) -> Value<T> {
        let mut steps = self.steps(1);
        steps.push(Step::Attribute(name.into()));
        Value::new(Expression::reference(Arc::clone(&self.address), steps))
    }

    /// An attribute of every instance of a block with `count`, as many as there are.
    pub fn of_every_instance<T>(&self, name: impl Into<Cow<'static, str>>) -> Value<Vec<T>> {
        let instances = Box::new(self.object().into_expression());
        Value::new(Expression::Splat(instances, vec![Step::Attribute(name.into())]))
    }

    fn steps(&self, more: usize) -> Vec<Step> {
        let mut steps = Vec::with_capacity(more + usize::from(self.instance.is_some()));
        steps.extend(self.instance.clone().map(Step::Index));
        steps
    }
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self { address: Arc::clone(&self.address), instance: self.instance.clone(), of_type: PhantomData }
    }
}

impl<R> Debug for Handle<R> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.object().expression())
    }
}

impl<R> From<&Handle<R>> for Expression {
    /// The bare address, as `depends_on` and `replace_triggered_by` take it.
    fn from(handle: &Handle<R>) -> Self {
        handle.object().into_expression()
    }
}
