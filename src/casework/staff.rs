//! Who works here and who may do what: roles for named areas, and the one matrix of acts.
//! What never lives here: passwords, sessions, cookies (store keeps them, bots/web checks them).

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{COMMON, Reach};

/// What somebody is employed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works cases.
    Adviser,
    /// Works cases, gives them out, leads on safeguarding, decides on personal data.
    Senior,
    /// Reads reports, which hold no words and no names.
    Manager,
    /// Mends the knowledge.
    Editor,
    /// Reads cases and the log, changes nothing.
    Auditor,
    /// Keeps the accounts; sees no case.
    Admin,
}

impl Role {
    /// Every role, in the order of the pages.
    pub const ALL: [Self; 6] = [
        Self::Adviser,
        Self::Senior,
        Self::Manager,
        Self::Editor,
        Self::Auditor,
        Self::Admin,
    ];

    /// The word used in tables, in configuration and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adviser => "adviser",
            Self::Senior => "senior",
            Self::Manager => "manager",
            Self::Editor => "editor",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }
}

/// What one may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// See the queue: references, kinds, times.
    SeeQueue,
    /// Open a case: packet, conversation, notes, history.
    OpenCase,
    /// Claim, reply, note, put aside, link, close; log a phone call.
    WorkCase,
    /// Give a case to somebody else, or take one that somebody has.
    AssignCase,
    /// Export or erase what is kept about a person.
    DecidePersonalData,
    /// Read reports.
    SeeReports,
    /// See what could not be answered.
    SeeGaps,
    /// Write the saved replies.
    KeepSavedReplies,
    /// Read the log of cases and of sign-ins, and check that it is whole.
    ReadLog,
    /// Add, change and disable accounts.
    KeepAccounts,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 10] = [
        Self::SeeQueue,
        Self::OpenCase,
        Self::WorkCase,
        Self::AssignCase,
        Self::DecidePersonalData,
        Self::SeeReports,
        Self::SeeGaps,
        Self::KeepSavedReplies,
        Self::ReadLog,
        Self::KeepAccounts,
    ];

    /// The matrix: which roles may do it. Whatever is not named here is refused.
    pub fn roles(self) -> &'static [Role] {
        use Role::{Admin, Adviser, Auditor, Editor, Manager, Senior};
        match self {
            Self::SeeQueue | Self::OpenCase => &[Adviser, Senior, Auditor],
            Self::WorkCase => &[Adviser, Senior],
            Self::AssignCase | Self::DecidePersonalData => &[Senior],
            Self::SeeReports => &[Senior, Manager],
            Self::SeeGaps => &[Adviser, Senior, Editor],
            Self::KeepSavedReplies => &[Senior, Editor],
            Self::ReadLog => &[Auditor],
            Self::KeepAccounts => &[Admin],
        }
    }
}

/// A role, everywhere or in one area: `adviser@kent`, `admin`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grant {
    /// Which role.
    pub role: Role,
    /// Where; `None` is everywhere.
    pub area: Option<String>,
}

/// A grant was not of the right form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a role is adviser, senior, manager, editor, auditor or admin, with @ and an area where it holds for one only"
)]
pub struct BadGrant;

impl FromStr for Grant {
    type Err = BadGrant;
    fn from_str(text: &str) -> Result<Self, BadGrant> {
        let (role, area) = match text.trim().split_once('@') {
            Some((role, area)) => (role, Some(area)),
            None => (text.trim(), None),
        };
        let role = Role::ALL.into_iter().find(|r| r.as_str() == role);
        let code = |a: &str| {
            let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            !a.is_empty() && a.len() <= 40 && a.bytes().all(letter)
        };
        match (role, area) {
            (Some(role), None) => Ok(Self { role, area: None }),
            (Some(role), Some(area)) if code(area) => Ok(Self {
                role,
                area: Some(area.to_owned()),
            }),
            _ => Err(BadGrant),
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.area {
            None => f.write_str(self.role.as_str()),
            Some(area) => write!(f, "{}@{area}", self.role.as_str()),
        }
    }
}

impl TryFrom<String> for Grant {
    type Error = BadGrant;
    fn try_from(text: String) -> Result<Self, BadGrant> {
        text.parse()
    }
}

impl From<Grant> for String {
    fn from(grant: Grant) -> String {
        grant.to_string()
    }
}

/// Everything that one account was granted, sorted, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grants(Vec<Grant>);

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(all: I) -> Self {
        let mut grants: Vec<Grant> = all.into_iter().collect();
        grants.sort();
        grants.dedup();
        Self(grants)
    }
}

impl Grants {
    /// Each grant.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }

    /// Whether nothing at all was granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of these roles is held anywhere.
    pub fn holds(&self, role: Role) -> bool {
        self.0.iter().any(|g| g.role == role)
    }

    /// Whether `act` is allowed anywhere at all.
    pub fn may(&self, act: Act) -> bool {
        self.0.iter().any(|g| act.roles().contains(&g.role))
    }

    /// Whether `act` is allowed on something of this area. What belongs to no council yet is everybody's who may do it
    /// anywhere, for somebody must see it.
    pub fn may_in(&self, act: Act, area: Option<&str>) -> bool {
        self.reach(act).covers(area)
    }

    /// Whose cases `act` is allowed on; no areas where it is not allowed at all.
    pub fn reach(&self, act: Act) -> Reach {
        let held = self.0.iter().filter(|g| act.roles().contains(&g.role));
        let mut areas = BTreeSet::new();
        for grant in held {
            match &grant.area {
                None => return Reach::Everywhere,
                Some(area) => areas.extend([area.clone(), COMMON.to_owned()]),
            }
        }
        Reach::Areas(areas)
    }
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Waits for its owner to take the invitation up.
    Invited,
    /// In use.
    Active,
    /// Cannot sign in.
    Disabled,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The name in the log, for good: `sam`, `j.smith`.
    pub name: String,
    /// The name that people see.
    pub display: String,
    /// How it stands.
    pub state: AccountState,
    /// What it may do.
    pub grants: Grants,
    /// Whether it signs in elsewhere (single sign-on): then it has no password here, and its grants come from there.
    pub single_sign_on: bool,
    /// Whether a second factor is set up here.
    pub second_factor: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// Whether `name` can be an account's: 2 to 40 lower-case letters, digits, dots, hyphens; a letter first. Those that the
/// log uses for machines are not to be had.
pub fn is_account_name(name: &str) -> bool {
    const TAKEN: [&str; 8] = [
        "person",
        "assistant",
        "service",
        "restore",
        "retention",
        "terminal",
        "system",
        "single-sign-on",
    ];
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b);
    (2..=40).contains(&name.len())
        && name.bytes().all(fits)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !TAKEN.contains(&name)
}

/// What happened to an account. Names and codes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffEvent {
    /// Rises by one.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Whose account.
    pub account: String,
    /// What: `signed_in`, `refused`, `granted` ...
    pub kind: String,
    /// Who did it: an account's name, `terminal`, `single-sign-on`.
    pub actor: String,
    /// Codes, never text.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(all: &[&str]) -> Grants {
        all.iter().map(|g| g.parse::<Grant>().unwrap()).collect()
    }

    #[test]
    fn a_grant_reads_back_and_nonsense_is_refused() {
        for text in ["adviser@kent", "admin", "senior@cambridgeshire"] {
            assert_eq!(text.parse::<Grant>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "boss",
            "adviser@",
            "adviser@Kent",
            "adviser@a b",
            "@kent",
            "Admin",
        ] {
            assert!(text.parse::<Grant>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_adviser_of_one_area_opens_no_case_of_another() {
        let kent = grants(&["adviser@kent"]);
        assert!(kent.may_in(Act::OpenCase, Some("kent")));
        assert!(!kent.may_in(Act::OpenCase, Some("cambridgeshire")));
        assert!(kent.may_in(Act::OpenCase, None), "the common queue");
        assert!(kent.may_in(Act::OpenCase, Some("england")));
        assert_eq!(kent.reach(Act::SeeQueue), Reach::of(["kent", COMMON]));
        assert_eq!(kent.reach(Act::KeepAccounts), Reach::of::<_, String>([]));
        let all = grants(&["adviser@kent", "senior"]);
        assert_eq!(all.reach(Act::OpenCase), Reach::Everywhere);
        assert!(all.may_in(Act::AssignCase, Some("cambridgeshire")));
    }

    #[test]
    fn a_role_in_one_area_lends_nothing_to_a_role_in_another() {
        let both = grants(&["senior@kent", "adviser@cambridgeshire"]);
        assert!(both.may_in(Act::AssignCase, Some("kent")));
        assert!(!both.may_in(Act::AssignCase, Some("cambridgeshire")));
        assert!(both.may_in(Act::WorkCase, Some("cambridgeshire")));
    }

    #[test]
    fn managers_editors_and_admins_read_no_conversation() {
        for role in ["manager", "editor", "admin"] {
            let held = grants(&[role]);
            for act in [Act::SeeQueue, Act::OpenCase, Act::WorkCase] {
                assert!(!held.may(act), "{role} {act:?}");
            }
        }
        assert!(!grants(&["auditor"]).may(Act::WorkCase));
        assert!(Act::ALL.into_iter().all(|act| !Grants::default().may(act)));
    }

    #[test]
    fn account_names_are_codes() {
        for good in ["sam", "j.smith", "a1"] {
            assert!(is_account_name(good), "{good}");
        }
        for bad in ["", "a", "Sam", "1a", "terminal", "a b", "ä1", "person"] {
            assert!(!is_account_name(bad), "{bad}");
        }
    }
}
