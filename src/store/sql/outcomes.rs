//! SQL of what came of a send: kept on its row, and told in the case where an adviser must know.
//! What never lives here: how an outcome is read off a channel's answer (bots, delivery).

use jiff::Timestamp;

use super::{
    Db, addresses, chain, life, params,
    rows::{Columns, all, first, instant, run, signed},
};
use crate::{
    base::{CaseReference, ConversationId},
    casework::{CaseEventKind, Reachability, Sent},
    store::{error::Result, shapes::Lease},
};

/// Whoever writes into a case that something did not go.
const DELIVERY: &str = "delivery";

/// The row that a worker comes back with.
struct Row {
    address: u64,
    message: String,
    conversation: Option<ConversationId>,
    account: String,
    /// Whether the channel has left us in doubt about it before; what a crash of ours left counts for nothing here.
    uncertain: bool,
}

/// Keeps it; false when the lease is lost or the message is gone (erased).
pub(in crate::store) fn settle(db: &Db, lease: Lease, sent: &Sent, at: Timestamp) -> Result<bool> {
    let row = first(
        db,
        "SELECT address, message, conversation, account, error IS NOT DISTINCT FROM 'uncertain' FROM outbox
         WHERE seq = ?1 AND fence = ?2 AND settled IS NULL AND state IN ('leased', 'uncertain')",
        params![signed(lease.seq), signed(lease.fence)],
        |row| {
            let mut c = Columns::of(row, "message to be sent");
            Ok(Row {
                address: c.count()?,
                message: c.plain()?,
                conversation: c.parsed_if_any()?,
                account: c.plain()?,
                uncertain: c.plain()?,
            })
        },
    )?;
    let Some(row) = row else {
        return Ok(false);
    };
    match sent {
        Sent::Done { external } => close(db, lease, "sent", Some(external), None, at)?,
        Sent::Later {
            not_before,
            why,
            account,
        } => {
            again(db, lease, "queued", *not_before, why)?;
            wait(db, &row, *not_before, *account)?;
        }
        Sent::Uncertain { not_before, why } if !row.uncertain => {
            again(db, lease, "uncertain", *not_before, why)?;
            doubt(db, lease)?;
        }
        Sent::Uncertain { why, .. } => {
            doubt(db, lease)?;
            close(db, lease, "uncertain", None, Some(why), at)?;
            tell(db, &row, "uncertain", at)?;
        }
        Sent::Failed { why } => {
            close(db, lease, "failed", None, Some(why), at)?;
            cancel_rest(db, &row, at)?;
            tell(db, &row, why, at)?;
        }
        Sent::Dropped { why } => close(db, lease, "cancelled", None, Some(why), at)?,
        Sent::Unreachable(reach) => {
            close_all(db, &row, *reach, at)?;
            addresses::set_reach(db, row.address, *reach, at)?;
            tell(db, &row, reach.as_str(), at)?;
        }
        Sent::Moved { address } => {
            addresses::moved(db, row.address, address)?;
            again(db, lease, "queued", at, "moved")?;
        }
        Sent::Held { until, why } => {
            again(db, lease, "queued", *until, why)?;
            addresses::hold(db, &row.account, why, *until)?;
        }
    }
    Ok(true)
}

fn close(
    db: &Db,
    lease: Lease,
    state: &str,
    external: Option<&str>,
    why: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    run(
        db,
        "UPDATE outbox SET state = ?2, external_id = ?3, error = ?4, settled = ?5, payload = NULL,
                           owner = NULL, until = NULL, begun = NULL WHERE seq = ?1",
        params![
            signed(lease.seq),
            state,
            external.filter(|e| !e.is_empty()),
            why,
            instant(at)
        ],
    )?;
    Ok(())
}

fn again(db: &Db, lease: Lease, state: &str, from: Timestamp, why: &str) -> Result<()> {
    run(
        db,
        "UPDATE outbox SET state = ?2, not_before = ?3, error = ?4, owner = NULL, until = NULL, begun = NULL
         WHERE seq = ?1",
        params![signed(lease.seq), state, instant(from), why],
    )?;
    Ok(())
}

fn doubt(db: &Db, lease: Lease) -> Result<()> {
    run(
        db,
        "UPDATE outbox SET doubtful = doubtful + 1 WHERE seq = ?1",
        [signed(lease.seq)],
    )?;
    Ok(())
}

/// The address waits; the account too, where the channel held it back for more than one address.
fn wait(db: &Db, row: &Row, from: Timestamp, account: bool) -> Result<()> {
    run(
        db,
        "UPDATE addresses SET next_send = ?2 WHERE id = ?1 AND next_send < ?2",
        params![signed(row.address), instant(from)],
    )?;
    if account {
        run(
            db,
            "UPDATE bots SET not_before = ?2 WHERE id = ?1 AND not_before < ?2",
            params![row.account, instant(from)],
        )?;
    }
    Ok(())
}

/// A message whose part failed is not sent in pieces.
fn cancel_rest(db: &Db, row: &Row, at: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE outbox SET state = 'cancelled', settled = ?2, payload = NULL WHERE message = ?1 AND settled IS NULL",
        params![row.message, instant(at)],
    )?;
    Ok(())
}

fn close_all(db: &Db, row: &Row, reach: Reachability, at: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE outbox SET state = 'failed', error = ?2, settled = ?3, payload = NULL, owner = NULL, until = NULL
         WHERE address = ?1 AND settled IS NULL",
        params![signed(row.address), reach.as_str(), instant(at)],
    )?;
    Ok(())
}

/// Tells every open case of the conversation; ids and codes only.
fn tell(db: &Db, row: &Row, why: &str, at: Timestamp) -> Result<()> {
    let Some(conversation) = &row.conversation else {
        return Ok(());
    };
    let detail = format!("message={} why={why}", row.message);
    for case in open_cases(db, conversation)? {
        let event = life::event(
            &case,
            CaseEventKind::DeliveryFailed,
            DELIVERY,
            detail.clone(),
        );
        chain::record(db, at, &event)?;
    }
    Ok(())
}

/// Tells every open case of every conversation of an address that it can(not) be reached (any more).
pub(super) fn tell_reach(db: &Db, address: u64, reach: Reachability, at: Timestamp) -> Result<()> {
    let conversations: Vec<ConversationId> = all(
        db,
        "SELECT conversation FROM conversation_addresses WHERE address = ?1",
        [signed(address)],
        |row| Columns::of(row, "conversation").parsed(),
    )?;
    let kind = match reach {
        Reachability::Yes => CaseEventKind::Reachable,
        _ => CaseEventKind::Unreachable,
    };
    for conversation in conversations {
        for case in open_cases(db, &conversation)? {
            let detail = format!("why={}", reach.as_str());
            chain::record(db, at, &life::event(&case, kind, DELIVERY, detail))?;
        }
    }
    Ok(())
}

fn open_cases(db: &Db, conversation: &ConversationId) -> Result<Vec<CaseReference>> {
    all(
        db,
        "SELECT reference FROM cases WHERE conversation = ?1 AND state <> 'closed' ORDER BY created",
        [conversation.as_str()],
        |row| Columns::of(row, "case").parsed(),
    )
}
