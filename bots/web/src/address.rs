//! Who is asking, as far as limits need it: a network or a conversation, kept in memory only, never logged.
//! What never lives here: identity, cookies (pages), tokens (api).

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use waymark::base::ConversationId;

use crate::{app::App, settings::Settings};

/// What a limit is counted against.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// One IPv4 address, or the /64 that one IPv6 household has.
    Network([u8; 8]),
    /// One conversation.
    Conversation(ConversationId),
    /// All together.
    Everybody,
}

/// Where a request came from. `None` inside where that says nothing: in process, or from a proxy on this machine that
/// does not tell us the client's address. Limiting those would shut everybody out together.
pub(crate) struct Client(Option<Key>);

impl Client {
    /// The network to count against.
    pub(crate) fn network(&self) -> Option<Key> {
        self.0.clone()
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(address(parts, &app.settings).map(network)))
    }
}

fn address(parts: &Parts, settings: &Settings) -> Option<IpAddr> {
    if !settings.client_address_header.is_empty() {
        // The last entry is the one that our own proxy added; those before it are the client's claim.
        let values = parts.headers.get_all(&settings.client_address_header);
        let last = values.iter().next_back()?.to_str().ok()?;
        return last.rsplit(',').next()?.trim().parse().ok();
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
    (!peer.to_canonical().is_loopback()).then_some(peer)
}

fn network(address: IpAddr) -> Key {
    let mut prefix = [0_u8; 8];
    match address.to_canonical() {
        IpAddr::V4(v4) => prefix[..4].copy_from_slice(&v4.octets()),
        IpAddr::V6(v6) => prefix.copy_from_slice(&v6.octets()[..8]),
    }
    Key::Network(prefix)
}
