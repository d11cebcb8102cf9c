//! Recordings: looked at before they are fetched, fetched, heard, dropped; then a turn like any other. And who wants to be
//! read to.
//! What never lives here: hearing (voice), what is answered (step). No recording is written down anywhere.

use super::{
    super::{
        desk::DeskError,
        state::{Said, Stated},
    },
    Caller, Reception, TRIES,
};
use crate::{
    delivery::{Channel, FetchError, Media},
    voice::{HearError, Heard},
};

impl<C: Channel> Reception<C> {
    pub(super) async fn spoken(
        &self,
        caller: Caller<'_>,
        media: &Media,
        reply_to: Option<&str>,
    ) -> Result<(), DeskError> {
        match self.heard(media).await? {
            Ok(heard) => {
                let said = Said::Heard(Box::new(heard));
                self.said(caller, said, reply_to, None).await
            }
            // Telegram keeps it meanwhile. Whoever has waited long enough is told, and can write.
            Err(HearError::Busy) if caller.tries + 1 < TRIES => Err(DeskError::Busy),
            Err(error) => self.unheard(caller, &error).await,
        }
    }

    /// What was said; the sound is gone when this returns.
    async fn heard(&self, media: &Media) -> Result<Result<Heard, HearError>, DeskError> {
        if let Err(error) = self.desk.would_hear(media.bytes, media.seconds) {
            return Ok(Err(error));
        }
        let Ok(_ear) = self.ears.try_acquire() else {
            return Ok(Err(HearError::Busy));
        };
        match self.channel.fetch_media(media).await {
            Ok(recording) => Ok(self.desk.hear(recording).await),
            Err(FetchError::TooLarge) => {
                let most = self.channel.caps().media_bytes;
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                Ok(Err(HearError::TooLarge(most)))
            }
            Err(error @ FetchError::Unavailable) => Err(DeskError::Fault(error.to_string())),
        }
    }

    /// What is wrong with the recording, and how else help is to be had.
    async fn unheard(&self, caller: Caller<'_>, error: &HearError) -> Result<(), DeskError> {
        if let HearError::Absent(why) | HearError::Fault(why) = error {
            tracing::warn!(why, "a recording was not heard");
        }
        let id = self.conversation(&caller, Stated::default()).await?;
        let lang = self.language(&id).await?;
        let mut outgoing = self.fixed(&lang, "push_voice_help", &["button_person"]);
        let wrong = self.desk.unheard(error, &lang);
        outgoing.markdown = format!("{wrong}\n\n{}", outgoing.markdown);
        let posting = caller.posting(None);
        self.desk.tell(&id, "", outgoing, posting).await
    }

    /// `/voice`: replies are read aloud from now on, or no more. Only English is spoken.
    pub(super) async fn aloud(&self, caller: Caller<'_>) -> Result<(), DeskError> {
        let id = self.conversation(&caller, Stated::default()).await?;
        if self.desk.state_of(&id).await?.aloud {
            return self.action(caller, "aloud:off").await;
        }
        if self.desk.speaks() && self.language(&id).await?.is_english() {
            return self.action(caller, "aloud:on").await;
        }
        self.fixed_reply(caller, "push_cannot_speak", &["button_person"])
            .await
    }
}
