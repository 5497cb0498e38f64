//! The stack: two regions made of the same components, and what stands above both.
//!
//! ```text
//! Settings ──> foundations   variables, providers, accounts, global database
//!              keys          every region's keys, which the other region's resources refer to
//!              primary       credentials, writer, function, API            (primary_region.rs)
//!              dr            replica, the same function and API            (dr_region.rs)
//!              global        replication both ways, DNS, failover, dashboard (global.rs)
//!              outputs
//! ```

pub mod backups;
pub mod checks;
pub mod dr_region;
mod encryption;
pub mod events;
pub mod files;
pub mod foundations;
pub mod global;
pub mod governance;
pub mod module_readme;
pub mod moves;
pub mod outputs;
pub mod parity;
pub mod primary_region;
pub mod region;
pub mod template_error;
pub mod tfvars_example;
pub mod variables;

use crate::components::existing_database;
use crate::components::function_package::FunctionPackage;
use crate::components::region_scope::{RegionContext, RegionScope};
use crate::settings::{Settings, provenance};
use crate::terraform::check::Schemas;
use crate::terraform::{Diagnostic, Document, Documents, Module, ModulePath};
use foundations::Foundations;
use region::RegionBase;

/// A stack that was built, and what went wrong on the way.
#[derive(Debug)]
pub struct Stack {
    module: Module,
    problems: Vec<Diagnostic>,
    foundations: Foundations,
    /// What each region is made of, the primary first.
    bases: Vec<RegionBase>,
}

/// Builds the stack that the settings describe.
pub fn build(settings: &Settings) -> Stack {
    let mut module = Module::new();
    let foundations = Foundations::declare(&mut module, settings, &FunctionPackage::payments());
    module.comment(provenance::comment(settings));
    let mut stack = Stack { module, problems: Vec::new(), foundations, bases: Vec::new() };
    stack.compose();
    stack
}

/// Who wrote a file, for its first line.
fn authorship() -> String {
    format!("{} {}", crate::AUTHORSHIP, env!("CARGO_PKG_VERSION"))
}

impl Stack {
    fn compose(&mut self) {
        let Self { module, problems, foundations, bases } = self;
        let foundations = &*foundations;
        let mut builder = Builder { module, problems, foundations, shared: None };
        let variables = &foundations.variables;
        let found_database =
            variables.existing.database.as_ref().map(|parts| {
                existing_database::find(&mut builder.primary(), parts, &variables.database_engine_version)
            });
        let primary_keys = region::keys(
            &mut builder.primary(),
            foundations,
            variables.existing.primary.kms_key_arns.as_ref(),
            found_database.as_ref().map(|database| &database.key),
        );
        let dr_keys = region::keys(&mut builder.dr(), foundations, variables.existing.dr.kms_key_arns.as_ref(), None);
        let primary = primary_region::build(&mut builder, primary_keys, &dr_keys, found_database);
        let dr = dr_region::build(&mut builder, dr_keys, &primary);
        let global = global::build(&mut builder.above_both(), &primary, &dr);
        outputs::declare(builder.module, &primary.region, &dr.region, &global);
        moves::declare(builder.module, moves::HISTORY);
        bases.extend([primary.region.base, dr.region.base]);
    }

    /// What every part of the stack builds on: the variables and the regions.
    pub fn foundations(&self) -> &Foundations {
        &self.foundations
    }

    /// The primary and the DR region.
    pub fn regions(&self) -> [&RegionContext; 2] {
        [&self.foundations.primary, &self.foundations.dr]
    }

    /// Adds the same to both regions: `add` is called with a scope that gives names, tags and the provider of the region,
    /// and with what the region is made of. What the two then differ in is an error, as it is for the stack's own parts.
    pub fn in_each_region(&mut self, mut add: impl FnMut(&mut RegionScope<'_>, &RegionBase)) {
        let Self { module, problems, foundations, bases } = self;
        for (context, base) in [&foundations.primary, &foundations.dr].into_iter().zip(bases.iter()) {
            add(&mut RegionScope::new(module, context, problems), base);
        }
    }

    /// The module, to be extended before it becomes a document.
    pub fn module_mut(&mut self) -> &mut Module {
        &mut self.module
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Checks everything and gives the one document.
    ///
    /// # Errors
    /// Everything that is wrong with the stack.
    pub fn document(self) -> Result<Document, Vec<Diagnostic>> {
        let schemas = self.schemas();
        self.checked(|mut module| {
            module.add_moves_out_of_modules();
            Document::new(module, schemas)
        })
    }

    /// Checks everything and gives the documents of the layout of modules.
    ///
    /// # Errors
    /// Everything that is wrong with the stack.
    pub fn configuration(self) -> Result<Documents, Vec<Diagnostic>> {
        let schemas = self.schemas();
        self.checked(|module| Documents::new(module, schemas))
    }

    /// The schemas of the provider that the document is for.
    fn schemas(&self) -> &'static Schemas {
        self.foundations.settings.provider.known().schemas()
    }

    fn checked<T>(self, written: impl FnOnce(Module) -> Result<T, Vec<Diagnostic>>) -> Result<T, Vec<Diagnostic>> {
        let Self { module, mut problems, foundations, .. } = self;
        problems.extend(parity::check(&module, &foundations.settings));
        match written(module) {
            Ok(written) if problems.is_empty() => Ok(written),
            Ok(_) => Err(problems),
            Err(found) => {
                problems.extend(found);
                Err(problems)
            }
        }
    }
}

/// Opens scopes over the stack's module, one region at a time.
#[derive(Debug)]
pub struct Builder<'stack> {
    module: &'stack mut Module,
    problems: &'stack mut Vec<Diagnostic>,
    foundations: &'stack Foundations,
    /// The module of blocks that belong to no single region.
    shared: Option<ModulePath>,
}

impl<'stack> Builder<'stack> {
    /// The same stack, where blocks of both regions stand in one module.
    fn above_both(&mut self) -> Builder<'_> {
        let Self { module, problems, foundations, .. } = self;
        Builder { module, problems, foundations, shared: Some(ModulePath::new(foundations::GLOBAL_MODULE)) }
    }

    /// What every part builds on.
    pub fn foundations(&self) -> &'stack Foundations {
        self.foundations
    }

    /// The primary region.
    pub fn primary(&mut self) -> RegionScope<'_> {
        self.scope(&self.foundations.primary)
    }

    /// The DR region.
    pub fn dr(&mut self) -> RegionScope<'_> {
        self.scope(&self.foundations.dr)
    }

    /// A scope of any region that the foundations know.
    pub fn scope(&mut self, context: &'stack RegionContext) -> RegionScope<'_> {
        let scope = RegionScope::new(self.module, context, self.problems);
        match &self.shared {
            Some(module) => scope.in_shared_module(module),
            None => scope,
        }
    }

    /// The module, for checks and outputs.
    pub fn module(&mut self) -> &mut Module {
        self.module
    }
}
