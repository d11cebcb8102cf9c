//! Request bodies: read up to a limit, then as JSON or as a form.
//! What never lives here: what the fields mean (api, pages).

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use crate::{app::App, trouble::Trouble};

/// A body must be here within this time; a slow phone needs seconds for 64 KiB.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is over the limit is read and thrown away up to this many limits, so that the sender hears the answer instead
/// of a broken connection.
const DRAIN: usize = 32;

/// A body, perhaps only its beginning.
struct Sent {
    bytes: Vec<u8>,
    cut: bool,
}

async fn read(body: Body, most: usize) -> Result<Sent, Trouble> {
    let gathered = tokio::time::timeout(PATIENCE, gather(body, most)).await;
    gathered.map_err(|_| Trouble::CutOff)?
}

async fn gather(body: Body, most: usize) -> Result<Sent, Trouble> {
    let mut stream = body.into_data_stream();
    let (mut bytes, mut seen) = (Vec::new(), 0_usize);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Trouble::CutOff)?;
        let room = most.saturating_sub(bytes.len()).min(chunk.len());
        bytes.extend_from_slice(&chunk[..room]);
        seen = seen.saturating_add(chunk.len());
        if seen > most.saturating_mul(DRAIN) {
            break;
        }
    }
    let cut = seen > most;
    Ok(Sent { bytes, cut })
}

fn is_type(headers: &HeaderMap, fits: impl Fn(&str) -> bool) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    value.and_then(|v| v.to_str().ok()).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or("").trim();
        fits(&essence.to_ascii_lowercase())
    })
}

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Self, Trouble> {
        let json = |t: &str| t == "application/json" || t.ends_with("+json");
        if !is_type(request.headers(), json) {
            return Err(Trouble::WrongType("application/json"));
        }
        let most = app.settings.max_body_bytes;
        let sent = read(request.into_body(), most).await?;
        if sent.cut {
            return Err(Trouble::TooLarge(most));
        }
        let parsed = serde_json::from_slice(&sent.bytes);
        parsed.map(Self).map_err(|error| Trouble::MalformedJson {
            line: error.line(),
            column: error.column(),
        })
    }
}

/// A recording: its claimed type is not believed, so none is asked for.
pub(crate) struct Recording(pub(crate) Vec<u8>);

impl FromRequest<App> for Recording {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Self, Trouble> {
        let most = app.settings.max_recording_bytes;
        let sent = read(request.into_body(), most).await?;
        match sent.cut {
            true => Err(Trouble::TooMuchSound),
            false => Ok(Self(sent.bytes)),
        }
    }
}

/// A form's fields. What is over the limit is cut off, not refused: a person who pours out ten pages still has the
/// first of them read by triage (invariant 6).
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    /// Whether its end is missing.
    pub(crate) cut: bool,
}

impl Form {
    /// Whether there is such a field, be it empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(n, _)| n == name)
    }

    /// A field's text; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl Form {
    /// A form that nobody has filled in.
    pub(crate) fn empty() -> Self {
        Self {
            fields: Vec::new(),
            cut: false,
        }
    }

    /// Every text that this field was given.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.fields.iter().filter(move |(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl FromRequest<App> for Form {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Self, Trouble> {
        const FORM: &str = "application/x-www-form-urlencoded";
        if !is_type(request.headers(), |t| t == FORM) {
            return Err(Trouble::WrongType(FORM));
        }
        let sent = read(request.into_body(), app.settings.max_body_bytes).await?;
        let fields = sent.bytes.split(|b| *b == b'&').filter(|f| !f.is_empty());
        let fields = fields
            .map(|field| {
                let mut parts = field.splitn(2, |b| *b == b'=');
                let name = decoded(parts.next().unwrap_or_default());
                (name, decoded(parts.next().unwrap_or_default()))
            })
            .collect();
        Ok(Self {
            fields,
            cut: sent.cut,
        })
    }
}

/// Form encoding undone. What is no valid escape stays as it is; what is no valid UTF-8 becomes `�`.
fn decoded(bytes: &[u8]) -> String {
    let hex = |at: usize| {
        let digit = char::from(*bytes.get(at)?).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let escaped = match byte {
            b'%' => hex(at + 1).zip(hex(at + 2)),
            _ => None,
        };
        match (byte, escaped) {
            (_, Some((high, low))) => {
                out.push(high * 16 + low);
                at += 2;
            }
            (b'+', None) => out.push(b' '),
            (other, None) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
