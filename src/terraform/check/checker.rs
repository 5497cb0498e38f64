//! The walk through the blocks of a module: what it carries along.

use super::Table;
use super::catalog::BlockType;
use super::cycles::{self, Dependencies};
use super::findings::Findings;
use super::forms::Forms;
use super::index::{Declared, Index};
use super::shape::Shape;
use crate::terraform::address::Address;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::expression::{Expression, Traversal};
use crate::terraform::schema::limits::LimitTree;

/// Walks a module, block by block.
pub(super) struct Checker<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) findings: Findings<'a>,
    pub(super) dependencies: Dependencies,
    /// What the block that is being walked lets its expressions name.
    pub(super) context: Context<'a>,
    /// The names that enclosing `for`s and dynamic blocks bind, innermost last.
    pub(super) names: Vec<Binding<'a>>,
    /// What the API takes in the arguments of the body that is being walked, if that is known.
    pub(super) limits: Option<&'a LimitTree<'a>>,
    pub(super) forms: Forms<'a>,
    /// Whether the next body is passed over where its type does not know it, because override files change it.
    pub(super) passes_over_unknown: bool,
    /// The nested blocks that `dynamic` makes in the body that is being walked.
    pub(super) made: Vec<&'a str>,
    /// What is known of each local value, once somebody asked.
    pub(super) locals: Vec<LocalState<'a>>,
    /// The blocks that shared addresses mean.
    pub(super) shared: Table<*const Address, &'a Declared<'a>>,
    /// The first ephemeral value in the expression that is being walked.
    pub(super) ephemeral: Option<&'a Traversal>,
    /// Above zero inside of `try` and `can`, where a failure is no error.
    pub(super) forgiving: u32,
    /// The nearest names of addresses that are not there: the same slip is often made many times.
    pub(super) undefined: Table<&'a Address, Vec<String>>,
}

/// What a block lets its expressions name.
#[derive(Clone, Copy, Default)]
pub(super) struct Context<'a> {
    /// The resource itself.
    pub(super) owner: Option<Declared<'a>>,
    /// The check whose data source can be seen.
    pub(super) check: Option<&'a str>,
    /// Whether `count` or `each` means something.
    pub(super) repetition: Repetition<'a>,
    /// What `self` is, in postconditions.
    pub(super) itself: Option<Shape<'a>>,
    /// In a condition, where the block's own address is not allowed.
    pub(super) in_condition: bool,
    /// The variable whose validation this is.
    pub(super) validated: Option<&'a str>,
    /// What stands here makes the block depend on nothing.
    pub(super) independent: bool,
    /// Whether ephemeral values may stand here.
    pub(super) takes_ephemeral: bool,
}

/// How a block is repeated, which decides what its expressions may name.
#[derive(Clone, Copy, Default)]
pub(super) enum Repetition<'a> {
    #[default]
    Once,
    /// By `count`.
    Counted,
    /// By `for_each`; what `each.value` is.
    Each(Shape<'a>),
}

/// A name that a `for` or a dynamic block binds.
#[derive(Clone, Copy)]
pub(super) struct Binding<'a> {
    pub(super) name: &'a str,
    pub(super) bound: Bound<'a>,
    /// What a dynamic block walks.
    pub(super) source: Option<&'a Expression>,
}

/// What a name is bound to.
#[derive(Clone, Copy)]
pub(super) enum Bound<'a> {
    /// The key or value of a `for`.
    Value(Shape<'a>),
    /// The iterator of a dynamic block, with the elements it walks.
    Iterator(Shape<'a>),
}

/// What is known of a local value.
#[derive(Clone, Copy)]
pub(super) enum LocalState<'a> {
    Unasked,
    /// It is being found out, so it refers to itself.
    Asked,
    Known {
        shape: Shape<'a>,
        ephemeral: bool,
    },
}

impl<'a> Checker<'a> {
    pub(super) fn new(index: &'a Index<'a>, findings: Findings<'a>) -> Self {
        Self {
            index,
            findings,
            dependencies: Dependencies::default(),
            context: Context::default(),
            names: Vec::new(),
            limits: None,
            forms: Forms::default(),
            passes_over_unknown: false,
            made: Vec::new(),
            locals: vec![LocalState::Unasked; index.module.locals.len()],
            shared: Table::default(),
            ephemeral: None,
            forgiving: 0,
            undefined: Table::default(),
        }
    }

    /// Looks for circles in what was walked, and ends.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let Self { index, mut findings, dependencies, .. } = self;
        cycles::check(&dependencies, |node| index.place(node), index.is_strict(), &mut findings);
        findings.into_diagnostics()
    }

    /// The shape of an expression that stands elsewhere: it is checked where it stands, so nothing is reported here,
    /// and it does not see the names that are bound here.
    pub(super) fn elsewhere(&mut self, expression: &'a Expression) -> (Shape<'a>, bool) {
        let names = std::mem::take(&mut self.names);
        let context = std::mem::take(&mut self.context);
        let ephemeral = self.ephemeral.take();
        self.findings.mute();
        let shape = self.infer(expression);
        self.findings.unmute();
        self.names = names;
        self.context = context;
        let found = std::mem::replace(&mut self.ephemeral, ephemeral);
        (shape, found.is_some())
    }

    /// Notes that the block that is being walked depends on another.
    pub(super) fn depend(&mut self, node: cycles::Node) {
        if !self.findings.is_muted() && !self.context.independent {
            self.dependencies.add(node);
        }
    }

    /// Runs `inside` without noting dependencies.
    pub(super) fn without_dependencies(&mut self, inside: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.context.independent, true);
        inside(self);
        self.context.independent = outer;
    }

    /// Runs `inside` with a context of its own.
    pub(super) fn within(&mut self, context: Context<'a>, inside: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.context, context);
        inside(self);
        self.context = outer;
    }

    /// The type of the block that is being walked, if it is a resource of a known type.
    pub(super) fn owner_type(&self) -> Option<&'a BlockType<'a>> {
        self.context.owner.and_then(|owner| owner.knowledge.block_type())
    }
}
