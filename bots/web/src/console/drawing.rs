//! The conversation of a case as advisers see it: messages, what each answer rested on, a suggestion, a preview.
//! What never lives here: what stands around it (case.rs), how a message is drawn for people (pages/message.rs).

use askama::Template as _;
use jiff::Timestamp;
use waymark::{
    assistant::Suggestion,
    base::{Lang, long_date},
    casework::{Author, Channel, Cited, Message, NewMessage, Receipt},
    delivery::dressed,
    knowledge::Library,
    store::CaseFile,
};

use super::{
    case_views::{BubblesView, CitedView, ReceiptView, SuggestionView, TurnView},
    session::Staff,
};
use crate::{app::App, markdown::Drawer, pages::message, trouble::Trouble};

/// The conversation as the person saw it, each answer with what it rested on.
pub(super) fn transcript(
    app: &App,
    library: &Library,
    drawer: &Drawer,
    file: &CaseFile,
) -> Result<Vec<TurnView>, Trouble> {
    let of = |m: &Message| {
        file.receipts
            .iter()
            .find(|r| Some(&r.id) == m.message.receipt.as_ref())
    };
    let turns = file.messages.iter().map(|m| {
        Ok(TurnView {
            html: drawn(app, drawer, m)?,
            receipt: of(m)
                .filter(|r| !r.cited.is_empty())
                .map(|r| receipt(library, drawer, r)),
        })
    });
    turns.collect()
}

fn drawn(app: &App, drawer: &Drawer, kept: &Message) -> Result<String, Trouble> {
    let mut view = message::view(drawer, &app.settings.service_name, kept);
    if kept.message.author == Author::Person {
        view.sender = "The person".to_owned();
    }
    if let Some(reply) = &mut view.reply {
        // Whether it helped is the person's to say.
        reply.receipt = None;
    }
    view.render().map_err(|_| Trouble::Fault)
}

fn receipt(library: &Library, drawer: &Drawer, receipt: &Receipt) -> ReceiptView {
    ReceiptView {
        day: long_date(receipt.as_of),
        sure: format!("{:.0} in 100", receipt.confidence * 100.0),
        cited: receipt
            .cited
            .iter()
            .map(|c| cited(library, drawer, receipt, c))
            .collect(),
    }
}

/// A cited section: its words where they are still those that were quoted, else that they have changed since.
fn cited(library: &Library, drawer: &Drawer, receipt: &Receipt, cited: &Cited) -> CitedView {
    let article = library.article(&cited.article);
    let section = article.and_then(|a| a.sections.iter().find(|s| s.anchor == cited.section));
    let same = section.filter(|s| s.hash == cited.content_hash);
    let words = same.map(|s| {
        let rendered = library.render(&s.body, receipt.as_of, &Lang::english());
        drawer.blocks(&rendered.text)
    });
    CitedView {
        title: match (article, section) {
            (Some(article), Some(section)) => format!("{}: {}", article.title, section.heading),
            (Some(article), None) => article.title.clone(),
            _ => format!("{}#{}", cited.article, cited.section),
        },
        gone: section.is_none(),
        words,
        rates: cited.rates.clone(),
    }
}

pub(super) fn suggested(drawer: &Drawer, suggestion: Suggestion) -> SuggestionView {
    let first = suggestion.citations.first();
    let text = suggestion.text.trim();
    let (short, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut sources: Vec<_> = suggestion
        .citations
        .iter()
        .map(|c| (&c.source, &c.provision))
        .collect();
    sources.sort();
    sources.dedup();
    SuggestionView {
        short: drawer.blocks(short),
        rest: drawer.blocks(rest),
        sources: sources.len(),
        article: first.map(|c| c.article.clone()).unwrap_or_default(),
        section: first.map(|c| c.section.clone()).unwrap_or_default(),
        sure: format!("{:.0} in 100", suggestion.confidence * 100.0),
        question: suggestion.question,
    }
}

/// How the reply will look to the person, on the channel that they are on.
pub(super) fn preview(
    app: &App,
    drawer: &Drawer,
    (staff, channel): (&Staff, Channel),
    text: &str,
    now: Timestamp,
) -> Result<String, Trouble> {
    let message = Message {
        seq: 0,
        at: now,
        message: NewMessage {
            id: app.desk.ids()?.message(),
            author: Author::Adviser,
            name: Some(staff.account.display.clone()),
            text: text.to_owned(),
            lang: Lang::english(),
            reply_json: None,
            receipt: None,
            case: None,
        },
    };
    match &app.settings.chat_app {
        Some(chat) if channel == Channel::Telegram => {
            let outgoing = dressed(&message.message, &app.desk.library(), false);
            let bubbles = (chat.drawn)(&outgoing);
            let view = BubblesView {
                app: &chat.name,
                bubbles,
            };
            view.render().map_err(|_| Trouble::Fault)
        }
        _ => drawn(app, drawer, &message),
    }
}
