//! Where events of a channel become turns: whose conversation it is, what was done (words, a button, a command, a picture),
//! and which turn or fixed reply answers it. Each is taken up in the same transaction as its answer is queued.
//! What never lives here: reading or drawing anything in a channel's own form (bots), deciding about words (step).

mod bundle;
mod commands;
mod said;
mod spoken;

pub(super) use said::MESSAGES;

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::Semaphore;

use self::bundle::{Bundle, bundles};
use super::{
    desk::{Desk, DeskError},
    push::{Posting, SHOW_DETAILS, SHOW_SOURCES, reply_language},
    reply::Reply,
    snapshot::Snapshot,
    speech,
    state::{Input, Said, Stated, Topic},
    triage::sounds_urgent,
};
use crate::{
    base::{ConversationId, Lang},
    casework::{
        Address, Author, Button, Delivery, LaneLease, Offered, Outgoing, Reachability, Taken,
    },
    delivery::{Channel, Extra, Inbound, Kind, LISTEN},
};

/// An event that fails so often is given up, with an apology.
const TRIES: u32 = 5;

/// Recordings that are fetched and heard at once: whoever writes must not wait for those who speak.
const EARS: usize = 8;

/// The reception of one account.
#[derive(Debug)]
pub struct Reception<C> {
    desk: Desk,
    channel: Arc<C>,
    ears: Semaphore,
}

/// One bundle under way.
struct Caller<'a> {
    address: Address,
    inbound: &'a Inbound,
    taken: Taken,
    /// How often it was tried before.
    tries: u32,
}

impl<C: Channel> Reception<C> {
    /// Over a desk.
    pub fn new(desk: Desk, channel: Arc<C>) -> Self {
        Self {
            desk,
            channel,
            ears: Semaphore::new(EARS),
        }
    }

    /// Works off a lane, oldest first. What fails is tried again later, and in the end given up with an apology; what comes
    /// behind it waits, so that nothing is answered out of order. But words do not wait for a recording that nobody is free
    /// to hear.
    pub async fn take(&self, lease: LaneLease) {
        let read = |e: &crate::casework::Event| (e.clone(), self.channel.parse(&e.raw));
        let all = bundles(lease.events.iter().map(read).collect());
        let mut unheard = Vec::new();
        for bundle in all {
            let taken = lease.taken_of(&bundle.events);
            let Err(error) = self.answer(&bundle, taken.clone()).await else {
                continue;
            };
            let tries = bundle.attempts() + 1;
            if error == DeskError::Busy && bundle.is_spoken() {
                unheard.push((taken, tries));
                continue;
            }
            tracing::warn!(account = lease.account, tries, %error, "an event was not worked off");
            let dead = tries >= TRIES && !matches!(error, DeskError::Busy);
            let settled = if dead {
                self.give_up(&bundle, taken).await
            } else {
                self.later(taken, tries).await
            };
            if let Err(error) = settled {
                // The lease runs out by itself, and the event is there still.
                tracing::error!(account = lease.account, %error, "nor could that be noted");
            }
            if !dead {
                return;
            }
        }
        for (taken, tries) in unheard {
            if let Err(error) = self.later(taken, tries).await {
                tracing::error!(account = lease.account, %error, "a recording waits until its lane is free");
            }
        }
    }

    async fn later(&self, taken: Taken, tries: u32) -> Result<(), DeskError> {
        let now = self.desk.clock().now().instant;
        let wait = SignedDuration::from_secs(1_i64 << tries.min(6));
        let due = now.checked_add(wait).unwrap_or(now);
        let store = self.desk.store();
        Ok(store.fail_events(taken, "failed", due, now).await?)
    }

    /// The event is put aside for good; who sent it is told, in words that hold whatever it was.
    async fn give_up(&self, bundle: &Bundle, taken: Taken) -> Result<(), DeskError> {
        tracing::error!(account = taken.account, "an event was given up");
        let taken = Taken {
            dead: Some("failed"),
            ..taken
        };
        let Some(inbound) = &bundle.inbound else {
            return self.settle(taken).await;
        };
        let caller = self.caller(inbound, taken, bundle.attempts()).await?;
        let outgoing = self.fixed(&Lang::english(), "push_failed", &["button_person"]);
        let posting = caller.posting(None);
        self.desk.tell_address(outgoing, posting).await
    }

    async fn caller<'a>(
        &self,
        inbound: &'a Inbound,
        taken: Taken,
        tries: u32,
    ) -> Result<Caller<'a>, DeskError> {
        let now = self.desk.clock().now().instant;
        let (account, place) = (taken.account.clone(), inbound.address.clone());
        let address = self.desk.store().meet_address(account, place, now).await?;
        Ok(Caller {
            address,
            inbound,
            taken,
            tries,
        })
    }

    async fn answer(&self, bundle: &Bundle, taken: Taken) -> Result<(), DeskError> {
        let Some(inbound) = &bundle.inbound else {
            return self.settle(taken).await;
        };
        if matches!(inbound.kind, Kind::Nothing) {
            return self.settle(taken).await;
        }
        let caller = self.caller(inbound, taken, bundle.attempts()).await?;
        let now = self.desk.clock().now().instant;
        let reach = match inbound.kind {
            Kind::Reachability(reach) => reach,
            // Whoever writes can be written to.
            _ => Reachability::Yes,
        };
        if caller.address.reach != reach {
            let store = self.desk.store();
            store.set_reach(caller.address.id, reach, now).await?;
        }
        match &inbound.kind {
            Kind::Nothing | Kind::Reachability(_) => self.settle(caller.taken).await,
            Kind::Group { text } => self.refuse_group(caller, text).await,
            Kind::Text {
                text,
                reply_to,
                under,
            } => self.words(caller, text, reply_to.as_deref(), *under).await,
            Kind::Edited { text, .. } => self.edited(caller, text).await,
            Kind::Press { button } => self.pressed(caller, button).await,
            Kind::Command { name, rest } => self.command(caller, name, rest).await,
            Kind::Voice { media, reply_to } => {
                self.spoken(caller, media, reply_to.as_deref()).await
            }
            Kind::Extra(extra) => {
                let id = cannot_read(*extra);
                self.fixed_reply(caller, id, &["button_person"]).await
            }
        }
    }

    /// Taken up, and nothing to say.
    async fn settle(&self, taken: Taken) -> Result<(), DeskError> {
        let now = self.desk.clock().now().instant;
        let delivery = Delivery {
            taken: Some(taken),
            ..Delivery::default()
        };
        self.desk.store().settle_delivery(delivery, now).await?;
        Ok(())
    }

    /// A group is told once, kindly; a conversation about one's care is between two.
    async fn refuse_group(&self, caller: Caller<'_>, text: &str) -> Result<(), DeskError> {
        let urgent = sounds_urgent(&self.desk.snapshot(), text);
        if !caller.address.new && !urgent {
            return self.settle(caller.taken).await;
        }
        let outgoing = self.fixed(&Lang::english(), "push_group", &[]);
        let posting = caller.posting(None);
        self.desk.tell_address(outgoing, posting).await
    }

    /// The conversation that the caller is in, begun if there is none.
    async fn conversation(
        &self,
        caller: &Caller<'_>,
        stated: Stated,
    ) -> Result<ConversationId, DeskError> {
        match &caller.address.conversation {
            Some(id) => Ok(id.clone()),
            None => self.begin(caller, stated, false).await,
        }
    }

    /// A new one.
    async fn begin(
        &self,
        caller: &Caller<'_>,
        stated: Stated,
        aloud: bool,
    ) -> Result<ConversationId, DeskError> {
        let lang = caller.inbound.lang.as_ref();
        let lang = lang.map(|l| speech::held(&self.desk.snapshot(), l));
        let stated = Stated {
            lang: stated.lang.or(lang.filter(|l| !l.is_english())),
            ..stated
        };
        let channel = self.channel.channel();
        let desk = &self.desk;
        desk.start_at(channel, stated, aloud, caller.address.id)
            .await
    }

    /// Words: a turn like any other.
    async fn words(
        &self,
        caller: Caller<'_>,
        text: &str,
        reply_to: Option<&str>,
        under: Option<Extra>,
    ) -> Result<(), DeskError> {
        let said = Said::Text(text.to_owned());
        let note = under.map(|_| "push_words_only");
        self.said(caller, said, reply_to, note).await
    }

    /// What somebody wrote or said, perhaps in reply to something.
    async fn said(
        &self,
        caller: Caller<'_>,
        said: Said,
        reply_to: Option<&str>,
        note: Option<&'static str>,
    ) -> Result<(), DeskError> {
        let id = self.conversation(&caller, Stated::default()).await?;
        let first = self.desk.is_fresh(&id).await?;
        let stated = Stated {
            about: match reply_to {
                Some(external) => self.topic(&caller, &id, external).await?,
                None => None,
            },
            ..Stated::default()
        };
        let mut posting = caller.posting(None);
        posting.notes.extend(note);
        posting.notes.extend(first.then_some("push_first"));
        self.turn(&id, said, stated, posting).await
    }

    async fn turn(
        &self,
        id: &ConversationId,
        what: Said,
        stated: Stated,
        posting: Posting,
    ) -> Result<(), DeskError> {
        let input = Input {
            what,
            channel: self.channel.channel(),
            stated,
        };
        self.desk.pushed_turn(id, input, posting).await.map(drop)
    }

    /// What a message of ours that is replied to was about.
    async fn topic(
        &self,
        caller: &Caller<'_>,
        conversation: &ConversationId,
        external: &str,
    ) -> Result<Option<Topic>, DeskError> {
        let store = self.desk.store();
        let kept = store
            .message_by_external(caller.address.id, external.to_owned())
            .await?;
        let Some(kept) = kept else {
            return Ok(None);
        };
        // The question stands just before its answer: both were written at once.
        let before = kept.seq.saturating_sub(2);
        let asked = store.messages_after(conversation, before, 1).await?;
        let asked = asked
            .into_iter()
            .find(|m| m.seq + 1 == kept.seq && m.message.author == Author::Person);
        let json = kept.message.reply_json;
        let reply: Option<Reply> = json.and_then(|json| serde_json::from_str(&json).ok());
        let cited = reply.and_then(|r| r.citations.into_iter().next());
        Ok(cited.map(|c| Topic {
            article: c.article,
            section: c.section,
            question: asked.map_or(c.title, |m| m.message.text),
        }))
    }

    /// Words changed after they were answered: a cry for help is answered, an adviser gets them, all else is asked about.
    async fn edited(&self, caller: Caller<'_>, text: &str) -> Result<(), DeskError> {
        let id = self.conversation(&caller, Stated::default()).await?;
        let state = self.desk.state_of(&id).await?;
        let human = state.case.is_some_and(|c| c.human_owns);
        if human || sounds_urgent(&self.desk.snapshot(), text) {
            let posting = caller.posting(None);
            let said = Said::Text(text.to_owned());
            return self.turn(&id, said, Stated::default(), posting).await;
        }
        let lang = reply_language_in(&self.desk.snapshot(), &state.reply_in, &state.lang);
        let mut outgoing = self.fixed(&lang, "push_edited", &[]);
        outgoing.buttons.push(Button {
            label: self.say(&lang, "button_answer_this"),
            value: format!("ask:{text}"),
        });
        let posting = caller.posting(None);
        self.desk.tell(&id, text, outgoing, posting).await
    }

    /// A button: used once; a second press is quietly taken.
    async fn pressed(&self, caller: Caller<'_>, button: &str) -> Result<(), DeskError> {
        let now = self.desk.clock().now().instant;
        let store = self.desk.store();
        let offered = store
            .offered(caller.address.id, button.to_owned(), now)
            .await?;
        match offered {
            None => self.fixed_reply(caller, "push_button_gone", &[]).await,
            Some(offered) if offered.used => self.settle(caller.taken).await,
            Some(offered) => self.press(caller, button, offered).await,
        }
    }

    async fn press(
        &self,
        caller: Caller<'_>,
        button: &str,
        offered: Offered,
    ) -> Result<(), DeskError> {
        let value = offered.button.value.as_str();
        let id = match offered.conversation.clone() {
            Some(id) => id,
            None => self.conversation(&caller, Stated::default()).await?,
        };
        let posting = caller.posting(Some(button));
        match value {
            SHOW_DETAILS | SHOW_SOURCES | LISTEN => {
                let label = &offered.button.label;
                match self.desk.further(&offered.message, value).await? {
                    Some(outgoing) => self.desk.tell(&id, label, outgoing, posting).await,
                    None => self.fixed_reply(caller, "push_button_gone", &[]).await,
                }
            }
            "delete:yes" => self.delete(caller).await,
            "delete:no" => self.fixed_reply(caller, "push_kept", &[]).await,
            _ => {
                let said = Said::Action(value.to_owned());
                self.turn(&id, said, Stated::default(), posting).await
            }
        }
    }

    /// A fixed message as the whole reply, in the language of the conversation.
    async fn fixed_reply(
        &self,
        caller: Caller<'_>,
        message: &str,
        buttons: &[&str],
    ) -> Result<(), DeskError> {
        self.reply_with(caller, message, buttons, None).await
    }

    /// The same, perhaps with a further one below it.
    async fn reply_with(
        &self,
        caller: Caller<'_>,
        message: &str,
        buttons: &[&str],
        further: Option<&str>,
    ) -> Result<(), DeskError> {
        let id = self.conversation(&caller, Stated::default()).await?;
        let lang = self.language(&id).await?;
        let mut outgoing = self.fixed(&lang, message, buttons);
        if let Some(further) = further {
            let first = self.say(&lang, message);
            outgoing.markdown = format!("{first}\n\n{}", self.text(&lang, further));
        }
        let posting = caller.posting(None);
        self.desk.tell(&id, "", outgoing, posting).await
    }

    async fn language(&self, id: &ConversationId) -> Result<Lang, DeskError> {
        let state = self.desk.state_of(id).await?;
        Ok(speech::held(&self.desk.snapshot(), &reply_language(&state)))
    }

    fn say(&self, lang: &Lang, id: &str) -> String {
        self.desk.library().messages.say(lang, id, &[])
    }

    /// A fixed text, with the line that a machine translated it where nobody has looked at it since.
    fn text(&self, lang: &Lang, id: &str) -> String {
        let said = self.say(lang, id);
        if self.desk.library().messages.by_machine(lang) {
            format!("{said}\n\n*{}*", self.say(lang, "push_translated"))
        } else {
            said
        }
    }

    /// A fixed message with fixed buttons, each with its own meaning.
    fn fixed(&self, lang: &Lang, message: &str, buttons: &[&str]) -> Outgoing {
        let button = |id: &&str| Button {
            label: self.say(lang, id),
            value: said::meaning(id).to_owned(),
        };
        Outgoing {
            markdown: self.text(lang, message),
            buttons: buttons.iter().map(button).collect(),
            ..Outgoing::default()
        }
    }
}

impl Caller<'_> {
    fn posting(&self, pressed: Option<&str>) -> Posting {
        Posting {
            address: self.address.id,
            taken: self.taken.clone(),
            pressed: pressed.map(str::to_owned),
            notes: Vec::new(),
        }
    }
}

fn reply_language_in(snapshot: &Snapshot, wished: &Option<Lang>, spoken: &Lang) -> Lang {
    speech::held(snapshot, wished.as_ref().unwrap_or(spoken))
}

/// What is said to something without words.
fn cannot_read(extra: Extra) -> &'static str {
    match extra {
        Extra::Picture => "push_picture",
        Extra::Sticker => "push_sticker",
        Extra::Place => "push_place",
        Extra::File => "push_file",
        Extra::Contact => "push_contact",
        Extra::Unknown => "push_unknown",
    }
}
