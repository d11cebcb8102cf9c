//! The store's verbs of delivery: keep events and lend their lanes, lend what is to be sent and keep what came of it,
//! accounts, addresses, buttons and links.
//! What never lives here: SQL; when to ask for what (delivery).

use jiff::Timestamp;

use super::{
    Store,
    error::Result,
    shapes::{Lease, Lend, LendSends},
    sql::{addresses, conversations, erasure, inbox, outbox, outcomes, turns},
};
use crate::{
    base::{ConversationId, MessageId, TokenHash},
    casework::{
        Address, AddressId, Bot, Button, Committed, Delivered, Delivery, LaneLease, Message,
        NewConversation, NewEvent, Offered, Part, Reachability, Sending, Sent, Taken,
    },
};

macro_rules! verbs {
    ($($(#[$doc:meta])* $mode:ident $name:ident($($arg:ident: $type:ty),*) -> $out:ty = $body:expr;)*) => {
        impl Store {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// When the database cannot be read or written; then nothing was changed.
                pub async fn $name(&self, $($arg: $type),*) -> Result<$out> {
                    verbs!(@run $mode self $body)
                }
            )*
        }
    };
    (@run read $self:ident $body:expr) => { $self.read($body).await };
    (@run write $self:ident $body:expr) => { $self.write($body).await };
}

verbs! {
    /// Keeps events that are new, durably; says how many were. What came before is left as it is.
    write receive_events(account: String, events: Vec<NewEvent>, at: Timestamp) -> usize =
        move |w| inbox::receive(w.db, &account, &events, at);

    /// Whether any lane has something due. Cheap.
    read events_wait(account: String, now: Timestamp) -> bool =
        move |db| inbox::waits(db, &account, now);

    /// Lends free lanes with something due: cries for help first, then the longest waiting.
    write lend_lanes(ask: Lend) -> Vec<LaneLease> = move |w| inbox::lend(w.db, &ask);

    /// Events that could not be worked off: again from `due` on. The lane is given back.
    write fail_events(taken: Taken, why: &'static str, due: Timestamp, at: Timestamp) -> () =
        move |w| inbox::fail(w.db, &taken, why, due, at);

    /// A lane that is still held is held until then.
    write hold_lane(taken: Taken, until: Timestamp, at: Timestamp) -> () =
        move |w| inbox::hold(w.db, &taken, until, at);

    /// Takes events up and sends messages without a conversation's turn, in one. `LeaseLost` when the lane is another's.
    write settle_delivery(delivery: Delivery, at: Timestamp) -> Committed =
        move |w| turns::settle(w.db, &delivery, at);

    /// Whether anything may be sent now. Cheap.
    read sends_wait(account: String, now: Timestamp) -> bool =
        move |db| outbox::waits(db, &account, now);

    /// Lends what may be sent now: the first of each address, within the pace, urgent words first.
    write lend_sends(ask: LendSends) -> Vec<Sending> = move |w| outbox::lend(w.db, &ask);

    /// Written before a send begins, so that a crash leaves a doubt and no loss. False when the lease is lost.
    write begin_send(lease: Lease, at: Timestamp) -> bool = move |w| outbox::begin(w.db, lease, at);

    /// Puts the parts in the place of a whole message, and the buttons in reach. False when the lease is lost.
    write cut_send(lease: Lease, parts: Vec<Part>, buttons: Vec<(String, Button)>, expires: Timestamp, at: Timestamp) -> bool =
        move |w| outbox::cut(w.db, lease, &parts, &buttons, expires, at);

    /// Keeps what came of a send; an adviser learns of what did not go. False when the lease is lost or the message gone.
    write settle_send(lease: Lease, sent: Sent, at: Timestamp) -> bool =
        move |w| outcomes::settle(w.db, lease, &sent, at);

    /// The account is there from now on, under this name if one is given.
    write bot(id: String, name: String, at: Timestamp) -> Bot =
        move |w| addresses::account(w.db, &id, &name, at);

    /// An account as it stands.
    read find_bot(id: String) -> Option<Bot> = move |db| addresses::find_account(db, &id);

    /// Nothing is sent or fetched for this account before `until`.
    write hold_bot(id: String, why: &'static str, until: Timestamp) -> () =
        move |w| addresses::hold(w.db, &id, why, until);

    /// The account works again.
    write bot_well(id: String, at: Timestamp) -> () = move |w| addresses::well(w.db, &id, at);

    /// Whether `owner` is the one who fetches this account's events, until `until`.
    write lease_poller(account: String, owner: String, now: Timestamp, until: Timestamp) -> bool =
        move |w| addresses::lease_poller(w.db, &account, &owner, now, until);

    /// Ends the leases that a process left which is gone, where one process serves one database (SQLite). Where several may,
    /// it does nothing: leases run out by themselves.
    write take_over(account: String, at: Timestamp) -> () = move |w| match w.db.shared() {
        true => Ok(()),
        false => addresses::take_over(w.db, &account, at),
    };

    /// The address, kept from now on.
    write meet_address(account: String, address: String, at: Timestamp) -> Address =
        move |w| addresses::meet(w.db, &account, &address, at);

    /// Keeps whether an address can be reached, and tells its open cases when that is news.
    write set_reach(address: AddressId, reach: Reachability, at: Timestamp) -> () =
        move |w| addresses::set_reach(w.db, address.0, reach, at);

    /// Starts a conversation in which this address is from now on.
    write begin_conversation(new: NewConversation, address: AddressId) -> () =
        move |w| addresses::begin_conversation(w.db, &new, address);

    /// Every conversation of an address that is still kept.
    read conversations_of(address: AddressId) -> Vec<ConversationId> =
        move |db| addresses::conversations_of(db, address);

    /// Erases every conversation of an address as `erase_conversation` does, in one with what confirms it. With `kept`, those
    /// that have a case become requests as `ask_erasure` makes them, and if there was one `kept` goes out instead.
    write erase_address(address: AddressId, confirmed: Delivery, kept: Option<Delivery>, at: Timestamp) -> Committed =
        move |w| erasure::erase_address(w, address, &confirmed, kept.as_ref(), at);

    /// The button with this opaque id, if it was offered at this address and has not run out.
    read offered(address: AddressId, id: String, now: Timestamp) -> Option<Offered> =
        move |db| addresses::offered(db, address, &id, now);

    /// One message.
    read message(id: MessageId) -> Option<Message> = move |db| conversations::message(db, &id);

    /// The message of ours that the channel knows by `external` at this address.
    read message_by_external(address: AddressId, external: String) -> Option<Message> =
        move |db| outbox::by_external(db, address.0, &external);

    /// Keeps a one-time link that carries a conversation to another channel.
    write add_link(hash: TokenHash, conversation: ConversationId, expires: Timestamp) -> () =
        move |w| addresses::add_link(w.db, &hash.0, &conversation, expires);

    /// Follows such a link, once; `None` when it was followed before, has run out or never was.
    write follow_link(hash: TokenHash, address: AddressId, now: Timestamp) -> Option<ConversationId> =
        move |w| addresses::follow_link(w.db, &hash.0, address, now);

    /// How the messages of a conversation fare; `None` where nothing is pushed (the web).
    read delivered(conversation: ConversationId) -> Option<Delivered> =
        move |db| addresses::delivered(db, &conversation);

    /// Forgets what was settled before that instant and is kept for nothing any more; says how much.
    write prune_delivery(before: Timestamp) -> usize = move |w| addresses::prune(w.db, before);
}
