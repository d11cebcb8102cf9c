//! Who asks the store for a case, and whose cases they may see.
//! What never lives here: accounts, roles and how somebody proves who they are (store's staff verbs, bots/web).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The word for the queue of cases whose council nobody knows yet.
pub const COMMON: &str = "england";

/// The areas whose cases somebody may see and work. A case out of reach does not exist for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every area.
    Everywhere,
    /// These area ids; `england` is the common queue of cases whose council nobody knows yet.
    Areas(BTreeSet<String>),
}

impl Reach {
    /// These areas only.
    pub fn of<I: IntoIterator<Item = T>, T: Into<String>>(areas: I) -> Self {
        Self::Areas(areas.into_iter().map(Into::into).collect())
    }

    /// Whether a case of this area is within it.
    pub fn covers(&self, area: Option<&str>) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Areas(areas) => areas.contains(area.unwrap_or(COMMON)),
        }
    }
}

/// An adviser who asks for something: the account name, which goes into the log, and the areas they work for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account name: no spaces, and none of `person`, `assistant`, `service`.
    pub adviser: String,
    /// Whose cases.
    pub reach: Reach,
}

impl Caller {
    /// Somebody at the machine itself: every area.
    pub fn everywhere(adviser: &str) -> Self {
        Self {
            adviser: adviser.to_owned(),
            reach: Reach::Everywhere,
        }
    }
}

/// Who did something, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The person who asks.
    Person,
    /// Waymark in a conversation.
    Assistant,
    /// A worker of this service: waking, alerting, retention.
    Service,
    /// An adviser, by account name.
    Adviser(String),
}

impl Actor {
    /// The word in the log.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person => "person",
            Self::Assistant => "assistant",
            Self::Service => "service",
            Self::Adviser(name) => name,
        }
    }

    /// The word read back. `retention` and `restore` are the service's too: they erase by age, and again after a restore.
    pub fn of(word: &str) -> Self {
        match word {
            "person" => Self::Person,
            "assistant" => Self::Assistant,
            "service" | "retention" | "restore" => Self::Service,
            name => Self::Adviser(name.to_owned()),
        }
    }
}
