//! The stack: two regions made of the same components, and what stands above both.
//!
//! ```text
//! Settings ──> foundations   variables, providers, accounts, global database
//!              keys          every region's keys, which the other region's resources refer to
//!              primary       credentials, writer, function, API            (primary_region.rs)
//!              dr            replica, the same function and API            (dr_region.rs)
//!              global        replication both ways, DNS, alarms, dashboard (global.rs)
//!              outputs
//! ```

pub mod dr_region;
pub mod foundations;
pub mod global;
pub mod outputs;
pub mod parity;
pub mod primary_region;
pub mod region;
pub mod variables;

use crate::aws;
use crate::components::function_package::FunctionPackage;
use crate::components::region_scope::{RegionContext, RegionScope};
use crate::settings::Settings;
use crate::terraform::{Diagnostic, DiagnosticKind, Document, Module};
use foundations::Foundations;

/// A stack that was built, and what went wrong on the way.
#[derive(Debug)]
pub struct Stack {
    module: Module,
    problems: Vec<Diagnostic>,
}

/// Builds the stack that the settings describe.
pub fn build(settings: &Settings) -> Stack {
    let mut stack = Stack { module: Module::new(), problems: Vec::new() };
    match FunctionPackage::embedded() {
        Ok(package) => stack.compose(settings, package),
        Err(error) => stack.problems.push(Diagnostic::new(
            DiagnosticKind::Syntax,
            "payment function",
            format!("its archive could not be written: {error}"),
        )),
    }
    stack
}

impl Stack {
    fn compose(&mut self, settings: &Settings, package: FunctionPackage) {
        let Self { module, problems } = self;
        let foundations = Foundations::declare(module, settings, package);
        let mut builder = Builder { module, problems, foundations: &foundations };
        let primary_keys = region::keys(&mut builder.primary(), &foundations);
        let dr_keys = region::keys(&mut builder.dr(), &foundations);
        let primary = primary_region::build(&mut builder, primary_keys, &dr_keys);
        let dr = dr_region::build(&mut builder, dr_keys, &primary);
        let global = global::build(&mut builder, &primary, &dr);
        outputs::declare(builder.module, &primary.region, &dr, &global);
    }

    /// The module, to be extended before it becomes a document.
    pub fn module_mut(&mut self) -> &mut Module {
        &mut self.module
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Checks everything and gives the document.
    ///
    /// # Errors
    /// Everything that is wrong with the stack.
    pub fn document(self) -> Result<Document, Vec<Diagnostic>> {
        let Self { module, mut problems } = self;
        problems.extend(parity::check(&module));
        match Document::new(module, aws::schemas()) {
            Ok(document) if problems.is_empty() => Ok(document),
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
}

impl<'stack> Builder<'stack> {
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
    pub fn scope(
        &mut self,
        context: &'stack RegionContext,
    ) -> RegionScope<'_> {
        RegionScope::new(self.module, context, self.problems)
    }

    /// The module, for checks and outputs.
    pub fn module(&mut self) -> &mut Module {
        self.module
    }
}
