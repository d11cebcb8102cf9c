//! Sample data for the guides, the search and the page about the service.
//! What never lives here: anything that a person is shown.

use crate::pages::{
    frame::Frame,
    guides::READERS,
    views::{
        AboutPage, FoundView, GuidePage, GuidesPage, LinkView, SearchPage, SectionView, SourceView,
        TopicView,
    },
};

fn link() -> LinkView {
    LinkView {
        href: "/guides/employment/sick-pay".to_owned(),
        words: "Sick pay <for> a PA".to_owned(),
    }
}

fn source() -> SourceView {
    SourceView {
        title: "Sample Act 2026".to_owned(),
        provision: Some("section 1".to_owned()),
        standing: "the law".to_owned(),
        url: Some("https://www.legislation.gov.uk/sample".to_owned()),
        checked: "22 November 2026".to_owned(),
        confirmed: false,
    }
}

fn section(anchor: &str) -> SectionView {
    SectionView {
        anchor: anchor.to_owned(),
        heading: format!("About {anchor}"),
        body: "<p>Words.</p>".to_owned(),
        from: Some("1 January 2027".to_owned()),
        to: Some("5 April 2026".to_owned()),
        sources: vec![source()],
    }
}

pub(super) fn contents(frame: Frame) -> GuidesPage {
    GuidesPage {
        frame,
        canonical: "https://waymark.example/guides".to_owned(),
        topics: vec![TopicView {
            id: "employment".to_owned(),
            name: "Employing a PA",
            links: vec![link()],
        }],
        readers: READERS.map(|(reader, words)| (reader.as_str(), words)),
        reader: "pa",
    }
}

pub(super) fn guide(frame: Frame) -> GuidePage {
    GuidePage {
        frame,
        canonical: "https://waymark.example/guides/employment/sick-pay".to_owned(),
        title: "Sick pay".to_owned(),
        past: Some("5 April 2026".to_owned()),
        overdue: false,
        id: "employment/sick-pay".to_owned(),
        summary: "<p>Yes.</p>".to_owned(),
        easy: None,
        has_easy: true,
        next: vec!["Ring them.".to_owned()],
        sections: ["one", "two", "three"].map(section).into(),
        coming: vec![section("four")],
        before: vec![section("five")],
        sources: vec![source()],
        related: vec![link()],
        today: "22 November 2026".to_owned(),
        modified: Some("2026-11-22".to_owned()),
        checked: Some("22 November 2026".to_owned()),
        review_by: "31 March 2027".to_owned(),
    }
}

pub(super) fn search(frame: Frame) -> SearchPage {
    SearchPage {
        frame,
        q: "\"><script>sick".to_owned(),
        found: vec![FoundView {
            href: "/guides/employment/sick-pay#how-much".to_owned(),
            title: "Sick pay".to_owned(),
            section: Some("How much".to_owned()),
            gist: "The lower of <two> sums.".to_owned(),
        }],
    }
}

pub(super) fn about(frame: Frame) -> AboutPage {
    AboutPage {
        frame,
        guides: 2,
        sections: 9,
        sources: 5,
        unconfirmed: 1,
        oldest: "1 November 2026".to_owned(),
        newest: "22 November 2026".to_owned(),
        review: "31 December 2026".to_owned(),
        overdue: 1,
        councils: "Kent".to_owned(),
        version: "0123456789ab".to_owned(),
        program: "0.1.0",
    }
}
