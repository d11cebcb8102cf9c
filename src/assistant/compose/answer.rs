//! Answers: the short answer first, whose rule and when, what to do next, the section's own words, the sources, ways on.
//! What never lives here: choosing the section (decide), paraphrase.

use jiff::{ToSpan, civil::Date};

use super::{
    super::{
        reply::{Choice, Reply},
        snapshot::Snapshot,
        state::{State, Topic},
        step::Draft,
    },
    BUTTONS, Book, blank, cite, message, person_button, receipt, remember,
};
use crate::{
    base::{long_date, sentences},
    casework::{Cited, Outcome},
    knowledge::{Article, HandOverWhen, Regime, Section, SectionRef},
    retrieval::best_sentence,
};

/// A change this near is told with the answer.
const SOON_DAYS: i64 = 150;
/// A short answer longer than this is cut at a sentence; the rest stands in the details.
const SHORT: usize = 330;
/// Another section of the same article is added to the details when it scored at least this.
const ALSO: f64 = 0.5;

/// One question answered.
pub(super) struct Part {
    pub(super) short: String,
    pub(super) rule: String,
    pub(super) next: Vec<String>,
    pub(super) details: String,
    pub(super) cited: Vec<Cited>,
}

/// The reply for one or several sections, each answering one question in the person's order.
pub(super) fn say(
    places: &[SectionRef],
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    let mut reply = blank(Outcome::Answered, draft, snapshot);
    let parts: Vec<Part> = places
        .iter()
        .filter_map(|p| part(*p, draft, snapshot, &mut reply))
        .collect();
    let Some(first) = parts.first() else {
        return message("not_ours", draft, snapshot);
    };
    if parts.len() == 1 {
        reply.summary = first.short.clone();
        reply.rule = Some(first.rule.clone());
        reply.next = first.next.clone();
        reply.details_markdown = Some(first.details.clone()).filter(|d| !d.is_empty());
    } else {
        let numbered: Vec<String> = parts
            .iter()
            .enumerate()
            .map(|(i, p)| format!("{}. {}", i + 1, p.short))
            .collect();
        reply.summary = numbered.join("\n");
        let mut rules: Vec<&str> = parts.iter().map(|p| p.rule.as_str()).collect();
        rules.dedup();
        reply.rule = Some(rules.join("\n"));
        let details: Vec<&str> = parts
            .iter()
            .map(|p| p.details.as_str())
            .filter(|d| !d.is_empty())
            .collect();
        reply.details_markdown = Some(details.join("\n\n"));
        reply.next = parts
            .iter()
            .filter_map(|p| p.next.first().cloned())
            .collect();
    }
    reply.body_markdown = body(&reply, draft, snapshot);
    let cited = parts.into_iter().flat_map(|p| p.cited).collect();
    receipt(&mut reply, draft, snapshot, book, cited);
    if let Some((article, section)) = places.first().and_then(|p| snapshot.library.at(*p)) {
        reply.options = options(article, draft, snapshot);
        let question = draft
            .questions
            .first()
            .cloned()
            .unwrap_or_else(|| draft.text.clone());
        let topic = Topic {
            article: article.id.clone(),
            section: section.anchor.clone(),
            question,
        };
        remember(state, topic, &reply);
    }
    reply
}

/// One question's part; adds its citations to the reply.
pub(super) fn part(
    place: SectionRef,
    draft: &Draft,
    snapshot: &Snapshot,
    reply: &mut Reply,
) -> Option<Part> {
    let library = &snapshot.library;
    let (article, section) = library.at(place)?;
    let is_summary = section.anchor == "summary";
    let regime = draft
        .regime
        .filter(|r| article.regimes.contains(r))
        .or_else(|| article.regimes.first().copied());
    let summary = article.summary_for(draft.day, draft.audience, regime, draft.area.as_deref());
    let source_text = if is_summary {
        summary.map_or(section.body.as_str(), |s| s.text.as_str())
    } else {
        lead(&section.body)
    };
    let shown = library.render_plain(source_text, draft.day, &draft.lang);
    let (mut short, cut) = shorten(&shown.text);
    if !draft.lang.is_english() {
        // The short answer is translated; a section may follow another law, and two laws are never blended.
        short = if is_summary {
            in_their_language(article, draft, snapshot)
        } else {
            library.messages.say(&draft.lang, "answer_in_english", &[])
        };
    } else if !is_summary {
        lend(&mut short, section, draft, snapshot);
    }
    let mut cited = vec![cite::cited(article, section, &shown.rates)];
    cite::cite(
        &mut reply.citations,
        article,
        section,
        &shown.rates,
        draft,
        snapshot,
    );
    let mut details = Vec::new();
    if !is_summary {
        let body = if cut {
            section.body.as_str()
        } else {
            rest(&section.body)
        };
        let own = library.render(body, draft.day, &draft.lang);
        if !own.text.trim().is_empty() {
            details.push(format!("**{}**\n\n{}", section.heading, own.text.trim()));
        }
    }
    if !is_summary && let Some(summary) = summary {
        // The section answers the question; the article's short answer keeps it in its place.
        let whole = library.render(&summary.text, draft.day, &draft.lang);
        details.push(format!("**{}**\n\n{}", article.title, whole.text.trim()));
        if let Some(first) = article.sections.first() {
            cited.push(cite::cited(article, first, &whole.rates));
        }
    }
    for also in also(place, article, draft, is_summary) {
        let rendered = library.render(&also.body, draft.day, &draft.lang);
        details.push(format!("**{}**\n\n{}", also.heading, rendered.text.trim()));
        cite::cite(
            &mut reply.citations,
            article,
            also,
            &rendered.rates,
            draft,
            snapshot,
        );
        cited.push(cite::cited(article, also, &rendered.rates));
    }
    if reply.regime.is_none() {
        reply.regime = regime_of(section, regime).map(|r| r.as_str().to_owned());
    }
    let next = article
        .next
        .iter()
        .map(|n| library.render(n, draft.day, &draft.lang).text)
        .collect();
    let rule = rule(article, section, regime, draft, snapshot);
    Some(Part {
        short,
        rule,
        next,
        details: details.join("\n\n"),
        cited,
    })
}

/// The short answer where it is held in the person's language and still says what the English says; else that the answer
/// stands in English.
fn in_their_language(article: &Article, draft: &Draft, snapshot: &Snapshot) -> String {
    let library = &snapshot.library;
    article
        .summary_for(
            draft.day,
            draft.audience,
            draft.regime,
            draft.area.as_deref(),
        )
        .and_then(|english| library.summary_in(article, english, &draft.lang, draft.day))
        .map_or_else(
            || library.messages.say(&draft.lang, "answer_in_english", &[]),
            |shown| shown.text,
        )
}

/// Adds the section's sentence that speaks to the question, when the first paragraph does not and there is room for it.
fn lend(short: &mut String, section: &Section, draft: &Draft, snapshot: &Snapshot) {
    let whole = snapshot
        .library
        .render_plain(&section.body, draft.day, &draft.lang)
        .text;
    let question = draft.questions.first().unwrap_or(&draft.text);
    if let Some(sentence) = best_sentence(&snapshot.index, question, &whole, short)
        && short.chars().count() + sentence.chars().count() < SHORT
    {
        short.push(' ');
        short.push_str(&sentence);
    }
}

/// Other sections of the article worth folding in: for the article's own summary its best-ranked ones, else the closest one.
fn also<'a>(
    place: SectionRef,
    article: &'a Article,
    draft: &Draft,
    is_summary: bool,
) -> Vec<&'a Section> {
    let ranked = draft.found.iter().flat_map(|r| &r.candidates).filter(|c| {
        c.place.article == place.article
            && c.place.section != place.section
            && c.place.section != 0
            && c.score >= ALSO
    });
    let most = if is_summary { 2 } else { 1 };
    let mut out: Vec<&Section> = Vec::new();
    for section in ranked.filter_map(|c| article.sections.get(c.place.section)) {
        if out.len() < most
            && section.span.holds(draft.day)
            && !out.iter().any(|s| s.anchor == section.anchor)
        {
            out.push(section);
        }
    }
    if out.is_empty() && is_summary {
        out.extend(
            article
                .sections
                .iter()
                .skip(1)
                .find(|s| s.span.holds(draft.day)),
        );
    }
    out
}

fn regime_of(section: &Section, wanted: Option<Regime>) -> Option<Regime> {
    wanted
        .filter(|r| section.regimes.contains(r))
        .or_else(|| section.regimes.first().copied())
}

/// Whose rule, as of when, and what is about to change.
fn rule(
    article: &Article,
    section: &Section,
    regime: Option<Regime>,
    draft: &Draft,
    snapshot: &Snapshot,
) -> String {
    let messages = &snapshot.library.messages;
    let local = section.areas.iter().find(|a| a.as_str() != "england");
    let whose = match (local, regime_of(section, regime)) {
        (Some(area), _) => {
            let council = snapshot
                .library
                .areas
                .get(area)
                .map_or(area.as_str(), |a| a.everyday.as_str());
            messages.say(&draft.lang, "rule_local", &[("council", council)])
        }
        (None, Some(regime)) if section.regimes.len() < 3 => {
            messages.say(&draft.lang, &format!("rule_{}", regime.as_str()), &[])
        }
        _ => messages.say(&draft.lang, "rule_all", &[]),
    };
    // Nobody can say what will be right on a day that has not come: that is what we know today about that day.
    let (day, today) = (long_date(draft.day), long_date(draft.today));
    let when = if draft.day == draft.today {
        "as_of"
    } else {
        "as_of_other_day"
    };
    let when = messages.say(&draft.lang, when, &[("date", &day), ("today", &today)]);
    let mut lines = vec![format!("{whose} {when}")];
    if draft.lang.is_english() {
        lines.extend(soon(article, draft, snapshot));
    }
    lines.join("\n")
}

/// "From 1 January 2027: ..." when the article's short answer or a section changes soon after the day asked about.
fn soon(article: &Article, draft: &Draft, snapshot: &Snapshot) -> Option<String> {
    let until = draft.day.checked_add(SOON_DAYS.days()).ok()?;
    let coming = |from: Option<Date>| from.filter(|f| draft.day < *f && *f <= until);
    let summaries = article
        .summaries
        .iter()
        .filter(|s| s.audience.is_none_or(|a| Some(a) == draft.audience))
        .filter_map(|s| coming(s.span.from).map(|f| (f, s.text.as_str())));
    let sections = article
        .sections
        .iter()
        .skip(1)
        .filter_map(|s| coming(s.span.from).map(|f| (f, lead(&s.body))));
    let (from, text) = summaries.chain(sections).min_by_key(|(from, _)| *from)?;
    let shown = snapshot.library.render_plain(text, from, &draft.lang).text;
    let date = long_date(from);
    Some(snapshot.library.messages.say(
        &draft.lang,
        "change_ahead",
        &[("date", &date), ("text", &shown)],
    ))
}

/// The first paragraph of a section.
fn lead(body: &str) -> &str {
    body.split_once("\n\n")
        .map_or(body, |(first, _)| first)
        .trim()
}

/// Everything after it.
fn rest(body: &str) -> &str {
    body.split_once("\n\n").map_or("", |(_, rest)| rest).trim()
}

/// Cut at a sentence when too long; tells whether it was cut.
fn shorten(text: &str) -> (String, bool) {
    if text.chars().count() <= SHORT {
        return (text.trim().to_owned(), false);
    }
    let mut out = String::new();
    for sentence in text.lines().flat_map(sentences) {
        if !out.is_empty() && out.chars().count() + sentence.chars().count() > SHORT {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&sentence);
    }
    (out, true)
}

/// The whole reply as one markdown text.
pub(super) fn body(reply: &Reply, draft: &Draft, snapshot: &Snapshot) -> String {
    let say = |id: &str| snapshot.library.messages.say(&draft.lang, id, &[]);
    let mut blocks = vec![reply.summary.clone()];
    if let Some(rule) = &reply.rule {
        blocks.push(rule.replace('\n', "\n\n"));
    }
    // The rest is in English only, and the English stands below.
    if !draft.lang.is_english() {
        return blocks.join("\n\n");
    }
    if !reply.next.is_empty() {
        let steps: Vec<String> = reply
            .next
            .iter()
            .enumerate()
            .map(|(i, s)| format!("{}. {s}", i + 1))
            .collect();
        blocks.push(format!(
            "**{}**\n\n{}",
            say("next_heading"),
            steps.join("\n")
        ));
    }
    blocks.extend(reply.details_markdown.clone());
    if !reply.citations.is_empty() {
        blocks.push(cite::sources_block(
            &reply.citations,
            &draft.lang,
            &snapshot.library.messages,
        ));
    }
    blocks.join("\n\n")
}

fn options(article: &Article, draft: &Draft, snapshot: &Snapshot) -> Vec<Choice> {
    let messages = &snapshot.library.messages;
    let person = person_button(draft, snapshot);
    let mut options = Vec::new();
    if matches!(
        article.handover,
        HandOverWhen::Personal | HandOverWhen::Always
    ) {
        options.push(person.clone());
    }
    if article.easy_read.is_some() {
        options.push(Choice {
            label: messages.say(&draft.lang, "button_simple", &[]),
            value: "simple".into(),
        });
    }
    for id in &article.related {
        if options.len() < BUTTONS - 1
            && let Some(related) = snapshot.library.article(id)
        {
            options.push(Choice {
                label: related.title.clone(),
                value: format!("article:{id}"),
            });
        }
    }
    if !draft.lang.is_english() {
        options.push(Choice {
            label: messages.say(&draft.lang, "button_interpreter", &[]),
            value: "interpreter".into(),
        });
    } else if !options.contains(&person) {
        options.push(person);
    }
    options
}

/// The last answer with one idea a line; the short answer again where nobody has written one.
pub(super) fn simply(draft: &Draft, state: &State, snapshot: &Snapshot) -> Reply {
    let library = &snapshot.library;
    let article = state
        .last
        .as_ref()
        .and_then(|t| library.article(&t.article));
    let Some(article) = article else {
        return message("nothing_to_repeat", draft, snapshot);
    };
    let mut reply = blank(Outcome::Answered, draft, snapshot);
    let summary = article.summary_for(
        draft.day,
        draft.audience,
        draft.regime,
        draft.area.as_deref(),
    );
    let text = article
        .easy_read
        .as_deref()
        .or(summary.map(|s| s.text.as_str()))
        .unwrap_or("");
    let shown = library.render(text, draft.day, &draft.lang);
    reply.reason = Some("easy_read".into());
    reply.summary = if draft.lang.is_english() {
        shown.text.clone()
    } else {
        in_their_language(article, draft, snapshot)
    };
    if let Some(section) = article.sections.first() {
        cite::cite(
            &mut reply.citations,
            article,
            section,
            &shown.rates,
            draft,
            snapshot,
        );
        reply.rule = Some(rule(
            article,
            section,
            article.regimes.first().copied(),
            draft,
            snapshot,
        ));
    }
    // One idea a line must stay one idea a line.
    let lines = reply.summary.lines().collect::<Vec<_>>().join("  \n");
    let whole = Reply {
        summary: lines,
        ..reply.clone()
    };
    reply.body_markdown = body(&whole, draft, snapshot);
    reply.options = vec![person_button(draft, snapshot)];
    reply
}
