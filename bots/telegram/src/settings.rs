//! What an operator may set about Telegram.
//! What never lives here: reading the configuration file or the environment (the library's config; bots/cli).

use sha2::{Digest, Sha256};
use url::Url;
use waymark::{base::Secret, delivery::Pace};

/// Where a link leads that carries a conversation here; `{bot}` is the bot's name, `{key}` what the desk gave out.
pub const CARRY_LINK: &str = "https://t.me/{bot}?start=c-{key}";

/// How events come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// We ask for them: works anywhere.
    Polling,
    /// Telegram delivers them to an address of ours.
    Webhook,
}

/// Why the settings cannot be used; one line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The token has not the form that Telegram gives out.
    #[error(
        "WAYMARK_TELEGRAM_TOKEN is not a bot token: it looks like 123456:ABC-DEF, as BotFather gives it"
    )]
    Token,
    /// Not an address.
    #[error("{0}: not an http or https address")]
    Address(&'static str),
    /// Webhooks need an address.
    #[error(
        "telegram.mode = \"webhook\" needs telegram.public_url, such as https://waymark.example.org"
    )]
    NoPublicUrl,
}

/// Settings of one bot.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) token: Secret,
    pub(crate) bot: u64,
    pub(crate) api: Url,
    pub(crate) mode: Mode,
    pub(crate) public: Option<Url>,
    pub(crate) pace: Pace,
}

impl Settings {
    /// `api_url`: the Bot API, or an emulator of it. `public_url`: where Telegram reaches this service; empty with polling.
    ///
    /// # Errors
    /// One line that names the key.
    pub fn new(
        token: Secret,
        api_url: &str,
        mode: Mode,
        public_url: &str,
        pace: Pace,
    ) -> Result<Self, SettingsError> {
        let (bot, rest) = token.reveal().split_once(':').ok_or(SettingsError::Token)?;
        let bot: u64 = bot.parse().map_err(|_| SettingsError::Token)?;
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if rest.is_empty() || !rest.bytes().all(good) {
            return Err(SettingsError::Token);
        }
        let public = match public_url {
            "" if mode == Mode::Webhook => return Err(SettingsError::NoPublicUrl),
            "" => None,
            url => Some(address(url).ok_or(SettingsError::Address("telegram.public_url"))?),
        };
        Ok(Self {
            bot,
            token,
            api: address(api_url).ok_or(SettingsError::Address("telegram.api_url"))?,
            mode,
            public,
            pace,
        })
    }

    /// `telegram:123456`, the account's id in the store.
    pub fn account(&self) -> String {
        format!("telegram:{}", self.bot)
    }

    /// What Telegram presents with each event. Derived from the token, so that every node knows it and nobody sets it.
    pub(crate) fn webhook_secret(&self) -> String {
        let digest = Sha256::new()
            .chain_update("waymark telegram webhook\n")
            .chain_update(self.token.reveal())
            .finalize();
        digest.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Where Telegram delivers.
    pub(crate) fn webhook_url(&self) -> Option<Url> {
        let mut url = self.public.clone()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend([
            "hooks",
            "telegram",
            &self.bot.to_string(),
        ]);
        Some(url)
    }
}

fn address(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}
