//! `waymark cases`: list, show, reply, close, verify: what lets somebody answer from the first day.
//! What never lives here: the queue's rules (casework, store).

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use waymark::{
    base::{CaseReference, Chance, Clock, Ids, Lang},
    casework::Author,
    store::{AdviserReply, CaseFilter, ChainCheck, Store},
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
    /// Check that the log of all cases is whole.
    Verify,
}

impl Cases {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        if !config.store.path.exists() {
            bail!(
                "store.path: {} does not exist yet; start `waymark serve` first",
                config.store.path.display()
            );
        }
        let store = open::store(&config)?;
        let code = open::runtime()?.block_on(work(&store, self.what));
        store.close_blocking();
        code
    }
}
async fn work(store: &Store, what: What) -> Result<ExitCode> {
    let now = Clock::System.now().instant;
    match what {
        What::List { all, json } => list(store, all, json).await?,
        What::Show { reference, adviser } => {
            show(store, &reference).await?;
            store.record_case_read(&reference, &adviser, now).await?;
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
                adviser,
                name,
                text,
                lang,
                message,
            };
            store.reply_to_case(reply, now).await?;
            crate::out::line(format!("sent to {reference}"));
        }
        What::Close {
            reference,
            outcome,
            adviser,
        } => {
            store
                .close_case(&reference, &adviser, &outcome, now)
                .await?;
            crate::out::line(format!("{reference} closed"));
        }
        What::Verify => match store.verify_chain().await? {
            ChainCheck::Whole { events } => {
                crate::out::line(format!("the log is whole: {events} events"))
            }
            ChainCheck::Broken { seq, why } => bail!("the log is broken at event {seq}: {why}"),
        },
    }
    Ok(ExitCode::SUCCESS)
}
async fn list(store: &Store, all: bool, json: bool) -> Result<()> {
    let mut filter = CaseFilter {
        limit: 1000,
        ..CaseFilter::default()
    };
    if all {
        filter.states.clear();
    }
    let cases = store.cases(filter).await?;
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
async fn show(store: &Store, reference: &CaseReference) -> Result<()> {
    let case = store
        .case(reference)
        .await?
        .with_context(|| format!("there is no case {reference}"))?;
    crate::out::line(serde_json::to_string_pretty(&case)?);
    let conversation = case.opened.conversation.clone();
    if let Some(told) = store.delivered(conversation).await? {
        crate::out::line(format!(
            "\nDelivery\n{}  reachable: {}  {} waiting, {} failed, {} may have come twice or not at all",
            told.account,
            told.reach.as_str(),
            told.waiting,
            told.failed,
            told.doubtful
        ));
    }
    crate::out::line("\nConversation");
    for kept in store
        .messages_after(&case.opened.conversation, 0, 1000)
        .await?
    {
        let who = match kept.message.author {
            Author::Person => "person",
            Author::Assistant => "assistant",
            Author::Adviser => kept.message.name.as_deref().unwrap_or("adviser"),
            Author::System => "notice",
        };
        crate::out::line(format!("{}  {who}: {}", kept.at, kept.message.text));
    }
    crate::out::line("\nLog");
    for event in store.case_events(reference).await? {
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
