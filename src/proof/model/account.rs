//! Which account a provider signs in to.

use super::node::Node;

/// An account, as far as the provider's configuration tells it apart from others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Account {
    /// The one that Terraform runs with: no argument of the provider says otherwise.
    #[default]
    Ambient,
    /// The one with this number.
    Number(String),
    /// That of a profile or of other credentials, whose number does not stand in the configuration.
    Named(String),
    /// Decided by a value that is not known, because.
    Unknown(String),
}

/// Whether something is so, where that may not be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// It cannot be told, because.
    Unknown(String),
}

impl Account {
    /// The account of a provider with these arguments.
    pub fn of_provider(arguments: &Node) -> Self {
        if let Some(account) = Self::of_role(arguments.at("assume_role.role_arn")) {
            return account;
        }
        if let Some(account) = Self::of_role(arguments.at("assume_role_with_web_identity.role_arn")) {
            return account;
        }
        match arguments.at("allowed_account_ids") {
            Node::List(numbers) if numbers.len() == 1 => return Self::of_text(&numbers[0]),
            Node::Unknown(reason) => return Self::Unknown(reason.clone()),
            _ => {}
        }
        for name in ["profile", "access_key", "shared_credentials_files"] {
            match arguments.at(name) {
                Node::Text(text) if !text.is_empty() => return Self::Named(format!("{name} {text}")),
                Node::Unknown(reason) => return Self::Unknown(reason.clone()),
                _ => {}
            }
        }
        Self::Ambient
    }

    fn of_role(arn: &Node) -> Option<Self> {
        match arn {
            Node::Text(arn) => {
                arn.split(':').nth(4).filter(|number| !number.is_empty()).map(|n| Self::Number(n.into()))
            }
            Node::Unknown(reason) => Some(Self::Unknown(reason.clone())),
            _ => None,
        }
    }

    fn of_text(number: &Node) -> Self {
        match number {
            Node::Unknown(reason) => Self::Unknown(reason.clone()),
            other => other.text().get().map_or(Self::Ambient, Self::Number),
        }
    }

    /// Twelve digits that stand for the account in ARNs.
    pub fn digits(&self) -> String {
        match self {
            Self::Ambient => "000000000000".to_owned(),
            Self::Number(number) => number.clone(),
            Self::Named(text) | Self::Unknown(text) => super::stand_in::digits(text, 12),
        }
    }

    /// Whether the other account is another one.
    pub fn differs_from(&self, other: &Self) -> Truth {
        match (self, other) {
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Truth::Unknown(reason.clone()),
            (one, another) if one == another => Truth::No,
            (Self::Named(one), Self::Named(another)) => {
                Truth::Unknown(format!("the configuration does not say which accounts {one} and {another} sign in to"))
            }
            // Who writes a number beside credentials means another account than theirs.
            (Self::Named(_), Self::Number(_)) | (Self::Number(_), Self::Named(_)) => Truth::Yes,
            (Self::Named(name), _) | (_, Self::Named(name)) => {
                Truth::Unknown(format!("the configuration does not say which account {name} signs in to"))
            }
            _ => Truth::Yes,
        }
    }
}
