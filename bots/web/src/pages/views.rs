//! One struct for each template: what a page is filled with, and nothing that decides.
//! What never lives here: reading conversations, handlers.

use askama::Template;

use super::frame::Frame;
use crate::app::App;

/// A council to choose.
pub(crate) struct AreaView {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Whether the page can listen and read aloud.
pub(crate) struct VoiceView {
    /// Seconds that a recording may have; `None` where nothing is heard.
    pub(crate) hears: Option<u32>,
    pub(crate) speaks: bool,
}

impl VoiceView {
    /// As it stands now.
    pub(crate) fn new(app: &App) -> Self {
        let longest = app.settings.max_recording_seconds;
        Self {
            hears: app.desk.hears().then_some(longest),
            speaks: app.desk.speaks(),
        }
    }

    /// The longest recording as people say it.
    fn longest(&self) -> String {
        match self.hears.unwrap_or(0) {
            60 => "1 minute".to_owned(),
            whole if whole > 60 && whole % 60 == 0 => format!("{} minutes", whole / 60),
            seconds => format!("{seconds} seconds"),
        }
    }
}

/// How the person's case stands.
pub(crate) struct WaitingView {
    pub(crate) reference: String,
    /// Whether an adviser has it.
    pub(crate) claimed: bool,
    /// Whether an adviser has asked something and waits.
    pub(crate) asked: bool,
    /// People before them in the queue.
    pub(crate) before: Option<usize>,
    /// By when a reply was promised.
    pub(crate) expected: Option<String>,
}

/// Before the first message.
#[derive(Template)]
#[template(path = "start.html")]
pub(crate) struct StartPage {
    pub(crate) frame: Frame,
    pub(crate) areas: Vec<AreaView>,
    /// The one chosen beforehand, by its id.
    pub(crate) chosen: String,
    /// Who asks, and what they ask.
    pub(crate) examples: &'static [(&'static str, &'static [&'static str])],
    pub(crate) voice: VoiceView,
    /// Why nothing is answered at the moment, where the chat is switched off.
    pub(crate) off: Option<String>,
    /// Bytes of a message that are read: the script sends hardly more, so that a pasted book neither stalls an old phone nor is
    /// refused half way.
    pub(crate) most: usize,
    pub(crate) notice: Option<&'static str>,
}

/// A conversation under way.
#[derive(Template)]
#[template(path = "chat.html")]
pub(crate) struct ChatPage {
    pub(crate) frame: Frame,
    pub(crate) areas: Vec<AreaView>,
    /// The council that answers go by.
    pub(crate) area: Option<String>,
    /// Languages that short answers are held in.
    pub(crate) languages: Vec<LanguageView>,
    pub(crate) voice: VoiceView,
    /// Why nothing is answered at the moment, where the chat is switched off.
    pub(crate) off: Option<String>,
    /// Bytes of a message that are read: the script sends hardly more, so that a pasted book neither stalls an old phone nor is
    /// refused half way.
    pub(crate) most: usize,
    pub(crate) waiting: Option<WaitingView>,
    /// Each drawn from `MessageView`.
    pub(crate) messages: Vec<String>,
    /// Number of the newest one.
    pub(crate) last: u64,
    pub(crate) notice: Option<&'static str>,
}

/// A language to read answers in.
pub(crate) struct LanguageView {
    pub(crate) code: String,
    /// Its own name for itself.
    pub(crate) name: String,
    /// `ltr` or `rtl`.
    pub(crate) dir: &'static str,
}

/// One message.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct MessageView {
    pub(crate) seq: u64,
    /// `person`, `assistant`, `adviser`, `system`: also the class.
    pub(crate) author: &'static str,
    pub(crate) sender: String,
    pub(crate) at: String,
    pub(crate) at_words: String,
    pub(crate) lang: String,
    /// `ltr`, `rtl`; `auto` for what people typed.
    pub(crate) dir: &'static str,
    /// Plain, for a person's message.
    pub(crate) text: String,
    /// Safe HTML, for all others without a reply.
    pub(crate) html: String,
    pub(crate) reply: Option<ReplyView>,
    /// Whether this is the newest that is not the person's own: where the page scrolls to.
    pub(crate) latest: bool,
    /// Whether this is the assistant's newest reply: only that one has buttons.
    pub(crate) buttons: bool,
    /// Whether everything stands unfolded, without buttons: for print.
    pub(crate) open: bool,
}

impl MessageView {
    /// Whether it is a reply in parts, which has its tools right after the short answer.
    fn in_parts(&self) -> bool {
        self.reply.as_ref().is_some_and(|reply| reply.in_parts)
    }
}

/// A reply of the assistant.
pub(crate) struct ReplyView {
    pub(crate) urgent: bool,
    /// Drawn in parts (short answer, rule, steps, details) rather than as one text.
    pub(crate) in_parts: bool,
    /// What was heard, of a spoken message.
    pub(crate) heard: Option<String>,
    /// Safe HTML.
    pub(crate) summary: String,
    /// The same, a line each: several answers, or the lines of an easy one. Safe HTML.
    pub(crate) short: Vec<String>,
    /// Safe HTML.
    pub(crate) body: String,
    /// That a machine translated it, in the person's language.
    pub(crate) translated: Option<String>,
    /// The same in English, safe HTML.
    pub(crate) english: Option<String>,
    /// Who will listen, safe HTML: first in an urgent reply, else below the short answer.
    pub(crate) help: Option<String>,
    pub(crate) rule: Option<String>,
    /// Safe HTML, one line each.
    pub(crate) next: Vec<String>,
    /// Safe HTML.
    pub(crate) details: Option<String>,
    /// The guides that say more, at their sections.
    pub(crate) guides: Vec<LinkView>,
    pub(crate) sources: Vec<SourceView>,
    /// Whether one of them is unconfirmed: that is said outside the fold.
    pub(crate) unconfirmed: bool,
    /// Whether the options are the answers to one question.
    pub(crate) asks: bool,
    /// Whether they answer whether it is safe to write to the person.
    pub(crate) asks_safe: bool,
    pub(crate) case: Option<CaseView>,
    pub(crate) options: Vec<(String, String)>,
    /// The councils among the options of an urgent reply: they answer another question than the rest.
    pub(crate) councils: Vec<(String, String)>,
    /// Whether to offer a person beside the options.
    pub(crate) offer_person: bool,
    /// The receipt to give feedback on.
    pub(crate) receipt: Option<String>,
}

/// A source of a reply.
#[derive(PartialEq, Eq)]
pub(crate) struct SourceView {
    pub(crate) title: String,
    pub(crate) provision: Option<String>,
    pub(crate) standing: String,
    pub(crate) url: Option<String>,
    pub(crate) checked: String,
    pub(crate) confirmed: bool,
}

/// A logged case.
pub(crate) struct CaseView {
    pub(crate) reference: String,
    pub(crate) expected: Option<String>,
}

/// What is kept and why.
#[derive(Template)]
#[template(path = "privacy.html")]
pub(crate) struct PrivacyPage {
    pub(crate) frame: Frame,
    /// Whether recordings are heard.
    pub(crate) hears: bool,
    /// Whether people may ask for an e-mail that a reply waits.
    pub(crate) mails: bool,
    pub(crate) cookie_days: u32,
    pub(crate) anonymous_days: u32,
    pub(crate) case_years: u32,
}

/// How accessible it is.
#[derive(Template)]
#[template(path = "accessibility.html")]
pub(crate) struct AccessibilityPage {
    pub(crate) frame: Frame,
    pub(crate) prepared: String,
    pub(crate) audited: String,
    pub(crate) audited_by: String,
    /// One sentence each.
    pub(crate) problems: Vec<String>,
}

/// What it is, and how fresh what it knows is.
#[derive(Template)]
#[template(path = "about.html")]
pub(crate) struct AboutPage {
    pub(crate) frame: Frame,
    pub(crate) guides: usize,
    pub(crate) sections: usize,
    pub(crate) sources: usize,
    pub(crate) unconfirmed: usize,
    /// The day of the oldest and of the newest look at a source.
    pub(crate) oldest: String,
    pub(crate) newest: String,
    /// The next day by which somebody must look again.
    pub(crate) review: String,
    pub(crate) overdue: usize,
    pub(crate) councils: String,
    pub(crate) version: String,
    pub(crate) program: &'static str,
}

/// The one cookie.
#[derive(Template)]
#[template(path = "cookies.html")]
pub(crate) struct CookiesPage {
    pub(crate) frame: Frame,
    pub(crate) name: &'static str,
    pub(crate) days: u32,
}

/// A link to a page of ours.
pub(crate) struct LinkView {
    pub(crate) href: String,
    pub(crate) words: String,
}

/// The guides of one topic.
pub(crate) struct TopicView {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) links: Vec<LinkView>,
}

/// All guides.
#[derive(Template)]
#[template(path = "guides.html")]
pub(crate) struct GuidesPage {
    pub(crate) frame: Frame,
    pub(crate) canonical: String,
    pub(crate) topics: Vec<TopicView>,
    /// Id and words of everybody that guides are written for.
    pub(crate) readers: [(&'static str, &'static str); 7],
    /// Id of whom they are shown for; empty for all.
    pub(crate) reader: &'static str,
}

/// A section of a guide.
pub(crate) struct SectionView {
    pub(crate) anchor: String,
    pub(crate) heading: String,
    /// Safe HTML.
    pub(crate) body: String,
    /// The first day it holds.
    pub(crate) from: Option<String>,
    /// The last day it holds.
    pub(crate) to: Option<String>,
    pub(crate) sources: Vec<SourceView>,
}

/// One guide.
#[derive(Template)]
#[template(path = "guide.html")]
pub(crate) struct GuidePage {
    pub(crate) frame: Frame,
    pub(crate) canonical: String,
    pub(crate) title: String,
    /// The last day of one whose time is over.
    pub(crate) past: Option<String>,
    /// Its review is too long overdue: nothing of it is shown.
    pub(crate) overdue: bool,
    pub(crate) id: String,
    /// Safe HTML.
    pub(crate) summary: String,
    /// Safe HTML: the easy-read text in place of everything else.
    pub(crate) easy: Option<String>,
    /// Whether there is one.
    pub(crate) has_easy: bool,
    /// Safe HTML, one line each.
    pub(crate) next: Vec<String>,
    /// What holds today.
    pub(crate) sections: Vec<SectionView>,
    /// What holds later.
    pub(crate) coming: Vec<SectionView>,
    /// What held before, newest first.
    pub(crate) before: Vec<SectionView>,
    /// What the short answer rests on.
    pub(crate) sources: Vec<SourceView>,
    pub(crate) related: Vec<LinkView>,
    pub(crate) today: String,
    /// The newest look at a source, for programs and for people.
    pub(crate) modified: Option<String>,
    pub(crate) checked: Option<String>,
    pub(crate) review_by: String,
}

/// A guide that was found.
pub(crate) struct FoundView {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) section: Option<String>,
    pub(crate) gist: String,
}

/// The search.
#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    pub(crate) frame: Frame,
    pub(crate) q: String,
    pub(crate) found: Vec<FoundView>,
}

/// The script that other websites take in.
#[derive(Template)]
#[template(path = "widget.js", escape = "none")]
pub(crate) struct WidgetScript {
    /// The service's name as a JSON string, quotes and all.
    pub(crate) service_json: String,
    /// `#rrggbb`.
    pub(crate) colour: String,
    /// `#rrggbb`.
    pub(crate) on_colour: String,
}

/// How to put the chat on another website.
#[derive(Template)]
#[template(path = "widget.html")]
pub(crate) struct WidgetPage {
    pub(crate) frame: Frame,
    /// Where the browser found us.
    pub(crate) origin: String,
    pub(crate) areas: Vec<AreaView>,
    /// Who may show it.
    pub(crate) origins: Vec<String>,
}

/// Ways to keep a conversation.
#[derive(Template)]
#[template(path = "keep.html")]
pub(crate) struct KeepPage {
    pub(crate) frame: Frame,
    pub(crate) references: Vec<String>,
    /// A return link that was made just now.
    pub(crate) link: Option<String>,
    /// Whether that link names our address; else it begins with a slash.
    pub(crate) whole: bool,
    /// How many return links there are.
    pub(crate) links: u64,
    /// What people call the chat app in which it can go on.
    pub(crate) carry: Option<String>,
    /// A `mailto:` address.
    pub(crate) mail: String,
    /// Whether we can send it ourselves.
    pub(crate) letters: bool,
    /// Being told by e-mail that a reply waits, where that is set up.
    pub(crate) told: Option<ToldView>,
}

/// Being told by e-mail that a reply waits.
#[derive(Default)]
pub(crate) struct ToldView {
    /// Whether they are.
    pub(crate) on: bool,
    /// What was typed before.
    pub(crate) email: String,
    /// Whether that is no address.
    pub(crate) unreadable: bool,
    /// Whether they did not say that it is safe.
    pub(crate) not_safe: bool,
}

/// Asks where to send a letter.
#[derive(Template)]
#[template(path = "letter.html")]
pub(crate) struct LetterPage {
    pub(crate) frame: Frame,
    /// What was typed before.
    pub(crate) to: String,
    /// Whether that is no address.
    pub(crate) unreadable: bool,
    /// Whether the mail server did not take it.
    pub(crate) failed: bool,
}

/// The letter itself.
#[derive(Template)]
#[template(path = "letter.txt")]
pub(crate) struct LetterText {
    pub(crate) service: String,
    pub(crate) today: String,
    pub(crate) references: Vec<String>,
    /// Who, when, what.
    pub(crate) lines: Vec<(String, String, String)>,
}

/// A link to a chat app, shown once.
#[derive(Template)]
#[template(path = "carry.html")]
pub(crate) struct CarryPage {
    pub(crate) frame: Frame,
    /// What people call it.
    pub(crate) chat_app: String,
    pub(crate) link: String,
}

/// A conversation on paper.
#[derive(Template)]
#[template(path = "print.html")]
pub(crate) struct PrintPage {
    pub(crate) frame: Frame,
    pub(crate) references: Vec<String>,
    pub(crate) today: String,
    /// Each drawn from `MessageView`.
    pub(crate) messages: Vec<String>,
}

/// Asks before a return link is followed.
#[derive(Template)]
#[template(path = "return.html")]
pub(crate) struct ReturnPage {
    pub(crate) frame: Frame,
    pub(crate) link: String,
    /// Whether this browser shows another conversation now.
    pub(crate) replaces: bool,
}

/// Asks why an answer did not help.
#[derive(Template)]
#[template(path = "helped.html")]
pub(crate) struct HelpedPage {
    pub(crate) frame: Frame,
    pub(crate) receipt: String,
}

/// Asks before a conversation is deleted.
#[derive(Template)]
#[template(path = "delete.html")]
pub(crate) struct DeletePage {
    pub(crate) frame: Frame,
}

/// Something went wrong.
#[derive(Template)]
#[template(path = "trouble.html")]
pub(crate) struct TroublePage {
    pub(crate) frame: Frame,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
    /// What was written and not answered.
    pub(crate) draft: String,
}
