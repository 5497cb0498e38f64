//! Where modules come from, as far as the text tells
//! (<https://developer.hashicorp.com/terraform/language/modules/configuration#source>).

/// Where a module comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A folder beside the caller.
    Local,
    /// A registry, a repository, an archive.
    Elsewhere,
}

/// Hosts whose repositories are named without a scheme.
const HOSTS: [&str; 5] = ["github.com/", "bitbucket.org/", "gitlab.com/", "git@", "hg::"];

/// What a source is.
///
/// # Errors
/// Why it is none.
pub(crate) fn kind(source: &str, has_version: bool) -> Result<Kind, &'static str> {
    let is_registry = is_registry(source);
    if has_version {
        return if is_registry { Ok(Kind::Elsewhere) } else { Err("only modules of a registry have versions") };
    }
    if source.starts_with("./") || source.starts_with("../") {
        return Ok(Kind::Local);
    }
    let elsewhere = is_registry
        || source.contains("::")
        || source.contains("://")
        || source.starts_with('/')
        || HOSTS.iter().any(|host| source.starts_with(host))
        || source.contains(".amazonaws.com/")
        || source.contains("googleapis.com/");
    if elsewhere { Ok(Kind::Elsewhere) } else { Err("the source of a folder begins with `./` or `../`") }
}

/// `namespace/name/provider`, with the host of a registry before it or not, and a folder in it behind it or not.
pub(crate) fn is_registry(source: &str) -> bool {
    let package = source.split_once("//").map_or(source, |(package, _)| package);
    let parts: Vec<&str> = package.split('/').collect();
    let word = |part: &&str| {
        let inner = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        part.starts_with(|first: char| first.is_ascii_alphanumeric()) && part.chars().all(inner)
    };
    match parts.as_slice() {
        [_, _, _] => parts.iter().all(word),
        [host, rest @ ..] if rest.len() == 3 => host.contains('.') && rest.iter().all(word),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_what_is_elsewhere() {
        assert_eq!(kind("./a", false), Ok(Kind::Local));
        assert_eq!(kind("../a", false), Ok(Kind::Local));
        let elsewhere = [
            "terraform-aws-modules/vpc/aws",
            "app.terraform.io/example/vpc/aws",
            "github.com/a/b",
            "git::https://example.com/a.git",
            "https://example.com/a.zip",
            "s3::https://s3-eu-west-1.amazonaws.com/a/b.zip",
        ];
        for source in elsewhere {
            assert_eq!(kind(source, false), Ok(Kind::Elsewhere), "{source}");
        }
        for source in ["a", "a/b", "modules/a"] {
            assert!(kind(source, false).is_err(), "{source}");
        }
        assert!(kind("./a", true).is_err() && kind("a/b/c//d", true).is_ok());
    }
}
