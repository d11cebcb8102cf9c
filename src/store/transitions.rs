//! What an event does to its case: the state it is in afterwards and who has it. Pure; the same for every database.
//! What never lives here: how the event is kept (sqlite/chain.rs).

use crate::casework::{CaseEventKind, CaseState, NewCaseEvent};

/// The state and the adviser of a case after `event`.
pub(super) fn after(
    state: CaseState,
    adviser: Option<String>,
    event: &NewCaseEvent,
) -> (CaseState, Option<String>) {
    use CaseEventKind as Kind;
    match event.kind {
        Kind::Opened => (CaseState::Waiting, None),
        // Back into the queue, whoever had it: that adviser may not be there.
        Kind::Reopened => (CaseState::Waiting, None),
        Kind::Claimed => (CaseState::Claimed, Some(event.actor.clone())),
        Kind::Closed => (CaseState::Closed, adviser),
        Kind::PersonWrote | Kind::Replied => match (state, &adviser) {
            (CaseState::WaitingForPerson | CaseState::Snoozed, Some(_)) => {
                (CaseState::Claimed, adviser)
            }
            (CaseState::WaitingForPerson | CaseState::Snoozed, None) => (CaseState::Waiting, None),
            _ => (state, adviser),
        },
        // Going back to the assistant, or an erasure, never takes a case out of the queue by itself: somebody may be in
        // danger, and only an adviser says that it is done.
        Kind::BackToAssistant | Kind::Erased | Kind::ContactSafety | Kind::Read => (state, adviser),
        Kind::DeliveryFailed | Kind::Unreachable | Kind::Reachable => (state, adviser),
    }
}
