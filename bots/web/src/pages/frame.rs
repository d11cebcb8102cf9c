//! What stands around every page: name, files, the urgent help box, contact.
//! What never lives here: a page's own content.

use waymark::{casework::ReplyMail, knowledge::Library};

use crate::{
    app::{App, emergency, phone},
    assets::Assets,
    theme::Theme,
};

/// A number to ring.
pub(crate) struct Line {
    /// Whose it is.
    pub(crate) name: String,
    /// As it is read.
    pub(crate) phone: String,
    /// As a phone dials it.
    pub(crate) dial: String,
}

impl Line {
    fn new(name: &str, phone: String) -> Self {
        Self {
            name: name.to_owned(),
            dial: phone.chars().filter(|c| !c.is_whitespace()).collect(),
            phone,
        }
    }

    fn of(library: &Library, service: &str) -> Option<Self> {
        let number = phone(library, service)?;
        let name = &library.service(service)?.name;
        Some(Self::new(name, number))
    }
}

/// What stands around every page.
pub(crate) struct Frame {
    pub(crate) service: String,
    pub(crate) run_by: String,
    pub(crate) contact: String,
    /// When advisers work, in words.
    pub(crate) hours: String,
    /// Which entry of the navigation this page belongs to: `ask`, `guides`, `search`, or none.
    pub(crate) here: &'static str,
    /// Addresses of style, script and pictures.
    pub(crate) files: Links,
    /// The header's colour, for the browser's own bars.
    pub(crate) colour: String,
    pub(crate) emergency: Line,
    pub(crate) distress: Option<Line>,
    pub(crate) medical: Option<Line>,
}

/// Where the embedded files are served.
pub(crate) struct Links {
    pub(crate) site: String,
    /// Script of every page.
    pub(crate) page: String,
    /// Script of the chat page.
    pub(crate) chat: String,
    /// Script of the recorder and of reading aloud.
    pub(crate) voice: String,
    pub(crate) icon: String,
    pub(crate) logo: Option<String>,
}

impl Links {
    pub(crate) fn new(assets: &Assets, theme: &Theme) -> Self {
        let logo = theme.logo.as_ref();
        Self {
            site: assets.url("site.css"),
            page: assets.url("page.js"),
            chat: assets.url("chat.js"),
            voice: assets.url("voice.js"),
            icon: assets.url("icon.svg"),
            logo: logo.map(|logo| assets.url(logo.name)),
        }
    }
}

impl Frame {
    /// From settings and the register of services.
    pub(crate) fn new(app: &App) -> Self {
        let library = app.desk.library();
        let text = |text: &str| text.trim().to_owned();
        Self {
            service: text(&app.settings.service_name),
            run_by: text(&app.settings.run_by),
            contact: text(&app.settings.contact),
            hours: text(&app.settings.hours),
            here: "",
            files: Links::new(&app.assets, &app.settings.theme),
            colour: app.settings.theme.colour(),
            emergency: Line::new("999", emergency(&library)),
            distress: Line::of(&library, "samaritans"),
            medical: Line::of(&library, "nhs_111"),
        }
    }

    /// Whether the contact is an e-mail address and nothing else, so that it can be a link.
    pub(crate) fn contact_is_mail(&self) -> bool {
        ReplyMail::is_address(&self.contact)
    }

    /// The same on a page that belongs to this entry of the navigation.
    pub(crate) fn at(self, here: &'static str) -> Self {
        Self { here, ..self }
    }
}
