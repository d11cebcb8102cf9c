//! Telegram: fetching or taking its events, reading them, drawing and sending messages. teloxide's types and client only.
//! What never lives here: deciding what to say (assistant), keeping anything (store), when a message may go (delivery).

mod adapter;
mod drawn;
mod fetch;
mod hook;
mod ingress;
mod outcome;
mod parse;
mod poller;
mod render;
mod run;
mod settings;
mod setup;
mod split;

pub use adapter::Telegram;
pub use drawn::drawn;
pub use render::{Rendered, render};
pub use run::Service;
pub use settings::{CARRY_LINK, Mode, Settings, SettingsError};
pub use setup::{missing_messages, setup};
