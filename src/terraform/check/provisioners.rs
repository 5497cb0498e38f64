//! What runs when an object is made or destroyed, and how Terraform gets there: `self` is the object.

use super::checker::{Checker, Context};
use super::index::Declared;
use super::shape::{Element, Shape};
use crate::terraform::diagnostic::DiagnosticKind;
use crate::terraform::expression::{Key, Names, Object, Root, Step, Traversal, Visitor};
use crate::terraform::nearest::nearest;
use crate::terraform::provisioner::{Provisioner, When};

/// The type of an argument.
#[derive(Clone, Copy)]
enum Takes {
    String,
    Number,
    Bool,
    List,
    Map,
}

impl Takes {
    fn shape<'a>(self) -> Shape<'a> {
        match self {
            Self::String => Shape::String,
            Self::Number => Shape::Number,
            Self::Bool => Shape::Bool,
            Self::List => Shape::List(Element::String),
            Self::Map => Shape::Map(Element::String),
        }
    }
}

/// The arguments of a provisioner: its name, what it takes, and whether it cannot do without.
struct Kind {
    name: &'static str,
    takes: &'static [(&'static str, Takes)],
    needs: &'static [&'static str],
    /// Of these there is exactly one.
    one_of: &'static [&'static str],
}

/// The provisioners that are part of Terraform, as its source has them.
const KINDS: [Kind; 3] = [
    Kind {
        name: "file",
        takes: &[("content", Takes::String), ("destination", Takes::String), ("source", Takes::String)],
        needs: &["destination"],
        one_of: &["content", "source"],
    },
    Kind {
        name: "local-exec",
        takes: &[
            ("command", Takes::String),
            ("environment", Takes::Map),
            ("interpreter", Takes::List),
            ("quiet", Takes::Bool),
            ("working_dir", Takes::String),
        ],
        needs: &["command"],
        one_of: &[],
    },
    Kind {
        name: "remote-exec",
        takes: &[("inline", Takes::List), ("script", Takes::String), ("scripts", Takes::List)],
        needs: &[],
        one_of: &["inline", "script", "scripts"],
    },
];

/// What a connection takes.
const CONNECTION: [(&str, Takes); 29] = [
    ("agent", Takes::Bool),
    ("agent_identity", Takes::String),
    ("bastion_certificate", Takes::String),
    ("bastion_host", Takes::String),
    ("bastion_host_key", Takes::String),
    ("bastion_password", Takes::String),
    ("bastion_port", Takes::Number),
    ("bastion_private_key", Takes::String),
    ("bastion_user", Takes::String),
    ("cacert", Takes::String),
    ("certificate", Takes::String),
    ("host", Takes::String),
    ("host_key", Takes::String),
    ("https", Takes::Bool),
    ("insecure", Takes::Bool),
    ("password", Takes::String),
    ("port", Takes::Number),
    ("private_key", Takes::String),
    ("proxy_host", Takes::String),
    ("proxy_port", Takes::Number),
    ("proxy_scheme", Takes::String),
    ("proxy_user_name", Takes::String),
    ("proxy_user_password", Takes::String),
    ("script_path", Takes::String),
    ("target_platform", Takes::String),
    ("timeout", Takes::String),
    ("type", Takes::String),
    ("use_ntlm", Takes::Bool),
    ("user", Takes::String),
];

impl<'a> Checker<'a> {
    pub(super) fn provisioning(&mut self, declared: Declared<'a>, context: Context<'a>) {
        let block = declared.block;
        // Terraform looks into a connection only where a provisioner uses it.
        if block.provisioners.is_empty() {
            return;
        }
        let itself = declared.knowledge.block_type().map_or(Shape::Unknown, Shape::Body);
        // What is said here is not kept, so it may be ephemeral.
        let context = Context { itself: Some(itself), takes_ephemeral: true, ..context };
        self.within(context, |checker| {
            let when = block.provisioners.iter().any(|provisioner| provisioner.when == When::Destroy);
            checker.connection(block.connection.as_ref(), when);
            for (position, provisioner) in block.provisioners.iter().enumerate() {
                checker.findings.push("provisioner");
                checker.findings.push_index(position);
                checker.findings.push(&provisioner.type_name);
                checker.provisioner(provisioner);
                (0..3).for_each(|_| checker.findings.pop());
            }
        });
    }

    fn provisioner(&mut self, provisioner: &'a Provisioner) {
        let destroys = provisioner.when == When::Destroy;
        self.connection(provisioner.connection.as_ref(), destroys);
        if destroys {
            self.only_itself(&provisioner.arguments);
        }
        if let Some(kind) = KINDS.iter().find(|kind| kind.name == provisioner.type_name) {
            self.known(&provisioner.arguments, kind.takes, kind.needs);
            let given = kind.one_of.iter().filter(|name| provisioner.arguments.get(name).is_some()).count();
            if given != 1 && !kind.one_of.is_empty() {
                let message = format!("exactly one of `{}` is required", kind.one_of.join("`, `"));
                self.findings.add(self.findings.here(DiagnosticKind::Conflict, message));
            }
            return;
        }
        let message = format!("there is no provisioner `{}`", provisioner.type_name);
        let candidates = nearest(&provisioner.type_name, KINDS.iter().map(|kind| kind.name));
        self.findings.add(self.findings.here(DiagnosticKind::UnknownType, message).candidates(candidates));
    }

    fn connection(&mut self, connection: Option<&'a Object>, destroys: bool) {
        let Some(connection) = connection else { return };
        self.findings.push("connection");
        if destroys {
            self.only_itself(connection);
        }
        self.known(connection, &CONNECTION, &["host"]);
        self.findings.pop();
    }

    fn known(&mut self, object: &'a Object, takes: &'static [(&'static str, Takes)], needs: &[&str]) {
        let mut seen = std::collections::HashSet::new();
        for (key, value) in object.entries() {
            let Key::Literal(name) = key else { continue };
            if name == "//" {
                continue;
            }
            self.findings.push(name);
            if !seen.insert(name.as_ref()) {
                self.findings.add(self.findings.here(DiagnosticKind::Conflict, format!("`{name}` is given twice")));
            }
            if let Some((_, takes)) = takes.iter().find(|(taken, _)| taken == name) {
                self.argument(takes.shape(), value, true);
            } else {
                let message = format!("there is no argument `{name}`");
                let candidates = nearest(name, takes.iter().map(|(name, _)| *name));
                let diagnostic = self.findings.here(DiagnosticKind::UnknownArgument, message);
                self.findings.add(diagnostic.candidates(candidates));
            }
            self.findings.pop();
        }
        for name in needs.iter().filter(|name| object.get(name).is_none()) {
            let message = format!("the argument `{name}` is required, but missing");
            self.findings.add(self.findings.here(DiagnosticKind::MissingArgument, message));
        }
    }

    /// When an object is destroyed, other objects may be gone already.
    pub(super) fn only_itself(&mut self, object: &'a Object) {
        let mut others = Others(None);
        for (_, value) in object.entries() {
            value.walk(&Names::none(), &mut others);
        }
        if let Some(other) = others.0 {
            let message = format!("`{other}` may be gone when the object is destroyed");
            let diagnostic = self.findings.here(DiagnosticKind::MisplacedReference, message);
            self.findings.add(diagnostic.help("refer to `self`, `count.index` or `each.key` only"));
        }
    }
}

/// The first reference to something else.
struct Others(Option<String>);

impl<'e> Visitor<'e> for Others {
    fn traversal(&mut self, traversal: &'e Traversal, names: &Names<'_>) {
        let allowed = match &traversal.root {
            Root::Name(name) if names.binds(name) => true,
            Root::Name(name) => match (name.as_ref(), traversal.steps.as_slice()) {
                ("self" | "path" | "terraform", _) => true,
                ("count", [Step::Attribute(attribute)]) => attribute == "index",
                ("each", [Step::Attribute(attribute)]) => attribute == "key",
                _ => false,
            },
            Root::Address(_) => false,
        };
        if !allowed && self.0.is_none() {
            self.0 = Some(traversal.to_string());
        }
    }
}
