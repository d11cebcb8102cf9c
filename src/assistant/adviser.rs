//! What the desk does for advisers: closing with the question whether it helped, a suggested reply, an enquiry taken by phone.
//! What never lives here: the queue and its rules (casework, store), who may do it (bots).

use serde::Serialize;

use super::{
    desk::{Desk, DeskError},
    reply::{Citation, Reply},
    state::{Input, Said, State, Stated},
    step::{Turn, closing, step},
};
use crate::{
    base::{CaseReference, Lang, NoteId},
    casework::{
        Author, Caller, Case, CaseKind, Channel, ClientGroup, Needs, NewMessage, Outcome, Packet,
        Priority,
    },
    knowledge::{Audience, Regime},
    store::{NewEnquiry, StoreError},
};

/// Closing with one of these asks nothing: the person sees no end of their matter here.
const SILENT: [&str; 3] = ["duplicate", "withdrawn", "no_reply"];

/// An enquiry by phone or at the door, as an adviser takes it down.
#[derive(Debug, Clone)]
pub struct Enquiry {
    /// `phone` or `walk_in`.
    pub channel: Channel,
    /// What was asked.
    pub words: String,
    /// The language it was held in.
    pub lang: Lang,
    /// How soon.
    pub priority: Priority,
    /// About what.
    pub kind: CaseKind,
    /// Whose queue.
    pub area: Option<String>,
    /// Whom it is about.
    pub client_group: Option<ClientGroup>,
    /// Needs, and how the person may be reached.
    pub needs: Needs,
    /// Whether the adviser keeps it.
    pub claim: bool,
}

/// A reply that retrieval suggests to an adviser; never sent by itself.
#[derive(Debug, Clone, Serialize)]
pub struct Suggestion {
    /// The question that it answers: the person's last own words.
    pub question: String,
    /// Markdown, with its rule and its sources.
    pub text: String,
    /// What it rests on.
    pub citations: Vec<Citation>,
    /// How sure retrieval is, 0 to 1.
    pub confidence: f64,
}

impl Desk {
    /// Closes a case; the person is asked whether it helped, once in its life, in their own language, where it is safe to write
    /// to them.
    ///
    /// # Errors
    /// The store's: no such case within reach, a colleague has it, the outcome is no code.
    pub async fn close_case(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        outcome: &str,
    ) -> Result<Case, StoreError> {
        let at = self.clock().now().instant;
        let case = self.store().case(reference).await?;
        let ask = match case {
            Some(case) if asks(&case, outcome) => self.rating_question(&case).await?,
            _ => None,
        };
        self.store()
            .close_case(caller, reference, outcome, ask, at)
            .await
    }

    async fn rating_question(&self, case: &Case) -> Result<Option<NewMessage>, StoreError> {
        let opened = &case.opened;
        let Some(conversation) = self.store().conversation(&opened.conversation).await? else {
            return Ok(None);
        };
        let state: State = serde_json::from_str(&conversation.state_json).unwrap_or_default();
        let fault = |e: DeskError| StoreError::Other(e.to_string());
        let mut ids = self.ids().map_err(fault)?;
        let message = ids.message();
        let reply = closing(
            &opened.reference,
            state,
            &self.snapshot(),
            self.clock().now(),
            ids,
            &opened.conversation,
        );
        let json = serde_json::to_string(&reply).map_err(|e| StoreError::Other(e.to_string()))?;
        Ok(Some(NewMessage {
            id: message,
            author: Author::Assistant,
            name: None,
            text: reply.body_markdown.clone(),
            lang: reply.language.clone(),
            reply_json: Some(json),
            receipt: None,
            case: Some(opened.reference.clone()),
        }))
    }

    /// What the assistant would answer to the person's last words, for an adviser to approve, edit or reject. In English, with
    /// the sources; `None` when nothing fits well enough, or the words were erased. Keeps nothing.
    pub fn suggest(&self, packet: &Packet) -> Option<Suggestion> {
        let question = packet
            .unanswered
            .clone()
            .or_else(|| packet.own_words.last().cloned())
            .filter(|q| !q.trim().is_empty())?;
        let input = Input {
            what: Said::Text(question.clone()),
            channel: Channel::Terminal,
            stated: Stated {
                area: packet.area.clone(),
                regime: packet.regime.as_deref().and_then(Regime::parse),
                audience: packet.audience.as_deref().and_then(Audience::parse),
                lang: Some(Lang::english()),
                on: None,
                about: None,
                switched_off: None,
            },
        };
        let mut ids = self.ids().ok()?;
        let conversation = ids.conversation();
        let now = self.clock().now();
        // Earlier words first: the last ones may mean an article that none of them names alone.
        let earlier = packet.own_words.iter().rev().skip(1);
        let alone = std::iter::once(&question).chain(earlier).take(3);
        alone.cloned().find_map(|words| {
            let what = Said::Text(words.clone());
            let input = Input {
                what,
                ..input.clone()
            };
            let turn = step(
                State::default(),
                &input,
                &self.snapshot(),
                now,
                ids.clone(),
                &conversation,
            );
            suggestion(words, turn)
        })
    }

    /// Logs an enquiry by phone or at the door as a case, with the time that the adviser may tell the person.
    ///
    /// # Errors
    /// The store's; `Busy` when no free reference was found.
    pub async fn log_enquiry(&self, caller: &Caller, enquiry: Enquiry) -> Result<Case, StoreError> {
        let now = self.clock().now();
        let expected = self.staffing().reply_expected_by(
            enquiry.priority,
            enquiry.area.as_deref(),
            &self.library().areas,
            now.instant,
        );
        for _ in 0..3 {
            let mut ids = self.ids().map_err(|e| StoreError::Other(e.to_string()))?;
            let enquiry = enquiry.clone();
            let new = NewEnquiry {
                reference: ids.case(),
                conversation: ids.conversation(),
                token: ids.token().hash(),
                message: ids.message(),
                channel: enquiry.channel,
                words: enquiry.words,
                lang: enquiry.lang,
                priority: enquiry.priority,
                kind: enquiry.kind,
                area: enquiry.area,
                client_group: enquiry.client_group,
                needs: enquiry.needs,
                reply_expected_by: expected,
                claim: enquiry.claim,
            };
            match self.store().log_enquiry(caller, new, now.instant).await {
                Err(StoreError::Duplicate(_)) => {}
                other => return other,
            }
        }
        Err(StoreError::Busy)
    }

    /// A fresh id for a note, a saved reply or a to-do.
    ///
    /// # Errors
    /// When the operating system has no random source.
    pub fn note_id(&self) -> Result<NoteId, DeskError> {
        Ok(self.ids()?.note())
    }
}

fn asks(case: &Case, outcome: &str) -> bool {
    let safe = case.opened.packet.safe_to_contact.as_deref();
    let written_to = !matches!(case.channel, Channel::Phone | Channel::WalkIn);
    written_to
        && case.rating_asked.is_none()
        && !matches!(safe, Some("no" | "call"))
        && !SILENT.contains(&outcome)
}

fn suggestion(question: String, turn: Turn) -> Option<Suggestion> {
    let reply: Reply = turn.reply;
    let fits = matches!(reply.outcome, Outcome::Answered | Outcome::HandedOver)
        && !reply.citations.is_empty();
    fits.then(|| Suggestion {
        question,
        text: match reply.outcome {
            // What a hand-over says around its answer is for the person, not for the adviser.
            Outcome::HandedOver => [Some(reply.summary), reply.rule, reply.details_markdown]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("\n\n"),
            _ => reply.body_markdown,
        },
        citations: reply.citations,
        confidence: reply.confidence,
    })
}
