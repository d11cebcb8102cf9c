//! What stands around every page: name, files, the urgent help box, contact.
//! What never lives here: a page's own content.

use waymark::knowledge::Library;

use crate::app::{App, emergency, phone};

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
    pub(crate) css: String,
    pub(crate) js: String,
    pub(crate) icon: String,
    pub(crate) emergency: Line,
    pub(crate) distress: Option<Line>,
    pub(crate) medical: Option<Line>,
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
            css: app.assets.url("site.css"),
            js: app.assets.url("chat.js"),
            icon: app.assets.url("icon.svg"),
            emergency: Line::new("999", emergency(&library)),
            distress: Line::of(&library, "samaritans"),
            medical: Line::of(&library, "nhs_111"),
        }
    }
}
