//! Packing (gzip) of the pages that are the same for everybody, on their way out.
//! What never lives here: style and scripts, packed once at the start (assets.rs).

use axum::{
    Extension,
    http::{Extensions, HeaderMap, StatusCode, Version},
};
use tower_http::compression::CompressionLayer;

/// Said by a handler of an answer that holds nobody's words and no secret. How short a text becomes tells what it repeats, and
/// whoever can put words of their own beside a secret reads it so, through TLS (BREACH): nothing is packed unless a handler says this.
#[derive(Clone, Copy)]
pub(crate) struct ForAll;

/// As a part of a response: `(FOR_ALL, Html(page))`.
pub(crate) const FOR_ALL: Extension<ForAll> = Extension(ForAll);

/// Which answers are packed.
type Which = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Packs what a handler said it of, for browsers that take it.
pub(crate) fn layer() -> CompressionLayer<Which> {
    let which: Which = |_, _, _, said| said.get::<ForAll>().is_some();
    CompressionLayer::new().compress_when(which)
}
