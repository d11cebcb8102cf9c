//! A kept message -> what the template shows of it.
//! What never lives here: HTML beyond rendered markdown, anything that changes a conversation.

use askama::Template;
use waymark::{
    assistant::{CaseShown, Citation, Reply},
    base::{Lang, long_date, plain_time},
    casework::{Author, Message, NewMessage, Outcome},
};

use super::views::{CaseView, LinkView, MessageView, ReplyView, SourceView};
use crate::{
    markdown::{Drawer, may_lead_to, visible},
    trouble::Trouble,
};

/// Links to guides under an answer, at most.
const GUIDES: usize = 4;

/// The messages drawn, oldest first; the assistant's newest reply among them has buttons.
pub(crate) fn draw(
    drawer: &Drawer,
    service: &str,
    messages: &[Message],
) -> Result<Vec<String>, Trouble> {
    let newest = |fits: fn(Author) -> bool| messages.iter().rposition(|m| fits(m.message.author));
    let latest = newest(|author| author != Author::Person);
    let buttons = newest(|author| author == Author::Assistant);
    let drawn = messages.iter().enumerate().map(|(at, message)| {
        let mut view = view(drawer, service, message);
        view.latest = Some(at) == latest;
        view.buttons = Some(at) == buttons;
        view.render().map_err(|_| Trouble::Fault)
    });
    drawn.collect()
}

/// The messages drawn to be printed: unfolded, without buttons.
pub(crate) fn unfolded(
    drawer: &Drawer,
    service: &str,
    messages: &[Message],
) -> Result<Vec<String>, Trouble> {
    let drawn = messages.iter().map(|message| {
        let mut view = view(drawer, service, message);
        view.open = true;
        view.render().map_err(|_| Trouble::Fault)
    });
    drawn.collect()
}

/// The reply that a message of the assistant holds. One that a newer version wrote in another form still has its text.
pub(crate) fn reply(kept: &Message) -> Option<Reply> {
    serde_json::from_str(kept.message.reply_json.as_deref()?).ok()
}

/// Who speaks, by name.
pub(crate) fn sender(service: &str, message: &NewMessage) -> String {
    match message.author {
        Author::Person => "You".to_owned(),
        Author::Assistant => service.to_owned(),
        Author::Adviser => visible(message.name.as_deref().unwrap_or("Adviser")),
        Author::System => "Notice".to_owned(),
    }
}

/// What the template shows of one message.
pub(crate) fn view(drawer: &Drawer, service: &str, kept: &Message) -> MessageView {
    let message = &kept.message;
    let author = match message.author {
        Author::Person => "person",
        Author::Assistant => "assistant",
        Author::Adviser => "adviser",
        Author::System => "system",
    };
    let reply = reply(kept);
    let html = match (message.author, &reply) {
        (Author::Person, _) | (_, Some(_)) => String::new(),
        (Author::Adviser, None) => drawer.letter(&message.text),
        (_, None) => drawer.blocks(&message.text),
    };
    MessageView {
        seq: kept.seq,
        author,
        sender: sender(service, message),
        at: kept.at.to_string(),
        at_words: plain_time(kept.at),
        lang: message.lang.code().to_owned(),
        dir: match message.author {
            Author::Person => "auto",
            _ => direction(&message.lang),
        },
        text: words_or_press(&message.text),
        html,
        reply: reply.map(|reply| reply_view(drawer, &reply)),
        latest: false,
        buttons: false,
        open: false,
    }
}

/// A press of a button may be kept without words.
fn words_or_press(text: &str) -> String {
    match text.trim() {
        "" => "Pressed a button".to_owned(),
        _ => visible(text),
    }
}

pub(super) fn direction(lang: &Lang) -> &'static str {
    match lang.code() {
        "ar" | "ckb" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi" => "rtl",
        _ => "ltr",
    }
}

fn reply_view(drawer: &Drawer, reply: &Reply) -> ReplyView {
    use Outcome as O;
    let answered = matches!(reply.outcome, O::Answered | O::Calculated | O::Document);
    let judged = answered || matches!(reply.outcome, O::Signposted | O::Declined);
    let offers_person = reply.options.iter().any(|o| o.value == "human");
    let details = reply.details_markdown.as_deref();
    // In another language the English below brings its sources itself.
    let beside = reply.beside.as_ref();
    let sources = match beside {
        Some(_) => Vec::new(),
        None => sources(&reply.citations),
    };
    let (councils, options): (Vec<_>, Vec<_>) = options(reply)
        .into_iter()
        .partition(|(_, value)| reply.urgent && value.starts_with("area:"));
    ReplyView {
        urgent: reply.urgent,
        in_parts: answered && beside.is_none(),
        heard: reply.heard.as_deref().map(visible),
        summary: drawer.plain(&reply.summary),
        short: reply.summary.lines().map(|l| drawer.plain(l)).collect(),
        body: drawer.blocks(beside.map_or_else(|| unheard(reply), |b| &b.own_markdown)),
        translated: beside.and_then(|b| b.note.clone()),
        english: beside.map(|b| drawer.blocks(&unlisted(&b.english_markdown, reply))),
        help: reply.help_markdown.as_deref().map(|h| drawer.blocks(h)),
        rule: reply.rule.as_deref().map(visible),
        next: reply.next.iter().map(|step| drawer.line(step)).collect(),
        details: details
            .filter(|d| !d.trim().is_empty())
            .map(|d| drawer.blocks(d)),
        unconfirmed: sources.iter().any(|s| !s.confirmed),
        sources,
        guides: guides(&reply.citations),
        asks: reply.outcome == O::Clarify && reply.options.len() > 1,
        asks_safe: reply.urgent && options.iter().any(|(_, value)| value.starts_with("safe:")),
        case: reply
            .case
            .as_ref()
            .map(|c| case_view(c, &reply.body_markdown)),
        options,
        councils,
        offer_person: judged && !offers_person && reply.case.is_none(),
        receipt: reply
            .receipt
            .as_ref()
            .filter(|_| judged && !reply.urgent)
            .map(ToString::to_string),
    }
}

/// The reply's words without the line that tells what was heard, which is drawn by itself.
fn unheard(reply: &Reply) -> &str {
    let body = reply.body_markdown.as_str();
    let Some(line) = reply.heard.as_deref() else {
        return body;
    };
    let rest = body.strip_prefix(line).or(body.strip_suffix(line));
    rest.unwrap_or(body).trim()
}

/// The English below without a list of the very choices that stand above it.
fn unlisted(english: &str, reply: &Reply) -> String {
    let choice = |line: &&str| {
        let named = line.strip_prefix("- ").map(str::trim);
        named.is_none_or(|name| reply.options.iter().all(|o| o.label != name))
    };
    english
        .lines()
        .filter(choice)
        .collect::<Vec<_>>()
        .join("\n")
}

fn options(reply: &Reply) -> Vec<(String, String)> {
    let options = reply.options.iter();
    options
        .map(|o| (visible(&o.label), o.value.clone()))
        .collect()
}

/// When to expect a reply is said once: in the reply's own words, if they name the case.
fn case_view(case: &CaseShown, body: &str) -> CaseView {
    let told = body.contains(case.reference.as_str());
    CaseView {
        reference: case.reference.to_string(),
        expected: case.reply_expected_by.filter(|_| !told).map(plain_time),
    }
}

/// The guides that an answer was taken from, each once, at the section cited first.
fn guides(citations: &[Citation]) -> Vec<LinkView> {
    let mut seen: Vec<&str> = Vec::new();
    let mut links = Vec::new();
    for cited in citations {
        if seen.contains(&cited.article.as_str()) {
            continue;
        }
        seen.push(&cited.article);
        links.push(LinkView {
            href: super::guides::href(&cited.article, &cited.section),
            words: cited.title.clone(),
        });
    }
    links.truncate(GUIDES);
    links
}

/// Several sections may rest on the same provision: it is listed once.
fn sources(citations: &[Citation]) -> Vec<SourceView> {
    let mut all: Vec<SourceView> = Vec::new();
    for cited in citations {
        let source = SourceView {
            title: cited.source.clone(),
            provision: cited.provision.clone(),
            standing: cited.standing_words.clone(),
            url: cited.url.clone().filter(|url| may_lead_to(url)),
            checked: long_date(cited.checked),
            confirmed: cited.confirmed,
        };
        if !all.contains(&source) {
            all.push(source);
        }
    }
    all
}
