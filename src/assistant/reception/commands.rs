//! Commands: what each does. A cry for help behind a command is a cry for help.
//! What never lives here: their descriptions in a channel's menu (bots), their words (knowledge).

use super::{
    super::{
        desk::DeskError,
        state::{Said, Stated},
        triage::sounds_urgent,
    },
    Caller, Reception,
};
use crate::{
    base::{ConversationId, Lang, TokenHash},
    casework::{Attachment, Button, Committed, Delivery, NewOutgoing, Outgoing, Urgency},
    delivery::Channel,
};

/// A one-time link to a conversation: `/start c-…`.
const CARRY: &str = "c-";
/// A link that names a council: `/start area-kent`.
const AREA: &str = "area-";

impl<C: Channel> Reception<C> {
    pub(super) async fn command(
        &self,
        caller: Caller<'_>,
        name: &str,
        rest: &str,
    ) -> Result<(), DeskError> {
        if !rest.is_empty() && sounds_urgent(&self.desk.snapshot(), rest) {
            return self.words(caller, rest, None, None).await;
        }
        match name {
            "start" => self.start(caller, rest).await,
            "human" => self.action(caller, "human").await,
            "simple" => self.action(caller, "simple").await,
            "voice" => self.aloud(caller).await,
            "new" => self.new_conversation(caller).await,
            "language" => self.languages(caller).await,
            "delete" => {
                let buttons = ["button_delete_yes", "button_delete_no"];
                self.fixed_reply(caller, "push_delete_sure", &buttons).await
            }
            "export" => self.export(caller).await,
            "privacy" => {
                let heard = self.desk.hears().then_some("push_voice_kept");
                self.reply_with(caller, "push_privacy", &[], heard).await
            }
            "stop" => self.fixed_reply(caller, "push_stop", &[]).await,
            "help" => {
                let speaks = self.desk.speaks().then_some("push_help_voice");
                let buttons = ["button_person"];
                self.reply_with(caller, "push_help", &buttons, speaks).await
            }
            _ => {
                self.fixed_reply(caller, "push_no_such_command", &["button_person"])
                    .await
            }
        }
    }

    pub(super) async fn action(&self, caller: Caller<'_>, action: &str) -> Result<(), DeskError> {
        let id = self.conversation(&caller, Stated::default()).await?;
        let said = Said::Action(action.to_owned());
        let posting = caller.posting(None);
        self.turn(&id, said, Stated::default(), posting).await
    }

    /// Greets with what this is and what is kept; takes up what the link said.
    async fn start(&self, mut caller: Caller<'_>, rest: &str) -> Result<(), DeskError> {
        let mut notes = Vec::new();
        if let Some(token) = rest.strip_prefix(CARRY) {
            let now = self.desk.clock().now().instant;
            let store = self.desk.store();
            let followed = store
                .follow_link(TokenHash::of(token), caller.address.id, now)
                .await?;
            match followed {
                Some(id) => {
                    caller.address.conversation = Some(id);
                    notes.push("push_carried");
                }
                None => notes.push("push_link_gone"),
            }
        }
        let area = rest.strip_prefix(AREA).map(str::to_owned);
        let known = |a: &&String| self.desk.library().areas.contains_key(*a);
        let stated = Stated {
            area: area.as_ref().filter(known).cloned(),
            ..Stated::default()
        };
        if stated.area.is_some() {
            // The council stands in a conversation's beginning: a link that names one begins anew.
            caller.address.conversation = None;
        }
        let id = self.conversation(&caller, stated).await?;
        let lang = self.language(&id).await?;
        let mut outgoing = self.fixed(&lang, "push_start", &["button_person"]);
        for note in notes {
            let note = self.say(&lang, note);
            outgoing.markdown = format!("{note}\n\n{}", outgoing.markdown);
        }
        if self.desk.hears() {
            let kept = self.say(&lang, "push_voice_kept");
            outgoing.markdown.push_str(&format!("\n\n{kept}"));
        }
        let posting = caller.posting(None);
        self.desk.tell(&id, "", outgoing, posting).await
    }

    /// A fresh conversation; what was said before stays kept, and an adviser's case goes on.
    async fn new_conversation(&self, mut caller: Caller<'_>) -> Result<(), DeskError> {
        let (mut stated, mut aloud) = (Stated::default(), false);
        if let Some(before) = caller.address.conversation.take() {
            stated.lang = Some(self.language(&before).await?).filter(|l| !l.is_english());
            aloud = self.desk.state_of(&before).await?.aloud;
        }
        let id = self.begin(&caller, stated, aloud).await?;
        let lang = self.language(&id).await?;
        let outgoing = self.fixed(&lang, "push_new", &[]);
        let posting = caller.posting(None);
        self.desk.tell(&id, "", outgoing, posting).await
    }

    /// A button for each language that fixed messages are held in.
    async fn languages(&self, caller: Caller<'_>) -> Result<(), DeskError> {
        let id = self.conversation(&caller, Stated::default()).await?;
        let lang = self.language(&id).await?;
        let mut outgoing = self.fixed(&lang, "push_language", &[]);
        let library = self.desk.library();
        let mut codes: Vec<&str> = library.messages.translations.languages().collect();
        codes.insert(0, "en");
        for code in codes {
            let name = format!("language_{code}");
            if library.messages.has(&name) {
                outgoing.buttons.push(Button {
                    label: self.say(&Lang::english(), &name),
                    value: format!("lang:{code}"),
                });
            }
        }
        let posting = caller.posting(None);
        self.desk.tell(&id, "", outgoing, posting).await
    }

    /// Everything kept about this person here, as a file.
    async fn export(&self, caller: Caller<'_>) -> Result<(), DeskError> {
        let id = self.conversation(&caller, Stated::default()).await?;
        let mut all = Vec::new();
        for conversation in self.kept(&caller).await? {
            all.push(self.desk.export(&conversation).await?);
        }
        let text =
            serde_json::to_string_pretty(&all).map_err(|e| DeskError::Fault(e.to_string()))?;
        let lang = self.language(&id).await?;
        let words = self.fixed(&lang, "push_export", &[]);
        let outgoing = Outgoing {
            file: Some(Attachment {
                name: "waymark-conversation.json".to_owned(),
                text,
            }),
            ..words
        };
        let posting = caller.posting(None);
        self.desk.tell(&id, "", outgoing, posting).await
    }

    async fn kept(&self, caller: &Caller<'_>) -> Result<Vec<ConversationId>, DeskError> {
        let store = self.desk.store();
        Ok(store.conversations_of(caller.address.id).await?)
    }

    /// Erases every conversation of this address, in one with the confirmation, which stands in none. Where cases must be kept for
    /// a time, those that have one become requests that a person decides, and the confirmation says so.
    pub(super) async fn delete(&self, caller: Caller<'_>) -> Result<(), DeskError> {
        let lang = match &caller.address.conversation {
            Some(id) => self.language(id).await?,
            None => Lang::english(),
        };
        let message = self.desk.ids()?.message();
        let saying = |words: &str| Delivery {
            taken: Some(caller.taken.clone()),
            pressed: None,
            outgoing: vec![NewOutgoing {
                message: message.clone(),
                address: caller.address.id,
                outgoing: self.fixed(&lang, words, &[]),
                urgency: Urgency::Ordinary,
            }],
        };
        let keeps_cases = self.desk.staffing().keeps_cases;
        let kept = keeps_cases.then(|| saying("push_delete_asked"));
        let now = self.desk.clock().now().instant;
        let store = self.desk.store();
        match store
            .erase_address(caller.address.id, saying("push_deleted"), kept, now)
            .await?
        {
            Committed::LeaseLost => Err(DeskError::Busy),
            _ => Ok(()),
        }
    }
}
