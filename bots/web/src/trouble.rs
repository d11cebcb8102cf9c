//! Everything that can go wrong between a request and its answer, with the page wording of each: one closed list.
//! What never lives here: how it is drawn (dress.rs: a problem document or a page), what is said in a conversation.

use std::borrow::Cow;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use waymark::{
    assistant::DeskError,
    base::mask_personal,
    store::StoreError,
    voice::{HearError, SayError},
};

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The body is not JSON of the expected form.
    MalformedJson {
        /// Where it stops making sense.
        line: usize,
        /// Where in that line.
        column: usize,
    },
    /// Neither text nor action.
    NoWords,
    /// One field is wrong; the sentence says which and what it should be.
    BadInput(String),
    /// No bearer token.
    NoToken,
    /// Not this conversation's token.
    WrongToken,
    /// No such conversation, or it was erased.
    UnknownConversation,
    /// A return link that opens nothing.
    UnknownLink,
    /// No such page or route.
    NotFound,
    /// The route is there, but not for this method.
    WrongMethod,
    /// The body came too slowly or broke off.
    CutOff,
    /// The body is over this many bytes.
    TooLarge(usize),
    /// The body's content type is not the expected one, which is named.
    WrongType(&'static str),
    /// Too often.
    TooMany,
    /// Too many open event streams of one conversation.
    TooManyStreams,
    /// A form that another site sent.
    OtherSite,
    /// A console route without a session.
    NotSignedIn,
    /// Signed in, and not allowed.
    NotAllowed,
    /// No such case, or one of another area: nobody is told which.
    UnknownCase,
    /// An invitation that never was, is spent or has run out.
    NoInvitation,
    /// Speech is not set up.
    NoVoice,
    /// The recording cannot be decoded, or there is nothing in it.
    NotSound,
    /// The recording is over the bytes that are read.
    TooMuchSound,
    /// The recording lasts more than so many seconds.
    TooLong(u32),
    /// The message is in another language than can be spoken.
    NotSpoken,
    /// Nobody to write to about security.
    NoSecurityContact,
    /// Too much to do right now.
    Busy,
    /// Our fault.
    Fault,
}

/// How one trouble is told.
pub(crate) struct Told {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Last part of the problem's type.
    pub(crate) slug: &'static str,
    /// Short, the same each time.
    pub(crate) title: &'static str,
    /// What to do about it.
    pub(crate) detail: Cow<'static, str>,
}

fn told(
    status: StatusCode,
    slug: &'static str,
    title: &'static str,
    detail: impl Into<Cow<'static, str>>,
) -> Told {
    Told {
        status,
        slug,
        title,
        detail: detail.into(),
    }
}

impl Trouble {
    /// The wording.
    pub(crate) fn told(&self) -> Told {
        match self {
            Self::MalformedJson { .. } | Self::NoWords | Self::BadInput(_) => self.told_input(),
            Self::CutOff | Self::TooLarge(_) | Self::WrongType(_) => self.told_body(),
            Self::NotSound | Self::TooMuchSound | Self::TooLong(_) | Self::NotSpoken => {
                self.told_sound()
            }
            Self::NoToken
            | Self::WrongToken
            | Self::UnknownConversation
            | Self::UnknownLink
            | Self::OtherSite => self.told_access(),
            Self::NotFound | Self::WrongMethod | Self::NoVoice | Self::NoSecurityContact => {
                self.told_place()
            }
            Self::NotSignedIn | Self::NotAllowed | Self::UnknownCase | Self::NoInvitation => {
                self.told_staff()
            }
            Self::TooMany | Self::TooManyStreams | Self::Busy | Self::Fault => self.told_load(),
        }
    }

    fn told_input(&self) -> Told {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::MalformedJson { line, column } => {
                let detail = format!(
                    "It is not JSON of the form described at /api/openapi.json (line {line}, column {column})."
                );
                told(bad, "malformed-json", "The body could not be read", detail)
            }
            Self::BadInput(what) => {
                let title = "Something in the request is not right";
                told(bad, "bad-input", title, sentence(what))
            }
            _ => {
                let detail = "Send either \"text\" or \"action\".";
                told(bad, "no-words", "There is no message", detail)
            }
        }
    }

    fn told_body(&self) -> Told {
        match self {
            Self::TooLarge(most) => {
                let detail = format!(
                    "We can read {} kilobytes at a time. Please send the most important part first.",
                    most / 1024
                );
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                told(status, "too-large", "That is too long", detail)
            }
            Self::WrongType(expected) => {
                let detail = format!("Send the body as {expected}.");
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                told(status, "wrong-type", "The body is of another type", detail)
            }
            _ => told(
                StatusCode::REQUEST_TIMEOUT,
                "cut-off",
                "The connection was too slow",
                "Your message did not arrive whole. Please send it again.",
            ),
        }
    }

    fn told_sound(&self) -> Told {
        match self {
            Self::TooLong(seconds) => {
                let detail = format!(
                    "We can listen to {} minutes at a time. Please say it more shortly, or write it.",
                    (seconds / 60).max(1)
                );
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                told(
                    status,
                    "recording-too-long",
                    "That is too long to listen to",
                    detail,
                )
            }
            Self::TooMuchSound => told(
                StatusCode::PAYLOAD_TOO_LARGE,
                "recording-too-large",
                "That is too long to listen to",
                "The recording is too large for us. Please say it more shortly, or write it.",
            ),
            Self::NotSpoken => told(
                StatusCode::UNPROCESSABLE_ENTITY,
                "not-spoken",
                "This message cannot be read out",
                "Only messages in English can be read out.",
            ),
            _ => told(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-a-recording",
                "The recording could not be opened",
                "Please record it again, or write your question instead.",
            ),
        }
    }

    fn told_access(&self) -> Told {
        match self {
            Self::NoToken => told(
                StatusCode::UNAUTHORIZED,
                "no-token",
                "A token is needed",
                "Send the conversation's token as \"Authorization: Bearer ...\".",
            ),
            Self::WrongToken => told(
                StatusCode::FORBIDDEN,
                "wrong-token",
                "The token does not fit",
                "This token does not open this conversation.",
            ),
            Self::OtherSite => told(
                StatusCode::FORBIDDEN,
                "other-site",
                "This came from another website",
                "Nothing was done. Please open the chat page itself and try there.",
            ),
            Self::UnknownLink => told(
                StatusCode::NOT_FOUND,
                "unknown-link",
                "This link no longer works",
                "It was switched off, or the conversation was deleted, or a part of the link is missing.",
            ),
            _ => told(
                StatusCode::NOT_FOUND,
                "unknown-conversation",
                "There is no such conversation",
                "It may have been deleted. You can start a new one at any time.",
            ),
        }
    }

    fn told_place(&self) -> Told {
        match self {
            Self::WrongMethod => told(
                StatusCode::METHOD_NOT_ALLOWED,
                "wrong-method",
                "That cannot be done here",
                "This address exists, but not for this kind of request.",
            ),
            Self::NoVoice => told(
                StatusCode::NOT_IMPLEMENTED,
                "no-voice",
                "Voice is not set up here",
                "We cannot listen or speak here. Please write your question instead.",
            ),
            Self::NoSecurityContact => told(
                StatusCode::NOT_FOUND,
                "no-security-contact",
                "No security contact is set",
                "Whoever runs this service has not said where to report a weakness.",
            ),
            _ => told(
                StatusCode::NOT_FOUND,
                "not-found",
                "There is nothing here",
                "The address may be mistyped or out of date.",
            ),
        }
    }

    fn told_staff(&self) -> Told {
        match self {
            Self::NotSignedIn => told(
                StatusCode::UNAUTHORIZED,
                "not-signed-in",
                "You are not signed in",
                "Your session has ended. Please sign in again.",
            ),
            Self::NotAllowed => told(
                StatusCode::FORBIDDEN,
                "not-allowed",
                "Your role does not allow this",
                "If you need it for your work, ask whoever keeps the accounts.",
            ),
            Self::NoInvitation => told(
                StatusCode::NOT_FOUND,
                "no-invitation",
                "This invitation does not hold",
                "It was used before, or it has run out. Ask whoever keeps the accounts for a new one.",
            ),
            _ => told(
                StatusCode::NOT_FOUND,
                "unknown-case",
                "There is no such case for you",
                "The reference may be mistyped, or the case belongs to an area that is not yours.",
            ),
        }
    }

    fn told_load(&self) -> Told {
        match self {
            Self::TooMany => told(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Please wait a minute",
                "A lot was asked for at once from here. Messages in a conversation never have to wait.",
            ),
            Self::TooManyStreams => told(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-streams",
                "Too many open pages",
                "This conversation is open in too many places at once. Close one of them.",
            ),
            Self::Busy => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "We cannot do that just now",
                "Please try again in a few seconds.",
            ),
            _ => told(
                StatusCode::INTERNAL_SERVER_ERROR,
                "fault",
                "Something went wrong on our side",
                "It is not your doing. Please try again in a minute.",
            ),
        }
    }
}

/// With a capital and a full stop, as pages and documents write it.
fn sentence(what: &str) -> String {
    let mut letters = what.trim().chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let stop = if what.trim().ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

impl From<DeskError> for Trouble {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NoSuchConversation => Self::UnknownConversation,
            DeskError::WrongToken => Self::WrongToken,
            DeskError::BadInput(sentence) => Self::BadInput(sentence),
            DeskError::Busy => Self::Busy,
            DeskError::Fault(what) => {
                tracing::error!(what = mask_personal(&what), "the desk failed");
                Self::Fault
            }
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::NotFound(_) => Self::NotFound,
            StoreError::Refused(sentence) => Self::BadInput(sentence.to_owned()),
            StoreError::Case(refusal) => Self::BadInput(refusal.to_string()),
            other => {
                tracing::error!(what = mask_personal(&other.to_string()), "the store failed");
                Self::Fault
            }
        }
    }
}

impl From<HearError> for Trouble {
    fn from(error: HearError) -> Self {
        match error {
            HearError::Empty | HearError::NotSound => Self::NotSound,
            HearError::TooLarge(_) => Self::TooMuchSound,
            HearError::TooLong(seconds) => Self::TooLong(seconds),
            HearError::Busy => Self::Busy,
            HearError::Absent(_) => Self::NoVoice,
            HearError::Fault(what) => {
                tracing::error!(what, "hearing failed");
                Self::Fault
            }
        }
    }
}

impl From<SayError> for Trouble {
    fn from(error: SayError) -> Self {
        match error {
            SayError::BadWish(wish) => Self::BadInput(format!("{}.", wish)),
            SayError::NotEnglish | SayError::Empty | SayError::TooLong(_) => Self::NotSpoken,
            SayError::Busy => Self::Busy,
            SayError::Absent(_) => Self::NoVoice,
            SayError::Fault(what) => {
                tracing::error!(what, "speaking failed");
                Self::Fault
            }
        }
    }
}

impl IntoResponse for Trouble {
    /// The status alone; `dress` draws the rest, where it is known who is to read it.
    fn into_response(self) -> Response {
        let mut response = self.told().status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
