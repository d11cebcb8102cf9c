//! What people wrote, sealed on its way into the database and opened on its way out, where the operator has set a key: one key
//! a conversation, one a case, one a lane of an inbox. Each stands in the database wrapped by the operator's; what it sealed is lost with it.
//! What never lives here: SQL (sql/keys.rs), which columns are sealed (sql/sealed.rs), where the operator's key comes from (bots).

use std::{borrow::Cow, cell::RefCell, collections::HashMap};

use super::{
    db::Db,
    error::{Result, StoreError},
    sql::keys,
};
use crate::base::{CaseReference, Chance, ConversationId, SealKey, Secret};

/// Stands before what is sealed, and before plain text that begins like it: nobody can write what would be taken for sealed.
const SIGN: char = '\u{1}';
/// After the sign: what follows is plain.
const PLAIN: &str = "plain:";

/// What stands sealed in the row that knows the operator's key again.
const PROOF: &str = "store check";

/// What seals with, in this process.
pub(super) struct Seals {
    master: Option<SealKey>,
    chance: Chance,
}

/// Whose words: with their key they go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'a> {
    Conversation(&'a ConversationId),
    Case(&'a CaseReference),
    /// Account and lane of an inbox: what came in and is not taken up yet.
    Lane(&'a str, &'a str),
    /// The number of an address: what goes there outside any conversation.
    Address(u64),
}

impl<'a> Owner<'a> {
    /// Of what goes to an address.
    pub(super) fn of_message(conversation: Option<&'a ConversationId>, address: u64) -> Self {
        conversation.map_or(Self::Address(address), Self::Conversation)
    }

    /// A place for the owner's words: table and column, and what tells the row from the owner's others.
    pub(super) fn at(self, column: &'static str, row: &'a str) -> Place<'a> {
        let owner = self;
        Place { owner, column, row }
    }

    /// As the table of keys names its kind.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Conversation(_) => "conversation",
            Self::Case(_) => "case",
            Self::Lane(..) => "lane",
            Self::Address(_) => "address",
        }
    }

    /// As the table of keys names it.
    pub(super) fn id(self) -> String {
        match self {
            Self::Conversation(id) => id.as_str().to_owned(),
            Self::Case(reference) => reference.as_str().to_owned(),
            Self::Lane(account, lane) => format!("{account} {lane}"),
            Self::Address(number) => number.to_string(),
        }
    }
}

/// Where a value stands. Sealed for there, it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    owner: Owner<'a>,
    column: &'static str,
    row: &'a str,
}

impl Place<'_> {
    fn bound(&self) -> String {
        let (what, id) = (self.owner.what(), self.owner.id());
        format!("{} {what} {id} {}", self.column, self.row)
    }
}

/// The keys that one transaction has met. Not longer: another process may have destroyed one.
#[derive(Default)]
pub(super) struct Keys(RefCell<HashMap<String, SealKey>>);

impl Keys {
    pub(super) fn forget_all(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Seals {
    pub(super) fn new(master: Option<SealKey>) -> Self {
        let chance = Chance::System;
        Self { master, chance }
    }

    /// Whether there is a key to seal with.
    pub(super) fn on(&self) -> bool {
        self.master.is_some()
    }

    fn draw(&self) -> Result<[u8; 32]> {
        let drawn = self.chance.draw();
        drawn.map_err(|e| StoreError::Other(format!("no random bytes are to be had: {e}")))
    }
}

impl Db {
    /// Whether the operator's key is the one that this database was sealed with; false when nothing was sealed here yet.
    ///
    /// # Errors
    /// One line that names the key: it is missing or another.
    pub(super) fn prove_key(&self) -> Result<bool> {
        let variable = SealKey::VARIABLE;
        match (keys::check(self)?, &self.seals.master) {
            (None, _) => Ok(false),
            (Some(_), None) => Err(StoreError::Other(format!(
                "{variable} is not set, and what people wrote here was sealed with it"
            ))),
            (Some(kept), Some(master)) => match master.open(&Secret::new(kept), PROOF) {
                Some(_) => Ok(true),
                None => Err(StoreError::Other(format!(
                    "{variable} is not the key that what people wrote here was sealed with"
                ))),
            },
        }
    }

    /// A text as it is to be kept in its place.
    pub(super) fn seal<'t>(&self, place: Place<'_>, text: &'t str) -> Result<Cow<'t, str>> {
        if self.seals.master.is_none() || text.is_empty() {
            return Ok(match text.starts_with(SIGN) {
                true => Cow::Owned(format!("{SIGN}{PLAIN}{text}")),
                false => Cow::Borrowed(text),
            });
        }
        let key = self.key_to_seal(place.owner)?;
        let text = Secret::new(text.to_owned());
        let sealed = key.seal(&text, &place.bound(), self.seals.draw()?);
        let sealed = sealed.ok_or_else(unsealable)?;
        Ok(Cow::Owned(format!("{SIGN}{}", sealed.reveal())))
    }

    /// `seal`, where there may be nothing.
    pub(super) fn seal_if_any<'t>(
        &self,
        place: Place<'_>,
        text: Option<&'t str>,
    ) -> Result<Option<Cow<'t, str>>> {
        text.map(|text| self.seal(place, text)).transpose()
    }

    /// What was kept in this place, as it was written. `what` names it when it cannot be read: its key is gone, it was moved or changed.
    pub(super) fn open(
        &self,
        place: Place<'_>,
        kept: String,
        what: &'static str,
    ) -> Result<String> {
        let Some(signed) = kept.strip_prefix(SIGN) else {
            return Ok(kept);
        };
        if let Some(plain) = signed.strip_prefix(PLAIN) {
            return Ok(plain.to_owned());
        }
        let unreadable = || StoreError::unreadable(what);
        let key = self.key(place.owner)?.ok_or_else(unreadable)?;
        let opened = key.open(&Secret::new(signed.to_owned()), &place.bound());
        opened
            .map(|text| text.reveal().to_owned())
            .ok_or_else(unreadable)
    }

    /// Destroys a key: nothing that it sealed can be read again, wherever a copy of it may be.
    pub(super) fn destroy_key(&self, owner: Owner<'_>) -> Result<()> {
        self.keys.forget_all();
        keys::remove(self, owner)
    }

    /// Wraps every key with another operator's key, which alone opens them from then on; says how many. The keys themselves, and
    /// what they sealed, stay as they are.
    pub(super) fn wrap_anew(&self, new: &SealKey) -> Result<u64> {
        let master = self.seals.master.as_ref().ok_or_else(unsealable)?;
        let proved = self.prove_key()?;
        let mut wrapped = 0;
        for (what, id, kept) in keys::everybodys(self)? {
            let name = wrapping(&what, &id);
            let key = master.unwrap_key(&Secret::new(kept), &name);
            let key = key.ok_or_else(|| StoreError::unreadable("key"))?;
            let again = new.wrap(&key, &name, self.seals.draw()?);
            keys::replace(self, &what, &id, again.ok_or_else(unsealable)?.reveal())?;
            wrapped += 1;
        }
        if proved {
            let proof = new.seal(&Secret::new(PROOF.to_owned()), PROOF, self.seals.draw()?);
            keys::replace_check(self, proof.ok_or_else(unsealable)?.reveal())?;
        }
        Ok(wrapped)
    }

    fn key_to_seal(&self, owner: Owner<'_>) -> Result<SealKey> {
        if let Some(known) = self.key(owner)? {
            return Ok(known);
        }
        let master = self.seals.master.as_ref().ok_or_else(unsealable)?;
        if !self.prove_key()? {
            // The first that is sealed here: by this row the key is known again.
            let proof = master.seal(&Secret::new(PROOF.to_owned()), PROOF, self.seals.draw()?);
            keys::keep_check(self, proof.ok_or_else(unsealable)?.reveal())?;
        }
        let new = SealKey::new(self.seals.draw()?);
        let wrapped = master.wrap(&new, &wrapping_of(owner), self.seals.draw()?);
        keys::keep(self, owner, wrapped.ok_or_else(unsealable)?.reveal())?;
        self.keys
            .0
            .borrow_mut()
            .insert(wrapping_of(owner), new.clone());
        Ok(new)
    }

    fn key(&self, owner: Owner<'_>) -> Result<Option<SealKey>> {
        let name = wrapping_of(owner);
        if let Some(known) = self.keys.0.borrow().get(&name) {
            return Ok(Some(known.clone()));
        }
        let Some(master) = &self.seals.master else {
            return Ok(None);
        };
        let Some(wrapped) = keys::find(self, owner)? else {
            return Ok(None);
        };
        let key = master
            .unwrap_key(&Secret::new(wrapped), &name)
            .ok_or_else(|| StoreError::unreadable("key"))?;
        self.keys.0.borrow_mut().insert(name, key.clone());
        Ok(Some(key))
    }
}

/// What a key is wrapped for.
fn wrapping(what: &str, id: &str) -> String {
    format!("key {what} {id}")
}

fn wrapping_of(owner: Owner<'_>) -> String {
    wrapping(owner.what(), &owner.id())
}

fn unsealable() -> StoreError {
    StoreError::Other("a text could not be sealed".to_owned())
}

/// What begins every sealed value, for those who count them.
pub(super) fn sealed_begins() -> String {
    format!("{SIGN}sealed")
}
