//! `waymark cases`: list, show, reply, close, verify: what lets somebody answer from the first day.
//! What never lives here: the queue's rules (casework, store).

mod export;

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use jiff::{Timestamp, civil::Date};
use waymark::{
    assistant::Desk,
    base::{CaseReference, Chance, Clock, Ids, Lang, Now},
    casework::{Author, Caller, Delivered, Reach},
    config::Config,
    store::{AdviserReply, CaseFile, CaseFilter, ChainCheck, LogStart, Store},
};

use crate::open;

#[derive(Args)]
pub(crate) struct Cases {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Open cases, urgent first, then oldest.
    List {
        /// Closed ones too.
        #[arg(long)]
        all: bool,
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// One case: packet, conversation, log.
    Show {
        /// WM-XXXXXX
        reference: CaseReference,
        /// Who is looking: goes into the log.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
    /// Reply to the person; it reaches their page at once.
    Reply {
        /// WM-XXXXXX
        reference: CaseReference,
        /// The reply.
        text: String,
        /// Name shown to the person.
        #[arg(long, default_value = "Adviser")]
        name: String,
        /// Account name for the log.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
    /// Close a case with an outcome code such as answered or signposted.
    Close {
        /// WM-XXXXXX
        reference: CaseReference,
        /// Outcome code: lower case letters, digits, dots, hyphens.
        #[arg(long, default_value = "answered")]
        outcome: String,
        /// Account name for the log.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
    /// Every case without words, for a report: CSV, or JSON lines.
    Export {
        #[command(flatten)]
        span: Span,
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// What people asked that the knowledge did not meet, by the nearest article.
    Gaps {
        #[command(flatten)]
        span: Span,
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// Open data protection requests and when each is due.
    Requests,
    /// Say that a case is a data protection request, or move that on.
    Request {
        /// WM-XXXXXX
        reference: CaseReference,
        /// What it is, or what has happened.
        step: export::Step,
        /// Account name for the log.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
    /// Check that the log of all cases, and that of staff, is whole.
    Verify,
}

/// From one day to another, both included.
#[derive(Args)]
struct Span {
    /// First day: 2026-11-01.
    #[arg(long)]
    from: Option<Date>,
    /// Last day.
    #[arg(long)]
    to: Option<Date>,
}

impl Span {
    fn instants(&self) -> (Timestamp, Timestamp) {
        let start = |day: Date| Now::starting(day).instant;
        let from = self.from.map_or(Timestamp::MIN, start);
        let after = self.to.and_then(|day| day.tomorrow().ok());
        (from, after.map_or(Timestamp::MAX, start))
    }
}

impl Cases {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let store = open::kept(&config)?;
        let code = open::runtime()?.block_on(work(&config, &store, self.what));
        store.close_blocking();
        code
    }
}
async fn work(config: &Config, store: &Store, what: What) -> Result<ExitCode> {
    let now = Clock::System.now().instant;
    match what {
        What::List { all, json } => list(store, all, json).await?,
        What::Show { reference, adviser } => {
            let caller = Caller::everywhere(&adviser);
            let file = store.open_case(&caller, &reference, now).await;
            let file = file.with_context(|| reference.to_string())?;
            let conversation = file.case.opened.conversation.clone();
            let delivered = store.delivered(conversation).await?;
            show(&file)?;
            show_delivery(delivered.as_ref());
        }
        What::Reply {
            reference,
            text,
            name,
            adviser,
        } => {
            if text.trim().is_empty() {
                bail!("the reply is empty");
            }
            let seed = Chance::System.draw().context("no random source")?;
            let message = Ids::new(seed, now).message();
            let lang = Lang::english();
            let reply = AdviserReply {
                case: reference.clone(),
                name,
                text,
                lang,
                message,
                asks: false,
            };
            let caller = Caller::everywhere(&adviser);
            store.reply_to_case(&caller, reply, now).await?;
            crate::out::line(format!("sent to {reference}"));
        }
        What::Close {
            reference,
            outcome,
            adviser,
        } => {
            let caller = Caller::everywhere(&adviser);
            // The person is asked whether it helped, in their language: that takes the messages.
            let snapshot = open::indexed(open::library(config)?, config.staffing())?;
            let desk = Desk::new(store.clone(), Clock::System, Chance::System, snapshot);
            desk.close_case(&caller, &reference, &outcome).await?;
            crate::out::line(format!("{reference} closed"));
        }
        What::Export { span, json } => export::all(store, span.instants(), json).await?,
        What::Gaps { span, json } => export::gaps(store, span.instants(), json).await?,
        What::Requests => export::requests(store, now).await?,
        What::Request {
            reference,
            step,
            adviser,
        } => {
            let caller = Caller::everywhere(&adviser);
            export::step(store, &caller, &reference, step, now).await?;
        }
        What::Verify => verify(store).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(store: &Store) -> Result<()> {
    match store.verify_chain().await? {
        ChainCheck::Whole { events } => {
            crate::out::line(format!("the log is whole: {events} events"));
        }
        ChainCheck::Broken { seq, why } => bail!("the log is broken at event {seq}: {why}"),
    }
    begins(store.log_start().await?);
    match store.verify_staff_log().await? {
        ChainCheck::Whole { events } => {
            crate::out::line(format!("the staff log is whole: {events} events"));
        }
        ChainCheck::Broken { seq, why } => {
            bail!("the staff log is broken at event {seq}: {why}")
        }
    }
    begins(store.staff_log_start().await?);
    Ok(())
}

fn begins(start: Option<LogStart>) {
    if let Some(start) = start {
        crate::out::line(format!(
            "events up to {} (of {}) were removed by age",
            start.seq, start.at
        ));
    }
}

async fn list(store: &Store, all: bool, json: bool) -> Result<()> {
    let mut filter = CaseFilter {
        limit: 1000,
        ..CaseFilter::default()
    };
    if all {
        filter.states.clear();
    }
    let cases = store.cases(&Reach::Everywhere, filter).await?;
    for case in &cases {
        if json {
            crate::out::line(serde_json::to_string(case)?);
            continue;
        }
        let opened = &case.opened;
        let area = opened.area.as_deref().unwrap_or("-");
        crate::out::line(format!(
            "{}  {:?}  {:?}  {}  {area}  opened {}",
            opened.reference, opened.priority, case.state, opened.reason, case.created
        ));
    }
    if cases.is_empty() && !json {
        crate::out::line("no open cases");
    }
    Ok(())
}

/// How what was written to the person fared, where it is pushed to them.
fn show_delivery(delivered: Option<&Delivered>) {
    if let Some(told) = delivered {
        crate::out::line(format!(
            "\nDelivery\n{}  reachable: {}  {} waiting, {} failed, {} may have come twice or not at all",
            told.account,
            told.reach.as_str(),
            told.waiting,
            told.failed,
            told.doubtful
        ));
    }
}

fn show(file: &CaseFile) -> Result<()> {
    crate::out::line(serde_json::to_string_pretty(&file.case)?);
    crate::out::line("\nConversation");
    for kept in &file.messages {
        let who = match kept.message.author {
            Author::Person => "person",
            Author::Assistant => "assistant",
            Author::Adviser => kept.message.name.as_deref().unwrap_or("adviser"),
            Author::System => "notice",
        };
        crate::out::line(format!("{}  {who}: {}", kept.at, kept.message.text));
    }
    for note in &file.notes {
        crate::out::line(format!(
            "{}  note by {}: {}",
            note.at, note.adviser, note.text
        ));
    }
    crate::out::line("\nLog");
    for event in &file.events {
        crate::out::line(format!(
            "{}  {}  {}  {}",
            event.at,
            event.event.kind.as_str(),
            event.event.actor,
            event.event.detail
        ));
    }
    Ok(())
}
