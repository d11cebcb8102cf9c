//! The life of a case: what may be done with it in which state, and what it is afterwards. Pure: (case, action, actor, now)
//! -> new case and events, or a refusal in plain words. The log alone brings a case to the state that it is in.
//! What never lives here: text, SQL, and who is allowed in (roles).

use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::{
    Actor, Case, CaseEventKind as Kind, CaseKind, CaseState, Channel, ClientGroup, NewCaseEvent,
    Priority, Rating,
};
use crate::base::{CaseReference, MessageId, NoteId};

/// Outcome codes for closing that the console offers; a council may use others of the same form.
pub const OUTCOMES: [&str; 10] = [
    "answered",
    "signposted",
    "referred",
    "set_up_started",
    "safeguarding_passed",
    "request_decided",
    "duplicate",
    "withdrawn",
    "no_reply",
    "other",
];

/// A case may be put aside at most this long.
const LONGEST_SNOOZE_DAYS: i64 = 366;

/// Something that somebody wants to do with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Look at it.
    Read,
    /// Take it; of several at once exactly one gets it.
    Claim,
    /// Hand it to a colleague, or take it over (`to` is oneself).
    Assign {
        /// The colleague's account name.
        to: String,
    },
    /// Give it back to the queue.
    Release,
    /// Reply to the person. Takes a case that nobody has, and opens a closed one again.
    Reply {
        /// The message, kept beside.
        message: MessageId,
        /// Whether the person is asked something, so that the case waits for them.
        asks: bool,
    },
    /// Put it aside until then.
    Snooze {
        /// When it comes back by itself.
        until: Timestamp,
    },
    /// Take it up again.
    Wake,
    /// Close it.
    Close {
        /// How it ended: a short code.
        outcome: String,
    },
    /// Open it again.
    Reopen,
    /// Add a note.
    Note {
        /// The note, kept beside.
        note: NoteId,
    },
    /// Put right what it is.
    Change(Change),
    /// Put right how the person needs us to communicate (the needs themselves are kept beside).
    ChangeNeeds,
    /// Link it with another case.
    Link {
        /// The other one.
        with: CaseReference,
        /// In what way.
        how: Link,
    },
    /// Take such a link away.
    Unlink {
        /// The other one.
        from: CaseReference,
    },
    /// A reply did not arrive.
    DeliveryFailed {
        /// Which.
        message: MessageId,
    },
    /// A suggested reply was of no use; the reason is kept beside as a to-do for editors.
    RejectSuggestion,
    /// Ask the person whether it helped.
    AskRating,
    /// The person's answer to that.
    Rate(Rating),
    /// The person wrote again.
    PersonWrote,
    /// The content was given out.
    Export,
}

/// What an adviser puts right; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// How soon.
    pub priority: Option<Priority>,
    /// About what.
    pub kind: Option<CaseKind>,
    /// Whose queue.
    pub area: Option<String>,
    /// Whom it is about.
    pub client_group: Option<ClientGroup>,
}

/// How two cases hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The same matter twice.
    Duplicate,
    /// The same person on another channel, or again.
    SamePerson,
    /// Anything else that belongs together.
    Related,
}

/// Why it cannot be done, in words for an adviser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A colleague has it.
    #[error("{0} has this case: take it over first")]
    Taken(String),
    /// It is closed.
    #[error("this case is closed: open it again first")]
    Closed,
    /// It is not closed.
    #[error("this case is still open")]
    Open,
    /// The time is not one.
    #[error("a case is put aside until a time that lies ahead, within a year")]
    BadTime,
    /// Urgent cases are not put aside by nobody.
    #[error("an urgent case that nobody has cannot be put aside: claim it first")]
    Unattended,
    /// There is nobody to write to.
    #[error("this enquiry came by phone or at the door: ring the person, and add a note")]
    NoChannel,
    /// Text where the log takes codes.
    #[error(
        "{0} is a short code such as 'answered', not a sentence: the case log cannot be erased"
    )]
    NotACode(&'static str),
    /// Nobody's to do.
    #[error("that cannot be done by {0}")]
    NotYours(&'static str),
    /// Once is enough.
    #[error("the person has been asked already")]
    AskedAlready,
    /// Not with itself.
    #[error("a case cannot be linked with itself")]
    WithItself,
    /// Nothing in it.
    #[error("nothing would change")]
    Nothing,
}

/// What came of an action: the case as it is now, and what the log gains.
pub type Done = (Case, Vec<NewCaseEvent>);

impl Case {
    /// Does it, if it may be done now by this actor.
    ///
    /// # Errors
    /// Why not; nothing has changed then.
    pub fn act(&self, action: &Action, by: &Actor, now: Timestamp) -> Result<Done, Refusal> {
        let mut case = self.clone();
        let mut events = Vec::new();
        for (kind, detail) in self.events_of(action, by, now)? {
            let event = NewCaseEvent {
                case: self.opened.reference.clone(),
                kind,
                actor: by.as_str().to_owned(),
                detail,
            };
            case = case.after(&event, now);
            events.push(event);
        }
        Ok((case, events))
    }

    fn events_of(
        &self,
        action: &Action,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Vec<(Kind, String)>, Refusal> {
        let one = |kind, detail: String| Ok(vec![(kind, detail)]);
        let bare = |kind| Ok(vec![(kind, String::new())]);
        match action {
            Action::Read => bare(Kind::Read),
            Action::Claim => self.claim(by),
            Action::Assign { to } => {
                self.open()?;
                adviser(by)?;
                one(
                    Kind::Assigned,
                    format!("to={}", code("a colleague's account name", to)?),
                )
            }
            Action::Release => {
                self.open()?;
                self.mine(by)?;
                bare(Kind::Released)
            }
            Action::Reply { message, asks } => self.reply(message, *asks, by),
            Action::Snooze { until } => self.snooze(*until, by, now),
            Action::Wake => self.wake(by, now),
            Action::Close { outcome } => self.close(outcome, by),
            Action::Reopen => match self.state {
                CaseState::Closed => bare(Kind::Reopened),
                _ => Err(Refusal::Open),
            },
            Action::Note { note } => one(Kind::Noted, format!("note={note}")),
            Action::Change(change) => one(Kind::Changed, self.change(change)?),
            Action::ChangeNeeds => bare(Kind::NeedsChanged),
            Action::Link { with, .. } if *with == self.opened.reference => Err(Refusal::WithItself),
            Action::Link { with, how } => {
                one(Kind::Linked, format!("with={with} how={}", word(how)))
            }
            Action::Unlink { from } => one(Kind::Unlinked, format!("from={from}")),
            Action::DeliveryFailed { message } => {
                one(Kind::DeliveryFailed, format!("message={message}"))
            }
            Action::RejectSuggestion => bare(Kind::SuggestionRejected),
            Action::AskRating => match (self.state, self.rating_asked) {
                (CaseState::Closed, None) => bare(Kind::RatingAsked),
                (CaseState::Closed, Some(_)) => Err(Refusal::AskedAlready),
                _ => Err(Refusal::Open),
            },
            Action::Rate(rating) => one(Kind::Rated, format!("rating={}", word(rating))),
            Action::PersonWrote if self.state == CaseState::Closed => Ok(vec![
                (Kind::Reopened, String::new()),
                (Kind::PersonWrote, String::new()),
            ]),
            Action::PersonWrote => bare(Kind::PersonWrote),
            Action::Export => bare(Kind::Exported),
        }
    }

    /// Who has it already has it; what somebody else has is not taken from them by claiming.
    fn claim(&self, by: &Actor) -> Result<Vec<(Kind, String)>, Refusal> {
        self.open()?;
        let name = adviser(by)?;
        match &self.adviser {
            Some(has) if has == name && self.state == CaseState::Claimed => Ok(Vec::new()),
            Some(has) if has != name => Err(Refusal::Taken(has.clone())),
            _ => Ok(vec![(Kind::Claimed, String::new())]),
        }
    }

    fn reply(
        &self,
        message: &MessageId,
        asks: bool,
        by: &Actor,
    ) -> Result<Vec<(Kind, String)>, Refusal> {
        adviser(by)?;
        if matches!(self.channel, Channel::Phone | Channel::WalkIn) {
            return Err(Refusal::NoChannel);
        }
        let mut events = Vec::new();
        if self.state == CaseState::Closed {
            events.push((Kind::Reopened, String::new()));
        } else {
            self.mine(by)?;
        }
        if self.state == CaseState::Closed || self.adviser.is_none() {
            events.push((Kind::Claimed, String::new()));
        }
        let waits = if asks { " asks=yes" } else { "" };
        events.push((Kind::Replied, format!("message={message}{waits}")));
        Ok(events)
    }

    fn snooze(
        &self,
        until: Timestamp,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Vec<(Kind, String)>, Refusal> {
        self.open()?;
        self.mine(by)?;
        if self.adviser.is_none() && self.opened.priority == Priority::Urgent {
            return Err(Refusal::Unattended);
        }
        let last = now.checked_add((LONGEST_SNOOZE_DAYS * 24).hours());
        if until <= now || last.is_ok_and(|last| until > last) {
            return Err(Refusal::BadTime);
        }
        Ok(vec![(Kind::Snoozed, format!("until={until}"))])
    }

    fn wake(&self, by: &Actor, now: Timestamp) -> Result<Vec<(Kind, String)>, Refusal> {
        if self.state != CaseState::Snoozed {
            return Err(Refusal::Nothing);
        }
        let due = self.snoozed_until.is_none_or(|until| until <= now);
        match by {
            Actor::Service if !due => Err(Refusal::BadTime),
            _ => Ok(vec![(Kind::Woken, String::new())]),
        }
    }

    /// A closed case stays as it is.
    fn close(&self, outcome: &str, by: &Actor) -> Result<Vec<(Kind, String)>, Refusal> {
        adviser(by)?;
        let outcome = code("an outcome", outcome)?;
        if self.state == CaseState::Closed {
            return Ok(Vec::new());
        }
        self.mine(by)?;
        Ok(vec![(Kind::Closed, format!("outcome={outcome}"))])
    }

    fn change(&self, change: &Change) -> Result<String, Refusal> {
        let mut codes = Vec::new();
        if let Some(priority) = change.priority.filter(|p| *p != self.opened.priority) {
            codes.push(format!("priority={}", word(&priority)));
        }
        if let Some(kind) = change.kind.filter(|k| *k != self.opened.kind) {
            codes.push(format!("kind={}", word(&kind)));
        }
        if let Some(area) = change
            .area
            .as_deref()
            .filter(|a| Some(*a) != self.opened.area.as_deref())
        {
            codes.push(format!("area={}", code("an area", area)?));
        }
        if let Some(group) = change
            .client_group
            .filter(|g| Some(*g) != self.client_group)
        {
            codes.push(format!("client_group={}", word(&group)));
        }
        if codes.is_empty() {
            return Err(Refusal::Nothing);
        }
        Ok(codes.join(" "))
    }

    fn open(&self) -> Result<(), Refusal> {
        match self.state {
            CaseState::Closed => Err(Refusal::Closed),
            _ => Ok(()),
        }
    }

    /// Nobody else has it.
    fn mine(&self, by: &Actor) -> Result<(), Refusal> {
        let name = adviser(by)?;
        match &self.adviser {
            Some(has) if has != name => Err(Refusal::Taken(has.clone())),
            _ => Ok(()),
        }
    }

    /// The case after an event of its log. What an event does not know changes nothing.
    #[must_use]
    pub fn after(mut self, event: &NewCaseEvent, at: Timestamp) -> Self {
        let back = if self.adviser.is_some() {
            CaseState::Claimed
        } else {
            CaseState::Waiting
        };
        match event.kind {
            Kind::Opened => self.queue(),
            // Back into the queue, whoever had it: that adviser may not be there.
            Kind::Released => self.queue(),
            Kind::Reopened => {
                self.queue();
                (self.closed, self.outcome) = (None, None);
            }
            Kind::Claimed => {
                self.state = CaseState::Claimed;
                self.adviser = Some(event.actor.clone());
                self.first_opened.get_or_insert(at);
            }
            Kind::Assigned => {
                self.adviser = event.code("to").map(str::to_owned);
                if self.state == CaseState::Waiting {
                    self.state = CaseState::Claimed;
                }
            }
            Kind::Snoozed => {
                self.state = CaseState::Snoozed;
                self.snoozed_until = event.code("until").and_then(|t| t.parse().ok());
            }
            Kind::Woken => self.state = back,
            Kind::Closed => {
                self.state = CaseState::Closed;
                self.outcome = event.code("outcome").map(str::to_owned);
                self.closed = Some(at);
            }
            Kind::PersonWrote | Kind::Replied => {
                if matches!(self.state, CaseState::WaitingForPerson | CaseState::Snoozed) {
                    self.state = back;
                }
                if event.kind == Kind::Replied {
                    self.first_replied.get_or_insert(at);
                    self.undelivered = false;
                    if event.code("asks").is_some() {
                        self.state = CaseState::WaitingForPerson;
                    }
                }
            }
            Kind::Read => {
                if matches!(Actor::of(&event.actor), Actor::Adviser(_)) {
                    self.first_opened.get_or_insert(at);
                }
                // Looking changes nothing else.
                return self;
            }
            Kind::Changed => self.changed(event),
            Kind::DeliveryFailed => self.undelivered = true,
            Kind::RatingAsked => {
                self.rating_asked.get_or_insert(at);
            }
            Kind::Rated => self.rating = event.word("rating"),
            Kind::Alerted => return self,
            // Going back to the assistant, or an erasure, never takes a case out of the queue by itself: somebody may be in
            // danger, and only an adviser says that it is done.
            Kind::BackToAssistant
            | Kind::Unreachable
            | Kind::Reachable
            | Kind::Erased
            | Kind::ContactSafety
            | Kind::Noted
            | Kind::NeedsChanged
            | Kind::Linked
            | Kind::Unlinked
            | Kind::SuggestionRejected
            | Kind::Request
            | Kind::Exported => {}
        }
        if self.state != CaseState::Snoozed {
            self.snoozed_until = None;
        }
        self.updated = at;
        self
    }

    fn queue(&mut self) {
        self.state = CaseState::Waiting;
        self.adviser = None;
    }

    fn changed(&mut self, event: &NewCaseEvent) {
        let opened = &mut self.opened;
        opened.priority = event.word("priority").unwrap_or(opened.priority);
        opened.kind = event.word("kind").unwrap_or(opened.kind);
        if let Some(area) = event.code("area") {
            opened.area = Some(area.to_owned());
        }
        self.client_group = event.word("client_group").or(self.client_group);
    }
}

fn adviser(by: &Actor) -> Result<&str, Refusal> {
    match by {
        Actor::Adviser(name) => Ok(name),
        Actor::Person => Err(Refusal::NotYours("the person")),
        Actor::Assistant => Err(Refusal::NotYours("the assistant")),
        Actor::Service => Err(Refusal::NotYours("the service")),
    }
}

/// A short code without spaces: what the log may hold.
fn code<'a>(what: &'static str, text: &'a str) -> Result<&'a str, Refusal> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.@+".contains(&b);
    if text.is_empty() || text.len() > 64 || !text.bytes().all(good) {
        return Err(Refusal::NotACode(what));
    }
    Ok(text)
}

/// The word of a unit variant, as serde spells it.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
