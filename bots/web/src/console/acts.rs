//! Doing something with a case: claim, hand on, put aside, close, note, put right. One form each, one address for all.
//! What never lives here: what may be done when (casework), replies (reply.rs).

use axum::{
    extract::{Path, State},
    response::Response,
};
use jiff::{
    Timestamp, ToSpan as _, Zoned,
    civil::{Date, Weekday, time},
    tz::TimeZone,
};
use waymark::{
    base::CaseReference,
    casework::{Act, Action, CallBack, Change, Needs},
    store::StoreError,
};

use super::{
    case::{self, Shown, caller, reference, unknown},
    onward,
    session::{Signed, Staff},
    views::Wrong,
    words::{self, CONSENTS, CONTACTS, FORMATS, GROUPS, KINDS, LINKS, PRIORITIES},
};
use crate::{app::App, body::Form, trouble::Trouble};

/// What came of a form: where to go on to, or which field is wrong and why.
pub(super) type Done = Result<&'static str, Failed>;

/// Why it was not done.
pub(super) enum Failed {
    /// The adviser can put it right.
    Wrong(Wrong),
    /// Nobody can.
    Trouble(Trouble),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// A refusal is told beside the field that it is about.
pub(super) fn at(field: &'static str) -> impl Fn(StoreError) -> Failed {
    move |error| match error {
        StoreError::Case(why) => Failed::Wrong(Wrong::new(field, sentence(&why.to_string()))),
        StoreError::Request(why) => Failed::Wrong(Wrong::new(field, sentence(&why.to_string()))),
        StoreError::Refused(why) => Failed::Wrong(Wrong::new(field, sentence(why))),
        other => Failed::Trouble(unknown(other)),
    }
}

/// With a capital and a full stop.
pub(super) fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", letters.as_str())
}

/// `POST /console/cases/{reference}/act`.
pub(crate) async fn act(
    State(app): State<App>,
    staff: Staff,
    Path(asked): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Trouble> {
    let reference = reference(&asked)?;
    match done(&app, &staff, &reference, &form).await {
        Ok("queue") => Ok(onward("/console/queue?done=released", None)),
        Ok(to) => Ok(onward(
            &format!("/console/cases/{reference}?done={to}"),
            None,
        )),
        Err(Failed::Trouble(trouble)) => Err(trouble),
        Err(Failed::Wrong(wrong)) => {
            let shown = Shown {
                wrong: Some(wrong),
                ..Shown::default()
            };
            case::draw(&app, &staff, &reference, shown).await
        }
    }
}

async fn done(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let simple = |action, to| plainly(app, staff, reference, action, to);
    match form.get("act") {
        "claim" => simple(Action::Claim, "claimed").await,
        "release" => simple(Action::Release, "queue").await,
        "wake" => simple(Action::Wake, "woken").await,
        "reopen" => simple(Action::Reopen, "reopened").await,
        "assign" => assign(app, staff, reference, form.get("to")).await,
        "snooze" => snooze(app, staff, reference, form).await,
        "close" => close(app, staff, reference, form.get("outcome")).await,
        "change" => change(app, staff, reference, form).await,
        "note" => note(app, staff, reference, form).await,
        "needs" => set_needs(app, staff, reference, form).await,
        "link" => link(app, staff, reference, form).await,
        "unlink" => unlink(app, staff, reference, form.get("with")).await,
        _ => Err(Trouble::BadInput("choose what to do".to_owned()).into()),
    }
}

async fn plainly(
    app: &App,
    staff: &Staff,
    reference: &CaseReference,
    action: Action,
    to: &'static str,
) -> Done {
    let now = app.desk.clock().now().instant;
    let by = caller(staff, Act::WorkCase);
    let done = app
        .desk
        .store()
        .act_on_case(&by, reference, action, now)
        .await;
    done.map(|_| to).map_err(at("main"))
}

/// One's own case to a colleague; any case only with the right to give cases out. The colleague must be able to open it.
async fn assign(app: &App, staff: &Staff, reference: &CaseReference, to: &str) -> Done {
    let store = app.desk.store();
    let case = store
        .case(reference)
        .await
        .map_err(at("to"))?
        .ok_or(Trouble::UnknownCase)?;
    let area = case.opened.area.as_deref();
    let mine = case.adviser.as_deref() == Some(&staff.account.name);
    if !mine && !staff.account.grants.may_in(Act::AssignCase, area) {
        return Err(Trouble::NotAllowed.into());
    }
    let account = store.account(to).await.map_err(at("to"))?;
    if !account.is_some_and(|a| a.grants.may_in(Act::WorkCase, area)) {
        return Err(Failed::Wrong(Wrong::new(
            "to",
            "Choose a colleague who works cases of this area.",
        )));
    }
    plainly(
        app,
        staff,
        reference,
        Action::Assign { to: to.to_owned() },
        "assigned",
    )
    .await
}

async fn snooze(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let now = app.desk.clock().now();
    let until = wake_day(form.get("until"), form.get("day"), now.today).and_then(morning);
    let Some(until) = until else {
        return Err(Failed::Wrong(Wrong::new("until", "Choose until when.")));
    };
    let by = caller(staff, Act::WorkCase);
    let action = Action::Snooze { until };
    let done = app
        .desk
        .store()
        .act_on_case(&by, reference, action, now.instant)
        .await;
    done.map(|_| "snoozed").map_err(at("until"))
}

/// The day on which a case comes back.
fn wake_day(choice: &str, typed: &str, today: Date) -> Option<Date> {
    match choice {
        "tomorrow" => today.tomorrow().ok(),
        "three" => today.checked_add(3.days()).ok(),
        "monday" => today.nth_weekday(1, Weekday::Monday).ok(),
        _ => typed.parse().ok(),
    }
}

/// Nine in the morning in England.
fn morning(day: Date) -> Option<Timestamp> {
    let london = TimeZone::get("Europe/London").ok()?;
    let at: Zoned = day.to_datetime(time(9, 0, 0, 0)).to_zoned(london).ok()?;
    Some(at.timestamp())
}

async fn close(app: &App, staff: &Staff, reference: &CaseReference, outcome: &str) -> Done {
    if outcome.is_empty() {
        return Err(Failed::Wrong(Wrong::new("outcome", "Choose how it ended.")));
    }
    let by = caller(staff, Act::WorkCase);
    let done = app.desk.close_case(&by, reference, outcome).await;
    done.map(|_| "closed").map_err(at("outcome"))
}

async fn change(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let area = Some(form.get("area").to_owned()).filter(|a| !a.is_empty());
    let known = |a: &String| app.desk.library().areas.contains_key(a);
    let change = Change {
        priority: words::code(&PRIORITIES, form.get("priority")),
        kind: words::code(&KINDS, form.get("kind")),
        area: area.filter(known),
        client_group: words::code(&GROUPS, form.get("group")),
    };
    plainly(app, staff, reference, Action::Change(change), "changed").await
}

async fn note(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let text = form.get("note").trim();
    if text.is_empty() {
        return Err(Failed::Wrong(Wrong::new("note", "Write the note first.")));
    }
    let by = caller(staff, Act::WorkCase);
    let now = app.desk.clock().now().instant;
    let fresh = || app.desk.note_id().map_err(Trouble::from);
    let id = form.get("id").parse().map_or_else(|_| fresh(), Ok)?;
    let store = app.desk.store();
    let mut done = store.add_note(&by, reference, id, text, now).await;
    // The page was gone back to, and another note written on it.
    if matches!(done, Err(StoreError::Duplicate(_))) {
        done = store.add_note(&by, reference, fresh()?, text, now).await;
    }
    done.map(|_| "note").map_err(at("note"))
}

/// Needs out of a form.
pub(super) fn needs(form: &Form) -> Needs {
    let text = |name: &str| {
        let text = form.get(name).trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Needs {
        formats: form
            .all("format")
            .filter_map(|f| words::code(&FORMATS, f))
            .collect(),
        interpreter: text("interpreter"),
        other: text("other"),
        contact: words::code(&CONTACTS, form.get("contact")),
        reach_at: text("reach_at"),
        call_back: text("call_back").map(|words| CallBack {
            words,
            ..CallBack::default()
        }),
        consent: words::code(&CONSENTS, form.get("consent")),
    }
}

async fn set_needs(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let by = caller(staff, Act::WorkCase);
    let now = app.desk.clock().now().instant;
    let done = app
        .desk
        .store()
        .set_needs(&by, reference, needs(form), now)
        .await;
    done.map(|_| "needs").map_err(at("needs"))
}

async fn link(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let wrong = |why: &str| Failed::Wrong(Wrong::new("with", why));
    let with = form.get("with").parse::<CaseReference>();
    let with = with.map_err(|_| wrong("Write the other case's reference, such as WM-7Q4K2D."))?;
    let how = words::code(&LINKS, form.get("how"))
        .ok_or_else(|| wrong("Choose how they hang together."))?;
    let by = caller(staff, Act::WorkCase);
    let now = app.desk.clock().now().instant;
    match app
        .desk
        .store()
        .link_cases(&by, reference, &with, how, now)
        .await
    {
        Ok(()) => Ok("linked"),
        Err(StoreError::NotFound(_)) => Err(wrong("There is no such case for you.")),
        Err(other) => Err(at("with")(other)),
    }
}

async fn unlink(app: &App, staff: &Staff, reference: &CaseReference, with: &str) -> Done {
    let with = with.parse().map_err(|_| Trouble::UnknownCase)?;
    let by = caller(staff, Act::WorkCase);
    let now = app.desk.clock().now().instant;
    let done = app
        .desk
        .store()
        .unlink_cases(&by, reference, &with, now)
        .await;
    done.map(|()| "unlinked").map_err(at("with"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_comes_back_in_the_morning() {
        let sunday: Date = "2026-11-22".parse().unwrap();
        let on = |choice, typed| wake_day(choice, typed, sunday).map(|d| d.to_string());
        assert_eq!(on("tomorrow", "").as_deref(), Some("2026-11-23"));
        assert_eq!(on("three", "").as_deref(), Some("2026-11-25"));
        assert_eq!(on("monday", "").as_deref(), Some("2026-11-23"));
        assert_eq!(on("day", "2026-12-24").as_deref(), Some("2026-12-24"));
        assert_eq!(on("day", "soon"), None);
        let summer = morning("2026-07-01".parse().unwrap()).unwrap();
        assert_eq!(summer.to_string(), "2026-07-01T08:00:00Z");
    }
}
