//! What stands around every console page, and one struct for each of the templates of accounts.
//! What never lives here: handlers, anything that decides.

use askama::Template;
use waymark::casework::{Act, Grants};

use super::session::Staff;
use crate::app::App;

/// A way to another page.
pub(super) struct Way {
    pub(super) href: &'static str,
    pub(super) words: &'static str,
    pub(super) here: bool,
}

/// Who is signed in, as the page needs it.
pub(super) struct Inside {
    pub(super) display: String,
    pub(super) csrf: String,
    pub(super) ways: Vec<Way>,
}

/// What stands around a page.
pub(super) struct Frame {
    pub(super) service: String,
    /// Address of the style sheet.
    pub(super) css: String,
    pub(super) icon: String,
    /// Keeps the queue live and drafts safe; every page works without it.
    pub(super) script: String,
    pub(super) inside: Option<Inside>,
    /// What has just been done, in words.
    pub(super) notice: Option<&'static str>,
}

/// The pages, and what one must be allowed for them to be offered; `None`: everybody.
const WAYS: [(&str, &str, Option<Act>); 9] = [
    ("/console/queue", "Queue", Some(Act::SeeQueue)),
    (
        "/console/requests",
        "Personal data",
        Some(Act::DecidePersonalData),
    ),
    ("/console/gaps", "Knowledge gaps", Some(Act::SeeGaps)),
    (
        "/console/replies",
        "Saved replies",
        Some(Act::KeepSavedReplies),
    ),
    ("/console/standing", "Figures", Some(Act::SeeReports)),
    ("/console/reports", "Reports", Some(Act::SeeReports)),
    ("/console/accounts", "Accounts", Some(Act::KeepAccounts)),
    ("/console/log", "Log", Some(Act::ReadLog)),
    ("/console/account", "My account", None),
];

impl Frame {
    /// For whoever is not signed in.
    pub(super) fn outside(app: &App) -> Self {
        Self {
            service: app.settings.service_name.trim().to_owned(),
            css: app.assets.url("console.css"),
            icon: app.assets.url("icon.svg"),
            script: app.assets.url("console.js"),
            inside: None,
            notice: None,
        }
    }

    /// For somebody signed in, on the page `here`.
    pub(super) fn inside(app: &App, staff: &Staff, here: &str) -> Self {
        let grants = &staff.account.grants;
        let offered = WAYS
            .iter()
            .filter(|(_, _, act)| act.is_none_or(|a| grants.may(a)));
        Self {
            inside: Some(Inside {
                display: staff.account.display.clone(),
                csrf: staff.csrf.clone(),
                ways: offered
                    .map(|(href, words, _)| Way {
                        href,
                        words,
                        here: *href == here,
                    })
                    .collect(),
            }),
            ..Self::outside(app)
        }
    }

    /// With a word on what has just been done.
    pub(super) fn saying(mut self, notice: Option<&'static str>) -> Self {
        self.notice = notice;
        self
    }

    /// The name that people see above this adviser's replies.
    pub(super) fn display(&self) -> &str {
        self.inside.as_ref().map_or("", |i| i.display.as_str())
    }

    /// The hidden code of this page's forms.
    pub(super) fn csrf(&self) -> &str {
        self.inside.as_ref().map_or("", |i| i.csrf.as_str())
    }
}

/// What went wrong in a form: which field, and what to do.
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) words: String,
}

impl Wrong {
    pub(super) fn new(field: &'static str, words: impl Into<String>) -> Self {
        Self {
            field,
            words: words.into(),
        }
    }
}

/// Roles as people read them: `Adviser in Kent`.
pub(super) fn roles(app: &App, grants: &Grants) -> Vec<String> {
    let library = app.desk.library();
    let words = |grant: &waymark::casework::Grant| {
        let mut role = grant.role.as_str().to_owned();
        role[..1].make_ascii_uppercase();
        match &grant.area {
            None => format!("{role}, all areas"),
            Some(area) => {
                let name = library.areas.get(area).map_or(area.as_str(), |a| &a.name);
                format!("{role} in {name}")
            }
        }
    };
    grants.iter().map(words).collect()
}

/// Something went wrong.
#[derive(Template)]
#[template(path = "console/trouble.html")]
pub(super) struct TroublePage {
    pub(super) frame: Frame,
    pub(super) title: &'static str,
    pub(super) detail: String,
}

/// Signing in.
#[derive(Template)]
#[template(path = "console/sign_in.html")]
pub(super) struct SignInPage {
    pub(super) frame: Frame,
    pub(super) name: String,
    pub(super) onward: String,
    pub(super) second_factor: bool,
    pub(super) single_sign_on: bool,
    pub(super) wrong: Option<Wrong>,
}

/// Taking an invitation up.
#[derive(Template)]
#[template(path = "console/invitation.html")]
pub(super) struct InvitationPage {
    pub(super) frame: Frame,
    pub(super) name: String,
    pub(super) display: String,
    pub(super) required: bool,
    /// Safe SVG.
    pub(super) picture: String,
    pub(super) secret: String,
    pub(super) wrong: Option<Wrong>,
}

/// Showing once more who it is.
#[derive(Template)]
#[template(path = "console/prove.html")]
pub(super) struct ProvePage {
    pub(super) frame: Frame,
    pub(super) onward: String,
    pub(super) second_factor: bool,
    pub(super) single_sign_on: bool,
    pub(super) wrong: Option<Wrong>,
}

/// One of one's own sessions.
pub(super) struct SessionView {
    pub(super) handle: String,
    pub(super) device: String,
    pub(super) since: String,
    pub(super) seen: String,
    pub(super) here: bool,
}

/// One's own account.
#[derive(Template)]
#[template(path = "console/account.html")]
pub(super) struct AccountPage {
    pub(super) frame: Frame,
    pub(super) name: String,
    pub(super) display: String,
    pub(super) roles: Vec<String>,
    pub(super) single_sign_on: bool,
    pub(super) second_factor: bool,
    pub(super) sessions: Vec<SessionView>,
}

/// A new password.
#[derive(Template)]
#[template(path = "console/password.html")]
pub(super) struct PasswordPage {
    pub(super) frame: Frame,
    pub(super) wrong: Option<Wrong>,
}

/// A new second factor.
#[derive(Template)]
#[template(path = "console/second_factor.html")]
pub(super) struct SecondFactorPage {
    pub(super) frame: Frame,
    /// Safe SVG.
    pub(super) picture: String,
    pub(super) secret: String,
    pub(super) wrong: Option<Wrong>,
}

/// An account in the list.
pub(super) struct AccountRow {
    pub(super) name: String,
    pub(super) display: String,
    pub(super) state: &'static str,
    pub(super) single_sign_on: bool,
    pub(super) roles: Vec<String>,
}

/// A box to tick: `adviser@kent`.
pub(super) struct Tick {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) on: bool,
}

/// One role with its places.
pub(super) struct RoleTicks {
    pub(super) role: String,
    pub(super) means: &'static str,
    pub(super) ticks: Vec<Tick>,
}

/// Every account, and a form for another.
#[derive(Template)]
#[template(path = "console/accounts.html")]
pub(super) struct AccountsPage {
    pub(super) frame: Frame,
    pub(super) rows: Vec<AccountRow>,
    pub(super) name: String,
    pub(super) display: String,
    pub(super) ticks: Vec<RoleTicks>,
    pub(super) wrong: Option<Wrong>,
}

/// One account.
#[derive(Template)]
#[template(path = "console/one_account.html")]
pub(super) struct OneAccountPage {
    pub(super) frame: Frame,
    pub(super) row: AccountRow,
    pub(super) own: bool,
    pub(super) ticks: Vec<RoleTicks>,
    pub(super) events: Vec<StaffEventRow>,
    pub(super) wrong: Option<Wrong>,
}

/// A link that is shown once.
#[derive(Template)]
#[template(path = "console/invited.html")]
pub(super) struct InvitedPage {
    pub(super) frame: Frame,
    pub(super) display: String,
    pub(super) link: String,
    pub(super) until: String,
}

/// An event of the staff log.
pub(super) struct StaffEventRow {
    pub(super) at: String,
    pub(super) account: String,
    pub(super) what: String,
    pub(super) actor: String,
}

/// The log.
#[derive(Template)]
#[template(path = "console/log.html")]
pub(super) struct LogPage {
    pub(super) frame: Frame,
    /// Whether the log of cases is whole, and that in words; then the same of the staff log.
    pub(super) cases: (bool, String),
    pub(super) staff: (bool, String),
    pub(super) events: Vec<StaffEventRow>,
}
