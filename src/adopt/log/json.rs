//! The lines of `terraform apply -json` (<https://developer.hashicorp.com/terraform/internals/machine-readable-ui>).

use serde::Deserialize;

use super::Event;

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    hook: Option<Hook>,
    diagnostic: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Hook {
    resource: Resource,
    #[serde(default)]
    action: String,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    summary: String,
    #[serde(default)]
    detail: String,
    address: Option<String>,
}

pub(super) fn events(log: &str) -> Vec<Event> {
    // A run that was killed may have left half a line, and runners add lines of their own.
    log.lines().filter_map(|line| event(serde_json::from_str(line.trim()).ok()?)).collect()
}

fn event(line: Line) -> Option<Event> {
    if let Some(diagnostic) = line.diagnostic {
        let text = format!("{} {}", diagnostic.summary, diagnostic.detail);
        return (diagnostic.severity == "error").then_some(Event::Fails(diagnostic.address?, text));
    }
    let hook = line.hook?;
    let address = hook.resource.addr;
    match (line.kind.as_str(), hook.action.as_str()) {
        ("apply_start" | "apply_progress", "create") => Some(Event::Begins(address)),
        ("apply_complete", "delete") => Some(Event::Goes(address)),
        ("apply_complete", _) => Some(Event::Completes(address)),
        _ => None,
    }
}
