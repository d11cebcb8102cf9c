//! Style, script and icon: inside the executable, each under an address that names its content.
//! What never lives here: pages (templates), the OpenAPI document's meaning (api).

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::header,
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::{address::Client, app::App, trouble::Trouble};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/static"]
struct Files;

/// One file as it is served.
struct Asset {
    name: String,
    hash: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

/// Every file, read once at the start.
pub(crate) struct Assets(Vec<Asset>);

impl Assets {
    /// Reads them all.
    pub(crate) fn load() -> Self {
        let read = |name: &str| {
            let bytes = Files::get(name)?.data.into_owned();
            let digest = Sha256::digest(&bytes);
            let hash = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
            Some(Asset {
                name: name.to_owned(),
                hash,
                kind: kind(name),
                bytes,
            })
        };
        Self(Files::iter().filter_map(|name| read(&name)).collect())
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

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// `GET /static/{hash}/{name}`. A page of another version may ask by an older hash: it gets today's file, uncached.
pub(crate) async fn file(
    State(app): State<App>,
    client: Client,
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
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, keep),
    ];
    Ok((headers, asset.bytes.clone()).into_response())
}
