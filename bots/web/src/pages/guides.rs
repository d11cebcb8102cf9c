//! The knowledge as pages: contents by topic and by who reads, and each article with the figures and sources of today.
//! What never lives here: an overdue article, a section outside its dates (they are not shown), finding (search.rs).

use axum::{
    extract::{Path, Query, State, rejection::PathRejection, rejection::QueryRejection},
    response::Response,
};
use jiff::civil::Date;
use serde::Deserialize;
use waymark::{
    base::{Lang, long_date},
    knowledge::{Article, Audience, Certainty, Library, Section, Summary},
};

use super::{
    frame::Frame,
    page_for_all,
    views::{GuidePage, GuidesPage, LinkView, SectionView, SourceView, TopicView},
};
use crate::{
    app::App,
    markdown::{Drawer, may_lead_to},
    trouble::Trouble,
};

/// Folders of the knowledge in the order of the contents, as people call them.
pub(crate) const TOPICS: [(&str, &str); 10] = [
    ("direct-payments", "Direct Payments"),
    ("employment", "Employing a PA"),
    ("pa", "Working as a PA"),
    ("children", "Children and young people"),
    ("health", "Health budgets"),
    ("local/kent", "Kent"),
    ("local/cambridgeshire", "Cambridgeshire and Peterborough"),
    ("templates", "Letters and forms"),
    ("legislation", "The law behind it"),
    ("reference", "Help, words and contacts"),
];

/// Who reads, as they would say it themselves.
pub(crate) const READERS: [(Audience, &str); 7] = [
    (Audience::Employer, "I employ a PA"),
    (Audience::Adult, "I am a disabled or older adult"),
    (Audience::Carer, "I look after somebody"),
    (Audience::Parent, "I am a parent"),
    (Audience::YoungPerson, "I am a young person"),
    (Audience::Pa, "I work as a PA"),
    (Audience::Professional, "I am a professional"),
];

/// Whose articles, and how they are read.
#[derive(Deserialize, Default)]
pub(crate) struct How {
    #[serde(default, rename = "for")]
    reader: String,
    #[serde(default)]
    read: String,
}

/// Every article that may be shown today.
pub(super) fn shown(library: &Library, today: Date) -> impl Iterator<Item = &Article> {
    let all = library.articles.iter();
    all.filter(move |a| a.span.holds(today) && !a.is_overdue(today))
}

/// The short answer of today for whoever reads.
pub(super) fn summary(article: &Article, today: Date) -> Option<&Summary> {
    let for_all = article.summary_for(today, None, None, None);
    for_all.or_else(|| article.summaries.iter().find(|s| s.span.holds(today)))
}

/// The address of an article, or of a section of it.
pub(crate) fn href(article: &str, section: &str) -> String {
    match section {
        "" | "summary" => format!("/guides/{article}"),
        anchor => format!("/guides/{article}#{anchor}"),
    }
}

/// `GET /guides`: the contents.
pub(crate) async fn contents(
    State(app): State<App>,
    how: Result<Query<How>, QueryRejection>,
) -> Result<Response, Trouble> {
    let how = how.map(|Query(how)| how).unwrap_or_default();
    let reader = Audience::parse(&how.reader);
    let library = app.desk.library();
    let today = app.desk.clock().now().today;
    let fits = |a: &&Article| reader.is_none_or(|r| a.audiences.contains(&r));
    let in_topic = |folder: &str| -> Vec<LinkView> {
        let inside = shown(&library, today).filter(fits).filter(|a| {
            let rest = a.id.strip_prefix(folder);
            rest.is_some_and(|rest| rest.starts_with('/'))
        });
        let mut links: Vec<LinkView> = inside
            .map(|a| LinkView {
                href: href(&a.id, ""),
                words: a.title.clone(),
            })
            .collect();
        links.sort_by_key(|link| link.words.to_lowercase());
        links
    };
    let topics = TOPICS.iter().map(|(folder, name)| TopicView {
        id: folder.replace('/', "-"),
        name,
        links: in_topic(folder),
    });
    page_for_all(&GuidesPage {
        frame: Frame::new(&app).at("guides"),
        canonical: format!("{}/guides", app.settings.address()),
        topics: topics.filter(|t| !t.links.is_empty()).collect(),
        readers: READERS.map(|(r, words)| (r.as_str(), words)),
        reader: reader.map_or("", Audience::as_str),
    })
}

/// `GET /guides/{folder}/{name}`: one article.
pub(crate) async fn article(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    how: Result<Query<How>, QueryRejection>,
) -> Result<Response, Trouble> {
    let Path(id) = path.map_err(|_| Trouble::NotFound)?;
    let how = how.map(|Query(how)| how).unwrap_or_default();
    let library = app.desk.library();
    let today = app.desk.clock().now().today;
    let article = library.article(&id).ok_or(Trouble::NotFound)?;
    // An article whose time is over is shown as it was on its last day, and says so.
    let past = article.span.to.filter(|to| *to < today);
    let drawing = Drawing {
        library: &library,
        drawer: Drawer::new(&library).headed_from(3),
        today: past.unwrap_or(today),
        past,
        overdue: article.is_overdue(today),
    };
    let easy = article.easy_read.as_deref().filter(|_| !drawing.overdue);
    let canonical = format!("{}{}", app.settings.address(), href(&article.id, ""));
    let frame = Frame::new(&app).at("guides");
    page_for_all(&drawing.article(
        article,
        easy.filter(|_| how.read == "easy"),
        frame,
        canonical,
    ))
}

/// What an article is drawn with.
struct Drawing<'a> {
    library: &'a Library,
    drawer: Drawer,
    /// The day it is drawn for.
    today: Date,
    /// The last day of an article whose time is over.
    past: Option<Date>,
    /// Nobody has looked at it for too long: nothing of it is shown.
    overdue: bool,
}

impl Drawing<'_> {
    fn article(
        &self,
        article: &Article,
        easy: Option<&str>,
        frame: Frame,
        canonical: String,
    ) -> GuidePage {
        let summary = summary(article, self.today);
        let headed = || {
            let all = article.sections.iter().filter(|s| s.anchor != "summary");
            all.filter(|_| !self.overdue)
        };
        let related = article.related.iter().filter_map(|id| {
            let other = self.library.article(id)?;
            Some(LinkView {
                href: href(&other.id, ""),
                words: other.title.clone(),
            })
        });
        let checked = self.sources(article).map(|s| s.checked).max();
        GuidePage {
            frame,
            canonical,
            title: article.title.clone(),
            past: self.past.map(long_date),
            overdue: self.overdue,
            id: article.id.clone(),
            summary: summary.map_or_else(String::new, |s| self.draw(&s.text)),
            easy: easy.map(|text| self.lines(text)),
            has_easy: article.easy_read.is_some(),
            next: article
                .next
                .iter()
                .map(|n| self.drawer.line(&self.filled(n)))
                .collect(),
            sections: headed()
                .filter(|s| s.span.holds(self.today))
                .map(|s| self.section(s))
                .collect(),
            coming: headed()
                .filter(|s| s.span.is_future(self.today))
                .map(|s| self.section(s))
                .collect(),
            before: self.before(article),
            sources: self.of_summary(article),
            related: related.collect(),
            today: long_date(self.today),
            modified: checked.map(|d| d.to_string()),
            checked: checked.map(long_date),
            review_by: long_date(article.review_by),
        }
    }

    fn sources<'b>(
        &'b self,
        article: &'b Article,
    ) -> impl Iterator<Item = &'b waymark::knowledge::Source> {
        let ids = article.sources.iter();
        ids.filter_map(|id| self.library.source(id))
    }

    fn of_summary(&self, article: &Article) -> Vec<SourceView> {
        let summary = article.sections.iter().find(|s| s.anchor == "summary");
        summary.map_or_else(Vec::new, |s| self.cited(s))
    }

    /// The sections whose time is over, newest first, with the figures of their last day.
    fn before(&self, article: &Article) -> Vec<SectionView> {
        let all = article.sections.iter().filter(|_| !self.overdue);
        let mut over: Vec<(Date, &Section)> = all
            .filter(|s| s.anchor != "summary")
            .filter_map(|s| Some((s.span.to.filter(|to| *to < self.today)?, s)))
            .collect();
        over.sort_by_key(|(to, _)| std::cmp::Reverse(*to));
        let drawn = over.into_iter().map(|(to, section)| {
            let then = Drawing {
                library: self.library,
                drawer: Drawer::new(self.library).headed_from(3),
                today: to,
                past: Some(to),
                overdue: false,
            };
            then.section(section)
        });
        drawn.collect()
    }

    fn section(&self, section: &Section) -> SectionView {
        SectionView {
            anchor: section.anchor.clone(),
            heading: section.heading.clone(),
            body: self.draw(&section.body),
            from: section.span.from.map(long_date),
            to: section.span.to.map(long_date),
            sources: self.cited(section),
        }
    }

    fn cited(&self, section: &Section) -> Vec<SourceView> {
        let sources = section
            .sources
            .iter()
            .filter_map(|id| self.library.source(id));
        sources
            .map(|source| SourceView {
                title: source.title.clone(),
                provision: source.provision.clone(),
                standing: self
                    .library
                    .standing_words(source, section.standing, &Lang::default()),
                url: source.url.clone().filter(|url| may_lead_to(url)),
                checked: long_date(source.checked),
                confirmed: source.status == Certainty::Confirmed,
            })
            .collect()
    }

    /// Placeholders filled for today; links between articles lead to their pages.
    fn filled(&self, markdown: &str) -> String {
        let linked = markdown.replace("](article:", "](/guides/");
        self.library
            .render(&linked, self.today, &Lang::default())
            .text
    }

    fn draw(&self, markdown: &str) -> String {
        self.drawer.blocks(&self.filled(markdown))
    }

    /// Easy read: one idea a line, each a paragraph of its own.
    fn lines(&self, text: &str) -> String {
        let filled = self.filled(text);
        let lines: Vec<&str> = filled
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        self.drawer.blocks(&lines.join("\n\n"))
    }
}
