//! The dependency lock file, which says which versions of providers `terraform init` has chosen
//! (<https://developer.hashicorp.com/terraform/language/files/dependency-lock>).

use std::path::Path;

/// The file's name.
const NAME: &str = ".terraform.lock.hcl";

/// The version that is locked of a provider, such as `hashicorp/aws`, for the configuration in a folder.
pub(crate) fn version_of(source: &str, folder: &Path) -> Option<String> {
    version_in(&std::fs::read_to_string(folder.join(NAME)).ok()?, source)
}

/// Terraform writes the file itself, a line for each thing; an unusual one says nothing here.
fn version_in(text: &str, source: &str) -> Option<String> {
    let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
    let mut lines = text.lines().map(str::trim);
    // OpenTofu's registry has the same providers under its own name.
    let is_named = |text: String| text.strip_suffix(source).is_some_and(|host| host.ends_with('/'));
    let is_meant = |line: &str| line.starts_with("provider ") && quoted(line).is_some_and(is_named);
    lines.find(|line| is_meant(line))?;
    let version = lines.take_while(|line| *line != "}").find(|line| line.starts_with("version"))?;
    quoted(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_the_provider_is_found() {
        let text = r#"
            # This file is maintained automatically by "terraform init".
            provider "registry.terraform.io/hashicorp/archive" {
              version = "2.7.1"
            }

            provider "registry.terraform.io/hashicorp/aws" {
              version     = "6.2.0"
              constraints = "~> 6.0"
              hashes = [
                "h1:abc=",
              ]
            }
        "#;
        assert_eq!(version_in(text, "hashicorp/aws").as_deref(), Some("6.2.0"));
        assert_eq!(version_in(text, "hashicorp/archive").as_deref(), Some("2.7.1"));
        assert_eq!(
            version_in(&text.replace("terraform.io", "opentofu.org"), "hashicorp/aws").as_deref(),
            Some("6.2.0")
        );
        assert_eq!(version_in(text, "hashicorp/random"), None);
        assert_eq!(version_in("provider \"registry.terraform.io/hashicorp/aws\" {\n}\n", "hashicorp/aws"), None);
    }
}
