//! Blocks that refer to each other in a circle: Terraform could create none of them first.

use super::findings::Findings;
use super::place::BlockName;
use crate::terraform::diagnostic::{Diagnostic, DiagnosticKind};

/// The number of a block in the dependency graph.
pub(super) type Node = u32;

/// So many rings are reported. Blocks that all refer to each other make more than anybody could read.
const MOST_RINGS: usize = 20;

/// Which block depends on which, as adjacency lists in one piece.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
    /// Where each node's list starts in `targets`, in the order the nodes were opened.
    starts: Vec<usize>,
    targets: Vec<Node>,
}

impl Dependencies {
    /// Opens the list of the next node.
    pub(super) fn open(&mut self) {
        self.starts.push(self.targets.len());
    }

    /// Adds a dependency of the node that was opened last.
    pub(super) fn add(&mut self, target: Node) {
        self.targets.push(target);
    }

    fn of(&self, node: Node) -> &[Node] {
        let node = node as usize;
        let end = self.starts.get(node + 1).copied().unwrap_or(self.targets.len());
        self.starts.get(node).and_then(|start| self.targets.get(*start..end)).unwrap_or_default()
    }

    /// Walks the graph depth first and returns a ring for every dependency that closes one.
    fn rings(&self) -> Vec<Vec<Node>> {
        let mut rings = Vec::new();
        let mut states = vec![State::New; self.starts.len()];
        let mut path: Vec<(Node, usize)> = Vec::new();
        for start in (0..).take(states.len()) {
            if states[start as usize] == State::New {
                states[start as usize] = State::Open;
                path.push((start, 0));
            }
            while let Some((node, next)) = path.last_mut() {
                let Some(&target) = self.of(*node).get(*next) else {
                    states[*node as usize] = State::Done;
                    path.pop();
                    continue;
                };
                *next += 1;
                match states.get(target as usize) {
                    Some(State::New) => {
                        states[target as usize] = State::Open;
                        path.push((target, 0));
                    }
                    Some(State::Open) if rings.len() < MOST_RINGS => rings.push(ring(&path, target)),
                    _ => {}
                }
            }
        }
        rings.sort_by_key(Vec::len);
        rings.dedup();
        rings
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the way that is being walked.
    Open,
    Done,
}

fn ring(path: &[(Node, usize)], target: Node) -> Vec<Node> {
    path.iter().map(|(node, _)| *node).skip_while(|node| *node != target).collect()
}

/// Reports every ring; `place` names the blocks.
///
/// Of a resource that names itself Terraform hears only when it plans: that is no ring unless `strict`.
pub(super) fn check<'a>(
    dependencies: &Dependencies,
    place: impl Fn(Node) -> BlockName<'a>,
    strict: bool,
    findings: &mut Findings<'_>,
) {
    let counts = |ring: &Vec<Node>| match ring.as_slice() {
        [node] => strict || !matches!(place(*node), BlockName::Resource(_)),
        _ => true,
    };
    for ring in dependencies.rings().into_iter().filter(counts) {
        let names: Vec<String> = ring.iter().map(|node| place(*node).to_string()).collect();
        let Some(first) = names.first() else { continue };
        let diagnostic = match names.as_slice() {
            [_] => Diagnostic::new(DiagnosticKind::Cycle, first, "refers to itself")
                .because("it would have to exist before it exists"),
            _ => Diagnostic::new(
                DiagnosticKind::Cycle,
                first,
                format!("depends on itself: {} -> {first}", names.join(" -> ")),
            )
            .because("each would have to exist before the others"),
        };
        findings.add(diagnostic);
    }
}
