//! Where providers come from: `hashicorp/aws`, or with the registry's name before it.

/// The registry of sources that name none.
const REGISTRY: &str = "registry.terraform.io";

/// Whose providers those are that are named by their type alone.
const DEFAULT_NAMESPACE: &str = "hashicorp";

/// The source in full: registry, namespace and type.
///
/// # Errors
/// Why the text is no source.
pub(crate) fn parse(text: &str) -> Result<[String; 3], &'static str> {
    let parts: Vec<&str> = text.split('/').collect();
    let (host, namespace, name) = match parts.as_slice() {
        [name] => (REGISTRY, DEFAULT_NAMESPACE, *name),
        [namespace, name] => (REGISTRY, *namespace, *name),
        [host, namespace, name] => (*host, *namespace, *name),
        _ => return Err("it has one to three parts, divided by slashes"),
    };
    let host = host.to_lowercase();
    if !is_host(&host) {
        return Err("the first of three parts is the name of a registry's host");
    }
    if name.starts_with("terraform-") {
        return Err("the type stands there without `terraform-provider-`");
    }
    Ok([host, part(namespace)?, part(name)?])
}

/// Letters, digits and single dashes between them, in lower case as registries compare them.
fn part(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        return Err("a part of it is empty");
    }
    let fits = text.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '_'));
    if !fits || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Err("a part has letters, digits and single dashes between them");
    }
    Ok(text.to_lowercase())
}

fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "443"));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    (name.contains('.') || name == "localhost") && name.split('.').all(label) && port.parse::<u16>().is_ok()
}

/// Whether the source is the one that is wanted, such as `hashicorp/aws`.
pub(crate) fn is(text: &str, wanted: &str) -> bool {
    parse(text).is_ok_and(|[host, namespace, name]| {
        host == REGISTRY && wanted.split_once('/').is_some_and(|wanted| wanted == (&namespace, &name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_have_three_parts_of_which_two_go_without_saying() {
        for text in ["aws", "hashicorp/aws", "HashiCorp/aws", "registry.terraform.io/hashicorp/aws"] {
            assert!(is(text, "hashicorp/aws"), "{text}");
        }
        assert!(!is("acme/aws", "hashicorp/aws") && !is("example.com/hashicorp/aws", "hashicorp/aws"));
        let wrong = ["", "a/b/c/d", "/aws", "hashicorp/", "a b/aws", "-a/aws", "a--b/aws", "terraform-provider-aws"];
        for text in wrong {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
