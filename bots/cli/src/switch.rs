//! `waymark switch`: stops the assistant from answering on one channel, with a reason that people are told, and lets it answer
//! again. A running service follows within seconds.
//! What never lives here: what still works while it is off (assistant).

use std::{path::Path, process::ExitCode};

use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use waymark::{
    base::Clock,
    casework::{self, Channel},
    store::Store,
};

use crate::{open, out};

#[derive(Args)]
pub(crate) struct Switch {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Stop answering on a channel.
    Off {
        channel: Which,
        /// Why, one plain sentence: people read it.
        #[arg(long)]
        reason: String,
        /// Who does it: kept with it.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
    /// Answer again.
    On {
        channel: Which,
        /// Who does it: kept with it.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// The chat, the widget and the API.
    Web,
    /// The Telegram bot.
    Telegram,
}

impl Which {
    fn channel(self) -> Channel {
        match self {
            Self::Web => Channel::Web,
            Self::Telegram => Channel::Telegram,
        }
    }
}

impl Switch {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let store = open::kept(&config)?;
        let done = open::runtime()?.block_on(work(&store, self.what));
        store.close_blocking();
        done?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn work(store: &Store, what: Option<What>) -> Result<()> {
    let set = |which: Which, off: bool, reason: String, actor: String| casework::Switch {
        channel: which.channel(),
        off,
        reason,
        actor,
        at: Clock::System.now().instant,
    };
    let switch = match what {
        Some(What::Off {
            channel,
            reason,
            adviser,
        }) => {
            let reason = reason.trim().to_owned();
            if reason.is_empty() || reason.len() > 300 || reason.contains(char::is_control) {
                bail!("--reason is one sentence that people read: 1 to 300 bytes, one line");
            }
            Some(set(channel, true, reason, adviser))
        }
        Some(What::On { channel, adviser }) => Some(set(channel, false, String::new(), adviser)),
        None => None,
    };
    if let Some(switch) = switch {
        store.set_switch(switch).await?;
    }
    let all = store.switches().await?;
    if all.is_empty() {
        out::line("every channel is on");
    }
    for switch in all {
        let state = if switch.off { "off" } else { "on" };
        out::line(format!(
            "{:?}  {state}  since {:.0} by {}  {}",
            switch.channel, switch.at, switch.actor, switch.reason
        ));
    }
    Ok(())
}
