//! `waymark telegram setup`: tells Telegram where to deliver, what the bot can do and what it says of itself. May be run
//! again at any time; the service itself never changes any of it.
//! What never lives here: the words (knowledge/messages), the service.

use teloxide_core::{
    payloads::{
        SetMyCommandsSetters, SetMyDescriptionSetters, SetMyShortDescriptionSetters,
        SetWebhookSetters,
    },
    requests::{Request, Requester},
    types::{AllowedUpdate, BotCommand},
};
use waymark::{
    base::Lang,
    knowledge::{Complaint, Library},
};

use crate::{adapter::Telegram, settings::Settings};

/// Commands in the order of the menu; each with its message `command_…`.
const COMMANDS: [&str; 10] = [
    "help", "human", "new", "simple", "voice", "language", "privacy", "export", "delete", "stop",
];
/// Connections that Telegram may hold at once.
const CONNECTIONS: u8 = 40;

/// Sets it all; says line by line what was done.
///
/// # Errors
/// One line: what Telegram refused.
pub async fn setup(settings: Settings, library: &Library) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    let secret = settings.webhook_secret();
    let url = settings.webhook_url();
    let webhook = settings.mode == crate::settings::Mode::Webhook;
    let channel = Telegram::new(&settings)?;
    let bot = &channel.bot;
    let line = |error: teloxide_core::RequestError| format!("Telegram says: {error}");
    let me = bot.get_me().send().await.map_err(line)?;
    done.push(format!("bot: @{}", me.username()));
    match url.filter(|_| webhook) {
        Some(url) => {
            bot.set_webhook(url.clone())
                .secret_token(secret)
                .allowed_updates([
                    AllowedUpdate::Message,
                    AllowedUpdate::EditedMessage,
                    AllowedUpdate::CallbackQuery,
                    AllowedUpdate::MyChatMember,
                ])
                .max_connections(CONNECTIONS)
                .send()
                .await
                .map_err(line)?;
            done.push(format!("events are delivered to {url}"));
        }
        None => {
            bot.delete_webhook().send().await.map_err(line)?;
            done.push("events are fetched by long polling: no webhook is set".to_owned());
        }
    }
    for lang in languages(library) {
        let say = |id: &str| library.messages.say(&lang, id, &[]);
        let commands = COMMANDS.map(|name| BotCommand::new(name, say(&format!("command_{name}"))));
        let mut menu = bot.set_my_commands(commands);
        let mut long = bot.set_my_description().description(say("push_about"));
        let mut short = bot
            .set_my_short_description()
            .short_description(say("push_about_short"));
        if !lang.is_english() {
            // English is what everybody gets whose language is not held.
            menu = menu.language_code(lang.code());
            long = long.language_code(lang.code());
            short = short.language_code(lang.code());
        }
        menu.send().await.map_err(line)?;
        long.send().await.map_err(line)?;
        short.send().await.map_err(line)?;
        done.push(format!("menu and description: {lang}"));
    }
    Ok(done)
}

/// English first, then every language that the menu is held in.
fn languages(library: &Library) -> Vec<Lang> {
    let held = library.messages.translations.languages();
    let held = held.filter_map(|code| code.parse::<Lang>().ok());
    let held = held.filter(|lang| library.messages.has_in(lang, "command_help"));
    std::iter::once(Lang::english()).chain(held).collect()
}

/// Complaints about messages that the setup says and the library does not hold.
pub fn missing_messages(library: &Library) -> Vec<Complaint> {
    let commands = COMMANDS.iter().map(|name| format!("command_{name}"));
    let about = ["push_about", "push_about_short"].map(str::to_owned);
    let wanted = commands.chain(about);
    wanted
        .filter(|id| !library.messages.has(id))
        .map(|id| {
            let what = format!("message '{id}' is said but does not exist");
            Complaint::error("messages/en.toml", 1, what)
        })
        .collect()
}
