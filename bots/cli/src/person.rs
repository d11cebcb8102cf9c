//! `waymark person`: everything about one person as a text to read or as JSON; their erasure.
//! What never lives here: who may ask (the operator sees to it), what goes (store).

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use waymark::{
    base::{CaseReference, Clock, ConversationId},
    casework::{Author, Caller, Decision, RequestKind, RequestMove},
    config::Config,
    store::{PersonExport, Store},
};

use crate::{backup::Ledger, open, out};

#[derive(Args)]
pub(crate) struct Person {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Everything kept about a person: their conversations, answers, cases, notes. Logged on each case.
    Export {
        /// A case reference (WM-XXXXXX) or a conversation's id.
        reference: String,
        /// As JSON instead of a text to read.
        #[arg(long)]
        json: bool,
        /// Who gives it out: goes into the log.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
    /// Erase a person: at once where there is no case, else a request that a person decides.
    Erase {
        /// A case reference (WM-XXXXXX) or a conversation's id.
        reference: String,
        /// How the request was decided: `granted` erases now.
        #[arg(long)]
        decide: Option<Decided>,
        /// Who decided: goes into the log.
        #[arg(long, default_value = "terminal")]
        adviser: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Decided {
    Granted,
    Refused,
    Withdrawn,
}

impl Person {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let store = open::kept(&config)?;
        let done = open::runtime()?.block_on(async {
            work(&config, &store, self.what).await?;
            Ledger::of(&config).keep(&store).await
        });
        store.close_blocking();
        done?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn work(config: &Config, store: &Store, what: What) -> Result<()> {
    let now = Clock::System.now().instant;
    match what {
        What::Export {
            reference,
            json,
            adviser,
        } => {
            let (id, _) = find(store, &reference).await?;
            let caller = Caller::everywhere(&adviser);
            let export = store.export_person(&caller, &id, now).await?;
            if json {
                out::line(serde_json::to_string_pretty(&export)?);
            } else {
                read_out(&export);
            }
        }
        What::Erase {
            reference,
            decide,
            adviser,
        } => {
            let (id, case) = find(store, &reference).await?;
            let caller = Caller::everywhere(&adviser);
            match decide {
                None => ask(config, store, &id).await?,
                Some(how) => decided(store, &caller, (&id, case), how).await?,
            }
        }
    }
    Ok(())
}

/// The conversation that a reference means, and the case if it names one.
async fn find(store: &Store, reference: &str) -> Result<(ConversationId, Option<CaseReference>)> {
    if let Ok(case) = reference.parse::<CaseReference>() {
        let found = store.case(&case).await?;
        let found = found.with_context(|| format!("there is no case {case}"))?;
        return Ok((found.opened.conversation, Some(case)));
    }
    match reference.parse::<ConversationId>() {
        Ok(id) => Ok((id, None)),
        Err(_) => bail!("'{reference}' is neither a case reference nor a conversation's id"),
    }
}

async fn ask(config: &Config, store: &Store, id: &ConversationId) -> Result<()> {
    let now = Clock::System.now().instant;
    if config.staffing().keeps_cases
        && let Some(request) = store.ask_erasure(id, now).await?
    {
        let by = request
            .respond_by(now)
            .map_or_else(String::new, |by| format!(" by {by:.0}"));
        out::line(format!(
            "{0} must be kept for a time: a person decides{by}, then: waymark person erase {0} --decide granted",
            request.case
        ));
        return Ok(());
    }
    if !store.erase_conversation(id, "terminal", now).await? {
        bail!("there is nothing to erase");
    }
    out::line("erased");
    Ok(())
}

async fn decided(
    store: &Store,
    caller: &Caller,
    (id, case): (&ConversationId, Option<CaseReference>),
    how: Decided,
) -> Result<()> {
    let now = Clock::System.now().instant;
    let open = store.requests(&caller.reach, false).await?;
    let mut asked = None;
    for request in open {
        let of = store.case(&request.case).await?;
        let theirs = of.is_some_and(|c| &c.opened.conversation == id);
        if request.kind == RequestKind::Erasure && theirs {
            asked = Some(request.case);
        }
    }
    let Some(asked) = asked.or(case) else {
        bail!("there is no request to decide; without --decide it is made");
    };
    store
        .record_request(caller, &asked, RequestKind::Erasure, None, now)
        .await?;
    let decision = match how {
        Decided::Granted => {
            // First, so that a crash in between leaves it to be decided again and not to be forgotten.
            let erased = store.erase_person(caller, id, now).await?;
            out::line(format!("erased: {erased} conversations"));
            Decision::Granted
        }
        Decided::Refused => Decision::Refused,
        Decided::Withdrawn => Decision::Withdrawn,
    };
    let by = RequestMove::Decide(decision);
    store.move_request(caller, &asked, by, now).await?;
    out::line(format!(
        "{asked}: decided. Close the case when the person has been told."
    ));
    Ok(())
}

/// A text that the person can read.
fn read_out(export: &PersonExport) {
    out::line("# What is kept about you");
    for conversation in &export.conversations {
        out::line(format!(
            "\n## Conversation of {} ({:?})\n",
            conversation.created, conversation.channel
        ));
        for kept in &conversation.messages {
            let who = match kept.message.author {
                Author::Person => "You",
                Author::Assistant => "Waymark",
                Author::Adviser => kept.message.name.as_deref().unwrap_or("Adviser"),
                Author::System => "Notice",
            };
            out::line(format!("{} {who}:\n{}\n", kept.at, kept.message.text));
        }
        for receipt in &conversation.receipts {
            let cited = receipt
                .cited
                .iter()
                .map(|c| format!("{}#{}", c.article, c.section));
            let cited: Vec<String> = cited.collect();
            out::line(format!(
                "{} answer rested on: {}",
                receipt.at,
                cited.join(", ")
            ));
        }
        for given in &conversation.feedback {
            let said = if given.feedback.helpful {
                "helpful"
            } else {
                "not helpful"
            };
            let comment = given.feedback.comment.as_deref().unwrap_or("");
            out::line(format!("{} you said: {said} {comment}", given.at));
        }
        for case in &conversation.cases {
            let opened = &case.opened;
            out::line(format!(
                "\n### Case {} of {} ({:?}, {:?})",
                opened.reference, case.created, opened.kind, case.state
            ));
            let needs = serde_json::to_string(&case.needs).unwrap_or_default();
            out::line(format!("How you need us to communicate: {needs}"));
        }
        for event in &conversation.case_events {
            out::line(format!(
                "{} {} {} by {} {}",
                event.at,
                event.event.case,
                event.event.kind.as_str(),
                event.event.actor,
                event.event.detail
            ));
        }
    }
    for case in &export.cases {
        for note in &case.notes {
            out::line(format!(
                "\nNote on {} by {}, {}:\n{}",
                case.case, note.adviser, note.at, note.text
            ));
        }
        for draft in &case.drafts {
            out::line(format!(
                "\nUnsent draft on {} by {}:\n{}",
                case.case, draft.adviser, draft.text
            ));
        }
        if let Some(request) = &case.request {
            out::line(format!(
                "\nRequest on {}: {:?}, received {}",
                case.case, request.kind, request.received
            ));
        }
    }
}
