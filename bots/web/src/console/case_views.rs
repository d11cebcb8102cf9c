//! What the page of one case is filled with.
//! What never lives here: reading it (case.rs), anything that decides.

use askama::Template;
use waymark::delivery::{Look, Stretch};

use super::{
    queue::{Menu, Row},
    views::{Frame, Wrong},
};

/// A name and a value.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// One message of the conversation.
pub(super) struct TurnView {
    /// Safe HTML.
    pub(super) html: String,
    pub(super) receipt: Option<ReceiptView>,
}

/// A reply as a chat app shows it, a message each.
#[derive(Template)]
#[template(path = "console/bubbles.html")]
pub(super) struct BubblesView<'a> {
    pub(super) app: &'a str,
    pub(super) bubbles: Vec<Vec<Stretch>>,
}

/// What an answer rested on.
pub(super) struct ReceiptView {
    pub(super) day: String,
    pub(super) sure: String,
    pub(super) cited: Vec<CitedView>,
}

/// One section of it.
pub(super) struct CitedView {
    pub(super) title: String,
    /// Safe HTML, while the words are still the same.
    pub(super) words: Option<String>,
    pub(super) gone: bool,
    pub(super) rates: Vec<String>,
}

/// A reply that retrieval suggests.
pub(super) struct SuggestionView {
    pub(super) question: String,
    /// The short answer, safe HTML.
    pub(super) short: String,
    /// All else with the sources, safe HTML.
    pub(super) rest: String,
    /// How many sources it names.
    pub(super) sources: usize,
    pub(super) article: String,
    pub(super) section: String,
    pub(super) sure: String,
}

/// A section to put into a reply.
pub(super) struct FoundSection {
    pub(super) place: String,
    pub(super) title: String,
    pub(super) begins: String,
}

/// A note.
pub(super) struct NoteView {
    pub(super) by: String,
    pub(super) at: String,
    pub(super) text: String,
}

/// A linked case.
pub(super) struct LinkedView {
    pub(super) row: Row,
    pub(super) how: &'static str,
}

/// A line of the history.
pub(super) struct HistoryView {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) what: String,
    /// How often, one after the other.
    pub(super) times: u32,
}

/// Somebody to hand the case to.
pub(super) struct Colleague {
    pub(super) name: String,
    pub(super) words: String,
}

/// How the person needs us to communicate: as lines, and as a form.
pub(super) struct NeedsView {
    pub(super) lines: Vec<String>,
    pub(super) formats: Vec<Menu>,
    pub(super) interpreter: String,
    pub(super) other: String,
    pub(super) contacts: Vec<Menu>,
    pub(super) reach_at: String,
    pub(super) call_back: String,
    pub(super) consents: Vec<Menu>,
}

/// What whoever looks may do with this case, as it stands now.
pub(super) struct May {
    /// Anything at all.
    pub(super) work: bool,
    /// Decide on personal data.
    pub(super) decide: bool,
    pub(super) claim: bool,
    pub(super) hand_on: bool,
    /// Whether there is a box for a reply.
    pub(super) write: bool,
}

/// What the forms offer.
pub(super) struct Menus {
    pub(super) kinds: Vec<Menu>,
    pub(super) priorities: Vec<Menu>,
    pub(super) areas: Vec<Menu>,
    pub(super) groups: Vec<Menu>,
    pub(super) outcomes: Vec<Menu>,
    pub(super) rejections: Vec<Menu>,
    pub(super) how_linked: Vec<Menu>,
}

/// One case.
#[derive(Template)]
#[template(path = "console/case.html")]
pub(super) struct CasePage {
    pub(super) frame: Frame,
    pub(super) row: Row,
    /// What a reply and a note sent from this page are known by: the same form sent twice counts once.
    pub(super) fresh: (String, String),
    /// The newest event of its log that the page shows.
    pub(super) newest: u64,
    pub(super) mine: bool,
    pub(super) open: bool,
    pub(super) aside: bool,
    pub(super) erased: bool,
    /// Came by phone or at the door: nobody can be written to.
    pub(super) phone: bool,
    pub(super) held_by_other: Option<String>,
    pub(super) may: May,
    pub(super) safety: Option<&'static str>,
    /// Whether that is a warning.
    pub(super) careful: bool,
    pub(super) others: Vec<String>,
    pub(super) facts: Vec<Fact>,
    /// How a request about personal data on it stands.
    pub(super) request: Option<String>,
    pub(super) turns: Vec<TurnView>,
    pub(super) suggestion: Option<SuggestionView>,
    pub(super) text: String,
    /// Safe HTML.
    pub(super) preview: Option<String>,
    pub(super) open_fields: Vec<String>,
    /// Id and title.
    pub(super) saved: Vec<(String, String)>,
    pub(super) sought: String,
    pub(super) found: Vec<FoundSection>,
    /// Code and name.
    pub(super) languages: Vec<(String, String)>,
    pub(super) notes: Vec<NoteView>,
    pub(super) links: Vec<LinkedView>,
    pub(super) history: Vec<HistoryView>,
    pub(super) needs: NeedsView,
    pub(super) menus: Menus,
    pub(super) colleagues: Vec<Colleague>,
    pub(super) wrong: Option<Wrong>,
}
