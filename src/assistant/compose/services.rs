//! Local services as a short list: name, what for, for whom, how to reach them, where, and who says so since when.
//! What never lives here: finding them (signpost.rs), advice on which to choose.

use super::{
    super::{
        reply::{Choice, Reply},
        snapshot::Snapshot,
        step::Draft,
    },
    BUTTONS, Book, blank, person_button, receipt,
};
use crate::{
    base::{long_date, sentences},
    casework::{Cited, Outcome},
    knowledge::{FeedHead, Listing, ListingRef},
};

/// What a service is for is cut at a sentence beyond this many characters.
const WHAT: usize = 220;
/// Towns named.
const TOWNS: usize = 3;
/// An article is offered beside the list when it is at least this likely to be meant.
const ARTICLE: f64 = 0.33;

/// The reply that names them.
pub(super) fn say(
    places: &[ListingRef],
    draft: &Draft,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    let messages = &snapshot.library.messages;
    let all: Vec<(&FeedHead, &Listing)> = places
        .iter()
        .filter_map(|p| snapshot.library.feeds.at(*p))
        .collect();
    let mut reply = blank(Outcome::Signposted, draft, snapshot);
    reply.reason = Some("local_services".into());
    reply.summary = messages.say(&draft.lang, "services_found", &[]);
    let lines: Vec<String> = all
        .iter()
        .map(|(head, listing)| line(head, listing, draft, snapshot))
        .collect();
    let note = messages.say(&draft.lang, "services_note", &[]);
    reply.body_markdown = [reply.summary.clone(), lines.join("\n"), note].join("\n\n");
    let nearest = draft.found.first().filter(|r| r.confidence >= ARTICLE);
    let article = nearest.and_then(|r| snapshot.library.at(r.candidates.first()?.place));
    reply
        .options
        .extend(article.map(|(article, section)| Choice {
            label: article.title.clone(),
            value: format!("article:{}#{}", article.id, section.anchor),
        }));
    reply.options.truncate(BUTTONS - 1);
    reply.options.push(person_button(draft, snapshot));
    let cited = all.iter().map(|(head, listing)| Cited {
        article: format!("services/{}", head.name),
        section: listing.id.clone(),
        content_hash: listing.hash(),
        rates: Vec::new(),
    });
    receipt(&mut reply, draft, snapshot, book, cited.collect());
    reply
}

/// `- **[Name](url)**. Run by ... What for. For: ... Phone: ... Last checked ...`
fn line(head: &FeedHead, listing: &Listing, draft: &Draft, snapshot: &Snapshot) -> String {
    let say = |id: &str, hole: &str, value: &str| {
        snapshot
            .library
            .messages
            .say(&draft.lang, id, &[(hole, value)])
    };
    let name = match &listing.url {
        Some(url) => format!("[{}]({url})", listing.name),
        None => listing.name.clone(),
    };
    let mut parts = vec![format!("- **{name}**.")];
    let own = listing
        .organisation
        .as_ref()
        .filter(|o| **o != listing.name);
    parts.extend(own.map(|o| say("service_run_by", "organisation", o)));
    parts.extend(short(&listing.what));
    parts.extend(
        listing
            .who
            .as_ref()
            .map(|who| say("service_who", "who", bare(who))),
    );
    parts.extend(ages(listing, draft, snapshot));
    match (&listing.phone, &listing.email) {
        (Some(phone), _) => parts.push(say("service_phone", "phone", phone)),
        (None, Some(email)) => parts.push(say("service_email", "email", email)),
        (None, None) => {}
    }
    parts.extend(
        listing
            .hours
            .as_ref()
            .map(|h| say("service_hours", "hours", bare(h))),
    );
    parts.extend(
        listing
            .cost
            .as_ref()
            .map(|c| say("service_cost", "cost", bare(c))),
    );
    let towns: Vec<&str> = listing
        .towns
        .iter()
        .take(TOWNS)
        .map(String::as_str)
        .collect();
    if !towns.is_empty() {
        parts.push(say("service_where", "place", &towns.join(", ")));
    }
    parts.push(source(head, listing, draft, snapshot));
    parts.join(" ")
}

/// Its first sentences, as many as fit.
fn short(what: &str) -> Option<String> {
    let mut out = String::new();
    for sentence in sentences(what) {
        if !out.is_empty() && out.chars().count() + sentence.chars().count() > WHAT {
            break;
        }
        out = format!("{out} {sentence}").trim().to_owned();
    }
    let out = crate::base::clip(&out, WHAT);
    let ends = out.ends_with(['.', '!', '?', '…']);
    (!out.is_empty()).then(|| if ends { out } else { format!("{out}.") })
}

/// Without the full stop that the message brings itself.
fn bare(text: &str) -> &str {
    text.trim_end_matches('.')
}

fn ages(listing: &Listing, draft: &Draft, snapshot: &Snapshot) -> Option<String> {
    let (from, to) = (listing.from_age, listing.to_age);
    let id = match (from, to) {
        (Some(_), Some(_)) => "service_ages_between",
        (Some(_), None) => "service_ages_from",
        (None, Some(_)) => "service_ages_to",
        (None, None) => return None,
    };
    let words = |age: Option<u8>| age.map(|a| a.to_string()).unwrap_or_default();
    let holes = [("from", &*words(from)), ("to", &*words(to))];
    Some(snapshot.library.messages.say(&draft.lang, id, &holes))
}

/// Which directory says so, and as of when.
fn source(head: &FeedHead, listing: &Listing, draft: &Draft, snapshot: &Snapshot) -> String {
    let host = head.source.split_once("://").map(|(_, rest)| rest);
    let host = host.and_then(|rest| rest.split(['/', '?']).next());
    let feed = host.map_or_else(
        || head.name.clone(),
        |host| format!("{}, {host}", head.name),
    );
    let (id, day) = match listing.checked {
        Some(checked) => ("service_checked", checked),
        None => ("service_taken", head.fetched),
    };
    let holes = [("date", &*long_date(day)), ("feed", &feed)];
    snapshot.library.messages.say(&draft.lang, id, &holes)
}
