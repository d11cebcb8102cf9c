//! The sections of the pages: colours, the accessibility statement, the chat on other websites.
//! What never lives here: how they are drawn (bots/web).

use std::path::PathBuf;

use serde::Deserialize;

/// `[theme]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThemeSection {
    /// The colour of header and main buttons, `#rrggbb`.
    pub colour: String,
    /// The colour of words on it.
    pub on_colour: String,
    /// The colour of links.
    pub link: String,
    /// A picture for the header, SVG or PNG. Empty: the name alone.
    pub logo: PathBuf,
}

impl Default for ThemeSection {
    fn default() -> Self {
        Self {
            colour: "#0b5563".into(),
            on_colour: "#ffffff".into(),
            link: "#0b5563".into(),
            logo: PathBuf::new(),
        }
    }
}

/// `[accessibility]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AccessibilitySection {
    /// The day the statement was signed off, in words: `1 December 2026`. Empty: not yet.
    pub prepared: String,
    /// The day of the last independent audit, in words. Empty: none was made.
    pub audited: String,
    /// Who made it.
    pub audited_by: String,
    /// Problems that it left open, one sentence each.
    pub problems: Vec<String>,
}

/// `[widget]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct WidgetSection {
    /// Websites that may show the chat, as origins: `https://www.kent.gov.uk`. Needs TLS for cookies to reach it there.
    pub origins: Vec<String>,
}

/// An origin as a browser writes it, perhaps with a star for part of the host or for the port.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let good = |c: char| c.is_ascii_alphanumeric() || ".-:*[]".contains(c);
        !host.is_empty() && host != "*" && host.chars().all(good)
    })
}

impl WidgetSection {
    pub(super) fn check(&self) -> Result<(), String> {
        match self.origins.iter().find(|o| !is_origin(o)) {
            Some(wrong) => Err(format!(
                "widget.origins: '{wrong}' is no origin like https://www.example.gov.uk"
            )),
            None => Ok(()),
        }
    }
}
