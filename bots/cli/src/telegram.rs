//! `waymark telegram setup`, and the bot's service as `serve` runs it; the token comes from the environment.
//! What never lives here: what the bot does (bots/telegram).

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use waymark::{
    assistant::Desk,
    base::{Chance, Secret},
    config::{Config, TelegramMode},
};
use waymark_telegram::{CARRY_LINK, Mode, Service, Settings, drawn};
use waymark_web::ChatApp;

use crate::open;

/// Where the token comes from.
const TOKEN: &str = "WAYMARK_TELEGRAM_TOKEN";

#[derive(Args)]
pub(crate) struct Telegram {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Sets webhook (or none, with polling), menu and descriptions. Run it once, and after each change of them.
    Setup,
}

impl Telegram {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let What::Setup = self.what;
        let config = open::config(config)?;
        let settings = settings(&config)?.with_context(|| format!("{TOKEN} is not set"))?;
        let library = open::library(&config)?;
        let done = open::runtime()?.block_on(waymark_telegram::setup(settings, &library));
        for line in done.map_err(|line| anyhow!(line))? {
            crate::out::line(line);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The settings of the bot; `None` without a token: then there is no Telegram.
fn settings(config: &Config) -> Result<Option<Settings>> {
    let token = match std::env::var(TOKEN) {
        Ok(token) if !token.trim().is_empty() => Secret::new(token.trim().to_owned()),
        _ => return Ok(None),
    };
    let telegram = &config.telegram;
    let mode = match telegram.mode {
        TelegramMode::Polling => Mode::Polling,
        TelegramMode::Webhook => Mode::Webhook,
    };
    let (api, public) = (&telegram.api_url, &telegram.public_url);
    let settings = Settings::new(token, api, mode, public, config.delivery.pace())?;
    Ok(Some(settings))
}

/// The bot as the pages know it: where a conversation can be carried to.
pub(crate) fn chat_app(config: &Config) -> Result<Option<ChatApp>> {
    let settings = settings(config)?;
    Ok(settings.map(|settings| ChatApp {
        name: "Telegram".to_owned(),
        account: settings.account(),
        link: CARRY_LINK.to_owned(),
        drawn,
    }))
}

/// The bot's service, if there is a token.
pub(crate) async fn service(config: &Config, desk: Desk) -> Result<Option<Service>> {
    let Some(settings) = settings(config)? else {
        return Ok(None);
    };
    let service = Service::new(desk, settings, Chance::System).await;
    service
        .map(Some)
        .map_err(|line| anyhow!("telegram: {line}"))
}
