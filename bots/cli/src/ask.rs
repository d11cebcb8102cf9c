//! `waymark ask`: one answer on the terminal, or a conversation. Uses a throw-away store and opens no live case.
//! What never lives here: what to answer.

use std::{
    io::{BufRead, IsTerminal, Read, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Result, bail};
use clap::Args;
use jiff::civil::Date;
use waymark::{
    assistant::{Desk, Input, Reply, Said, Stated},
    base::{Clock, ConversationId, Lang},
    casework::Channel,
    knowledge::{Audience, Regime},
};

use crate::open;

#[derive(Args)]
pub(crate) struct Ask {
    /// The question.
    question: Option<String>,
    /// The whole reply as JSON.
    #[arg(long)]
    json: bool,
    /// Council: kent, cambridgeshire, peterborough.
    #[arg(long)]
    area: Option<String>,
    /// Which law: adults, children, education, health, employment.
    #[arg(long, value_parser = regime)]
    regime: Option<Regime>,
    /// Answer as on this day, such as 2027-01-05.
    #[arg(long)]
    on: Option<Date>,
    /// Language of the question, such as pl.
    #[arg(long)]
    lang: Option<Lang>,
    /// Who is asking: adult, carer, parent, young-person, employer, pa, professional.
    #[arg(long, value_parser = audience)]
    audience: Option<Audience>,
}

fn regime(word: &str) -> Result<Regime, String> {
    Regime::parse(word).ok_or_else(|| format!("known are {}", words(Regime::ALL)))
}

fn audience(word: &str) -> Result<Audience, String> {
    Audience::parse(word).ok_or_else(|| format!("known are {}", words(Audience::ALL)))
}

fn words<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

impl Ask {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let clock = self.on.map_or(Clock::System, Clock::fixed_on);
        let desk = open::throw_away_desk(&config, clock)?;
        let runtime = open::runtime()?;
        runtime.block_on(self.talk(&desk))
    }

    fn stated(&self) -> Stated {
        Stated {
            area: self.area.clone(),
            regime: self.regime,
            audience: self.audience,
            lang: self.lang.clone(),
            on: self.on,
            about: None,
            switched_off: None,
        }
    }

    async fn talk(&self, desk: &Desk) -> Result<ExitCode> {
        let (id, _) = desk.start(Channel::Terminal, self.stated()).await?;
        if let Some(question) = &self.question {
            self.turn(desk, &id, question).await?;
            return Ok(ExitCode::SUCCESS);
        }
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            let mut question = String::new();
            stdin.lock().read_to_string(&mut question)?;
            self.turn(desk, &id, &question).await?;
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("Ask your question; an empty line ends the conversation.");
        loop {
            eprint!("> ");
            std::io::stderr().flush()?;
            let mut line = String::new();
            if stdin.lock().read_line(&mut line)? == 0 || line.trim().is_empty() {
                return Ok(ExitCode::SUCCESS);
            }
            self.turn(desk, &id, line.trim_end()).await?;
        }
    }
    async fn turn(&self, desk: &Desk, id: &ConversationId, text: &str) -> Result<()> {
        let input = Input {
            what: Said::Text(text.to_owned()),
            channel: Channel::Terminal,
            stated: self.stated(),
        };
        let reply: Reply = match desk.turn(id, None, input).await {
            Ok(reply) => reply,
            Err(error) => bail!("{error}"),
        };
        if self.json {
            crate::out::line(serde_json::to_string_pretty(&reply)?);
            return Ok(());
        }
        crate::out::line(reply.body_markdown);
        for option in &reply.options {
            crate::out::line(format!("[{}]", option.label));
        }
        Ok(())
    }
}
