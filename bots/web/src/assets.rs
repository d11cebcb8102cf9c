//! Style, script and icon: inside the executable, each under an address that names its content, packed once at the start.
//! What never lives here: pages (templates), the OpenAPI document's meaning (api).

use std::io::Write as _;

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::{address::Client, app::App, theme::Theme, trouble::Trouble};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/static"]
struct Files;

/// One file as it is served.
struct Asset {
    name: String,
    hash: String,
    kind: &'static str,
    bytes: Bytes,
    /// The same with gzip, where that is smaller.
    packed: Option<Bytes>,
}

impl Asset {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        let digest = Sha256::digest(&bytes);
        Self {
            name: name.to_owned(),
            hash: digest.iter().take(6).map(|b| format!("{b:02x}")).collect(),
            kind: kind(name),
            packed: packed(&bytes),
            bytes: bytes.into(),
        }
    }
}

fn packed(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

/// Every file, read once at the start.
pub(crate) struct Assets(Vec<Asset>);

impl Assets {
    /// Reads them all, and gives them the theme: colours at the end of each style sheet, a logo.
    pub(crate) fn load(theme: &Theme) -> Self {
        let embedded = |name: &str| {
            let mut bytes = Files::get(name)?.data.into_owned();
            // In the sheet itself: another file that the page waits for would be another way there and back on a slow network.
            if kind(name) == STYLE {
                bytes.extend(theme.sheet().into_bytes());
            }
            Some(Asset::new(name, bytes))
        };
        let mut all: Vec<Asset> = Files::iter().filter_map(|name| embedded(&name)).collect();
        if let Some(logo) = &theme.logo {
            all.push(Asset::new(logo.name, logo.bytes.clone()));
        }
        Self(all)
    }

    /// The address of a file: `/static/1f2e3d4c5b6a/site.css`.
    pub(crate) fn url(&self, name: &str) -> String {
        let hash = self.find(name).map_or("none", |a| a.hash.as_str());
        format!("/static/{hash}/{name}")
    }

    fn find(&self, name: &str) -> Option<&Asset> {
        self.0.iter().find(|a| a.name == name)
    }
}

const STYLE: &str = "text/css; charset=utf-8";

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => STYLE,
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

/// `GET /static/{hash}/{name}`. A page of another version may ask by an older hash: it gets today's file, uncached.
pub(crate) async fn file(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Trouble> {
    if !app.files.allow(client.network()) {
        return Err(Trouble::TooMany);
    }
    let Path((hash, name)) = path.map_err(|_| Trouble::NotFound)?;
    let asset = app.assets.find(&name).ok_or(Trouble::NotFound)?;
    let keep = if asset.hash == hash {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let told = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, keep),
        (header::VARY, "accept-encoding"),
    ];
    let accepts = headers.get(header::ACCEPT_ENCODING);
    let accepts = accepts.and_then(|v| v.to_str().ok()).unwrap_or("");
    Ok(match &asset.packed {
        Some(packed) if accepts.contains("gzip") => {
            let gzip = [(header::CONTENT_ENCODING, "gzip")];
            (told, gzip, packed.clone()).into_response()
        }
        _ => (told, asset.bytes.clone()).into_response(),
    })
}
