//! Every template filled with sample data: for the tests, and for whoever looks at the pages or checks their HTML.
//! What never lives here: anything that a person is shown; figures and names are made up.

mod browse;

use askama::Template;
use waymark::casework::Message;

use crate::{
    assets::Assets,
    markdown::Drawer,
    pages::{
        chat,
        frame::{Frame, Line, Links},
        message,
        views::{
            AccessibilityPage, AreaView, CarryPage, ChatPage, CookiesPage, DeletePage, HelpedPage,
            KeepPage, LanguageView, LetterPage, MessageView, PrintPage, PrivacyPage, ReturnPage,
            StartPage, ToldView, TroublePage, VoiceView, WaitingView, WidgetPage,
        },
    },
    theme::Theme,
};

/// Messages of every kind, as JSON.
const MESSAGES: &str = include_str!("../assets/specimens.json");

/// Name and HTML of every template with sample data.
///
/// # Errors
/// A sentence that names what could not be read or drawn.
pub fn specimens() -> Result<Vec<(&'static str, String)>, String> {
    let kept: Vec<Message> =
        serde_json::from_str(MESSAGES).map_err(|e| format!("specimens.json: {e}"))?;
    let drawer = Drawer::with(vec!["999".to_owned(), "0300 123 1100".to_owned()]);
    let messages =
        message::draw(&drawer, "Waymark", &kept).map_err(|t| format!("message.html: {t:?}"))?;
    let print = PrintPage {
        frame: frame(),
        references: vec!["WM-7Q4K2D".to_owned()],
        today: "22 November 2026".to_owned(),
        messages: message::unfolded(&drawer, "Waymark", &kept)
            .map_err(|t| format!("message.html: {t:?}"))?,
    };
    let adviser: Option<MessageView> = kept.last().map(|m| message::view(&drawer, "Waymark", m));
    let mut all = vec![
        ("start.html", drawn(&start())?),
        ("chat.html", drawn(&conversation(messages))?),
        (
            "privacy.html",
            drawn(&PrivacyPage {
                frame: frame(),
                hears: true,
                mails: true,
                cookie_days: 30,
                anonymous_days: 90,
                case_years: 6,
            })?,
        ),
        (
            "accessibility.html",
            drawn(&AccessibilityPage {
                frame: frame(),
                prepared: "1 December 2026".to_owned(),
                audited: String::new(),
                audited_by: String::new(),
                problems: vec!["The map has no text.".to_owned()],
            })?,
        ),
        (
            "cookies.html",
            drawn(&CookiesPage {
                frame: frame(),
                name: "waymark",
                days: 30,
            })?,
        ),
        ("carry.html", drawn(&carry())?),
        ("letter.html", drawn(&letter())?),
        ("keep.html", drawn(&keep())?),
        ("print.html", drawn(&print)?),
        (
            "return.html",
            drawn(&ReturnPage {
                frame: frame(),
                link: "0123456789".to_owned(),
                replaces: true,
            })?,
        ),
        (
            "helped.html",
            drawn(&HelpedPage {
                frame: frame(),
                receipt: "0123456789".to_owned(),
            })?,
        ),
        ("guides.html", drawn(&browse::contents(frame()))?),
        ("guide.html", drawn(&browse::guide(frame()))?),
        ("search.html", drawn(&browse::search(frame()))?),
        ("about.html", drawn(&browse::about(frame()))?),
        (
            "widget.html",
            drawn(&WidgetPage {
                frame: frame(),
                origin: "https://waymark.example".to_owned(),
                areas: councils(),
                origins: vec!["https://council.example".to_owned()],
            })?,
        ),
        ("delete.html", drawn(&DeletePage { frame: frame() })?),
        ("trouble.html", drawn(&trouble())?),
    ];
    if let Some(view) = adviser {
        all.push(("message.html", drawn(&view)?));
    }
    Ok(all)
}

fn drawn(template: &impl Template) -> Result<String, String> {
    template.render().map_err(|error| error.to_string())
}

fn councils() -> Vec<AreaView> {
    let area = |id: &str, name: &str| AreaView {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    vec![
        area("kent", "Kent"),
        area("cambridgeshire", "Cambridgeshire"),
    ]
}

fn start() -> StartPage {
    StartPage {
        frame: frame(),
        areas: councils(),
        chosen: "kent".to_owned(),
        examples: chat::EXAMPLES,
        voice: VoiceView {
            hears: Some(180),
            speaks: true,
        },
        off: None,
        most: 64 * 1024,
        notice: Some("Your conversation has been deleted."),
    }
}

fn conversation(messages: Vec<String>) -> ChatPage {
    ChatPage {
        frame: frame(),
        areas: councils(),
        area: Some("Kent".to_owned()),
        languages: vec![LanguageView {
            code: "ur".to_owned(),
            name: "اردو".to_owned(),
            dir: "rtl",
        }],
        voice: VoiceView {
            hears: None,
            speaks: true,
        },
        off: None,
        most: 64 * 1024,
        waiting: Some(WaitingView {
            reference: "WM-7Q4K2D".to_owned(),
            claimed: false,
            asked: false,
            before: Some(2),
            expected: Some("12pm on Monday 23 November".to_owned()),
        }),
        messages,
        last: 9,
        notice: Some("Thank you for telling us."),
    }
}

fn keep() -> KeepPage {
    KeepPage {
        frame: frame(),
        references: vec!["WM-7Q4K2D".to_owned()],
        link: Some("https://waymark.example/return/0123456789".to_owned()),
        whole: true,
        links: 2,
        carry: Some("Telegram".to_owned()),
        mail: "mailto:?subject=Waymark&body=Hello".to_owned(),
        letters: true,
        told: Some(ToldView {
            on: false,
            email: "nobody".to_owned(),
            unreadable: true,
            not_safe: true,
        }),
    }
}

fn letter() -> LetterPage {
    LetterPage {
        frame: frame(),
        to: "nobody at all".to_owned(),
        unreadable: true,
        failed: true,
    }
}

fn carry() -> CarryPage {
    CarryPage {
        frame: frame(),
        chat_app: "Telegram".to_owned(),
        link: "https://t.me/waymark_bot?start=c-0123456789".to_owned(),
    }
}

fn trouble() -> TroublePage {
    TroublePage {
        frame: frame(),
        title: "We cannot do that just now",
        detail: "Please try again in a few seconds.".to_owned(),
        draft: "</textarea><b>My PA & I</b>".to_owned(),
    }
}

fn frame() -> Frame {
    let theme = Theme::default();
    let assets = Assets::load(&theme);
    let line = |name: &str, phone: &str, dial: &str| Line {
        name: name.to_owned(),
        phone: phone.to_owned(),
        dial: dial.to_owned(),
    };
    Frame {
        service: "Waymark".to_owned(),
        run_by: "Sample Council".to_owned(),
        contact: "Ring the sample office".to_owned(),
        hours: "Monday to Friday, 9am to 5pm".to_owned(),
        here: "ask",
        files: Links::new(&assets, &theme),
        colour: theme.colour(),
        emergency: line("999", "999", "999"),
        distress: Some(line("Samaritans", "116 123", "116123")),
        medical: Some(line("NHS 111", "111", "111")),
    }
}
