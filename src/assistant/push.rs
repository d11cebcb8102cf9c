//! Turns on channels that we push to: the short answer first with buttons for the rest, in the outbox by the turn's own
//! transaction; fixed replies; a message's further parts on request.
//! What never lives here: which channel it is, how it draws a message (bots), reading events (reception).

use super::{
    compose::sources_block,
    desk::{Desk, DeskError, Reading, from_json, to_json},
    reply::Reply,
    snapshot::Snapshot,
    state::{Input, State, Stated},
};
use crate::{
    base::{ConversationId, Lang, MessageId, Stopwatch},
    casework::{
        AddressId, Author, Button, Channel, Committed, Delivery, NewConversation, NewMessage,
        NewOutgoing, Outcome, Outgoing, Taken, TurnRecord, Urgency,
    },
    delivery::LISTEN,
    knowledge::{Messages, speakable},
};

/// Two turns of one conversation at once (the person's other device, an adviser) are tried again this often.
const TRIES: usize = 8;
/// "The details": what the button under a short answer means.
pub(super) const SHOW_DETAILS: &str = "show:details";
/// "Where this comes from".
pub(super) const SHOW_SOURCES: &str = "show:sources";

/// Where a turn's reply goes and what the turn takes out of the inbox.
#[derive(Debug, Clone)]
pub(super) struct Posting {
    /// Where to.
    pub(super) address: AddressId,
    /// Which events are done with it.
    pub(super) taken: Taken,
    /// The button that was pressed.
    pub(super) pressed: Option<String>,
    /// Fixed messages said below the reply.
    pub(super) notes: Vec<&'static str>,
}

impl Posting {
    /// As written with the turn.
    pub(super) fn delivery(
        self,
        reply: &Reply,
        message: &MessageId,
        snapshot: &Snapshot,
        reading: Reading,
    ) -> Delivery {
        let messages = &snapshot.library.messages;
        let mut outgoing = short(reply, messages, reading);
        if reading == Reading::Always {
            let spoken = &snapshot.library.registers.spoken;
            outgoing.aloud = Some(speakable(&reply.aloud(), spoken));
        }
        for note in &self.notes {
            let note = messages.say(&reply.language, note, &[]);
            outgoing.markdown.push_str(&format!("\n\n{note}"));
        }
        if !self.notes.is_empty() && messages.by_machine(&reply.language) {
            let mark = messages.say(&reply.language, "push_translated", &[]);
            outgoing.markdown.push_str(&format!("\n\n*{mark}*"));
        }
        let urgency = if reply.urgent {
            Urgency::Urgent
        } else {
            Urgency::Ordinary
        };
        self.with(message, outgoing, urgency)
    }

    fn with(self, message: &MessageId, outgoing: Outgoing, urgency: Urgency) -> Delivery {
        Delivery {
            taken: Some(self.taken),
            pressed: self.pressed,
            outgoing: vec![NewOutgoing {
                message: message.clone(),
                address: self.address,
                outgoing,
                urgency,
            }],
        }
    }
}

/// A reply as a chat shows it: an answer's short form with its rule and first source, the rest behind buttons; all else whole.
fn short(reply: &Reply, messages: &Messages, reading: Reading) -> Outgoing {
    let say = |id: &str| messages.say(&reply.language, id, &[]);
    let button = |label: String, value: &str| Button {
        label,
        value: value.to_owned(),
    };
    let own = reply.options.iter().map(|o| Button {
        label: o.label.clone(),
        value: o.value.clone(),
    });
    let answered = matches!(
        reply.outcome,
        Outcome::Answered | Outcome::Calculated | Outcome::Document
    );
    if !answered || reply.beside.is_some() {
        return Outgoing {
            markdown: reply.body_markdown.clone(),
            buttons: own.collect(),
            ..Outgoing::default()
        };
    }
    let lines: Vec<&str> = reply.summary.lines().collect();
    let help = |urgent: bool| {
        reply
            .help_markdown
            .clone()
            .filter(|_| reply.urgent == urgent)
    };
    let mut blocks: Vec<String> = help(true).into_iter().collect();
    blocks.extend(reply.heard.clone());
    blocks.push(lines.join("  \n"));
    blocks.extend(reply.rule.as_ref().map(|rule| rule.replace('\n', "\n\n")));
    blocks.extend(help(false));
    blocks.extend(first_source(reply, messages));
    let mut buttons = Vec::new();
    if !details(reply, messages).is_empty() {
        buttons.push(button(say("button_details"), SHOW_DETAILS));
    }
    if !reply.citations.is_empty() {
        buttons.push(button(say("button_sources"), SHOW_SOURCES));
    }
    if reading == Reading::Offered {
        buttons.push(button(say("button_listen"), LISTEN));
    }
    if reply.reason.as_deref() != Some("easy_read") {
        buttons.push(button(say("button_simple"), "simple"));
    }
    let has_person = reply.options.iter().any(|o| o.value == "human");
    buttons.extend(own.filter(|b| b.value != "simple"));
    if !has_person {
        buttons.push(button(say("button_person"), "human"));
    }
    Outgoing {
        markdown: blocks.join("\n\n"),
        buttons,
        ..Outgoing::default()
    }
}

/// `From: Care Act 2014, section 31`, with its link; no statement of law goes without.
fn first_source(reply: &Reply, messages: &Messages) -> Option<String> {
    let cited = reply.citations.first()?;
    let name = match &cited.provision {
        Some(provision) => format!("{}, {provision}", cited.source),
        None => cited.source.clone(),
    };
    let shown = match &cited.url {
        Some(url) => format!("[{name}]({url})"),
        None => name,
    };
    Some(messages.say(&reply.language, "source_first", &[("source", &shown)]))
}

/// What to do next and the section's own words.
fn details(reply: &Reply, messages: &Messages) -> String {
    let mut blocks = Vec::new();
    if !reply.next.is_empty() {
        let heading = messages.say(&reply.language, "next_heading", &[]);
        let steps = reply.next.iter().enumerate();
        let steps: Vec<String> = steps.map(|(i, s)| format!("{}. {s}", i + 1)).collect();
        blocks.push(format!("**{heading}**\n\n{}", steps.join("\n")));
    }
    blocks.extend(reply.details_markdown.clone());
    blocks.join("\n\n")
}

impl Desk {
    /// A turn whose reply is pushed. What the store cannot keep is not answered: the event waits and comes again.
    pub(super) async fn pushed_turn(
        &self,
        id: &ConversationId,
        input: Input,
        posting: Posting,
    ) -> Result<Reply, DeskError> {
        let (watch, channel) = (Stopwatch::start(), input.channel);
        let ended = self.kept_turn(id, None, input, Some(posting)).await;
        self.0.counting.turn(channel, &ended, watch);
        ended
    }

    /// Starts a conversation in which this address is from now on; `aloud`: read to, as in the one before.
    pub(super) async fn start_at(
        &self,
        channel: Channel,
        stated: Stated,
        aloud: bool,
        address: AddressId,
    ) -> Result<ConversationId, DeskError> {
        let mut ids = self.ids()?;
        let known = |area: &String| self.library().areas.contains_key(area);
        let state = State {
            area: stated.area.filter(known),
            reply_in: stated.lang,
            aloud,
            ..State::default()
        };
        let new = NewConversation {
            id: ids.conversation(),
            // Nobody is ever shown this token: the channel itself tells who writes.
            token: ids.token().hash(),
            channel,
            state_json: to_json(&state)?,
            created: self.clock().now().instant,
        };
        let id = new.id.clone();
        self.store().begin_conversation(new, address).await?;
        Ok(id)
    }

    /// Whether nothing has been said in a conversation yet.
    pub(super) async fn is_fresh(&self, id: &ConversationId) -> Result<bool, DeskError> {
        let conversation = self.store().conversation(id).await?;
        Ok(conversation.is_some_and(|c| c.version == 0))
    }

    /// The state that the next turn of a conversation would begin with.
    pub(super) async fn state_of(&self, id: &ConversationId) -> Result<State, DeskError> {
        let conversation = self.store().conversation(id).await?;
        let conversation = conversation.ok_or(DeskError::NoSuchConversation)?;
        let desk = self.clone();
        tokio::task::spawn_blocking(move || desk.state(&conversation))
            .await
            .map_err(|e| DeskError::Fault(e.to_string()))?
    }

    /// A fixed reply to what needs no deciding: kept in the conversation like any other.
    pub(super) async fn tell(
        &self,
        id: &ConversationId,
        said: &str,
        outgoing: Outgoing,
        posting: Posting,
    ) -> Result<(), DeskError> {
        for _ in 0..TRIES {
            let loaded = self.store().conversation(id).await?;
            let loaded = loaded.ok_or(DeskError::NoSuchConversation)?;
            let state: State = from_json(&loaded.state_json)?;
            let lang = reply_language(&state);
            let mut outgoing = outgoing.clone();
            if outgoing.aloud.is_none() && self.reading(&state, &lang) == Reading::Always {
                outgoing.aloud = Some(self.as_said(&outgoing.markdown));
            }
            let mut ids = self.ids()?;
            let (person, assistant) = (ids.message(), ids.message());
            let theirs = NewMessage::plain(person, Author::Person, said.to_owned(), &state.lang);
            let ours = NewMessage::plain(
                assistant.clone(),
                Author::Assistant,
                outgoing.markdown.clone(),
                &lang,
            );
            let said_nothing = said.is_empty();
            let record = TurnRecord {
                conversation: id.clone(),
                expected_version: loaded.version,
                client_id: None,
                state_json: loaded.state_json,
                reply_json: String::new(),
                messages: [theirs, ours]
                    .into_iter()
                    .skip(usize::from(said_nothing))
                    .collect(),
                receipt: None,
                opened: Vec::new(),
                events: Vec::new(),
                packets: Vec::new(),
                delivery: posting
                    .clone()
                    .with(&assistant, outgoing, Urgency::Ordinary),
                tally: None,
                at: self.clock().now().instant,
            };
            match self.store().commit_turn(record).await? {
                Committed::Done | Committed::Repeated { .. } => return Ok(()),
                Committed::Conflict => {}
                Committed::Gone => return Err(DeskError::NoSuchConversation),
                Committed::LeaseLost => return Err(DeskError::Busy),
            }
        }
        Err(DeskError::Busy)
    }

    /// A reply that stands in no conversation.
    pub(super) async fn tell_address(
        &self,
        outgoing: Outgoing,
        posting: Posting,
    ) -> Result<(), DeskError> {
        let message = self.ids()?.message();
        let delivery = posting.with(&message, outgoing, Urgency::Ordinary);
        let at = self.clock().now().instant;
        match self.store().settle_delivery(delivery, at).await? {
            Committed::LeaseLost => Err(DeskError::Busy),
            _ => Ok(()),
        }
    }

    /// The further part of an answer that a button asks for; `None` when there is none.
    pub(super) async fn further(
        &self,
        message: &MessageId,
        wanted: &str,
    ) -> Result<Option<Outgoing>, DeskError> {
        let kept = self.store().message(message.clone()).await?;
        let Some(kept) = kept.map(|m| m.message) else {
            return Ok(None);
        };
        let snapshot = self.snapshot();
        let messages = &snapshot.library.messages;
        let reply = kept.reply_json.as_deref().filter(|json| !json.is_empty());
        let reply: Option<Reply> = reply.map(from_json).transpose()?;
        if wanted == LISTEN {
            let text = reply.as_ref().map_or(kept.text, Reply::aloud);
            return Ok(Some(Outgoing {
                markdown: messages.say(&kept.lang, "push_reading", &[]),
                aloud: Some(self.as_said(&text)),
                ..Outgoing::default()
            }));
        }
        let Some(reply) = reply else {
            return Ok(None);
        };
        let markdown = if wanted == SHOW_SOURCES {
            sources_block(&reply.citations, &reply.language, messages)
        } else {
            details(&reply, messages)
        };
        let button = |id: &str, value: &str| Button {
            label: messages.say(&reply.language, id, &[]),
            value: value.to_owned(),
        };
        let other = match wanted {
            SHOW_SOURCES => button("button_person", "human"),
            _ => button("button_sources", SHOW_SOURCES),
        };
        Ok(Some(Outgoing {
            markdown,
            buttons: vec![other],
            ..Outgoing::default()
        }))
    }
}

/// The language that fixed replies are in.
pub(super) fn reply_language(state: &State) -> Lang {
    state.reply_in.clone().unwrap_or_else(|| state.lang.clone())
}
