//! The conversation. `step` is pure: (State, Input, &Snapshot, Now, Ids) -> Turn; its stages stand in one visible list.
//! `desk` is the only place with effects: load, step, write once.
//! What never lives here: SQL (store), HTTP or Telegram (bots), sentences for people (knowledge).

mod actions;
mod adviser;
mod compose;
mod decide;
mod desk;
mod heard;
mod intake;
mod needs;
mod push;
mod reception;
mod reply;
mod resolve;
mod retrieve;
mod return_link;
mod rights;
mod signpost;
mod snapshot;
mod speech;
mod staffing;
mod state;
mod step;
mod switched_off;
mod triage;

pub use adviser::{Enquiry, Suggestion};
pub use compose::missing_messages;
pub use desk::{Desk, DeskError, Health, TurnCounter, Waiting};
pub use reception::Reception;
pub use reply::{Beside, CandidateShown, CaseShown, Choice, Citation, Reply, Timing};
pub use snapshot::Snapshot;
pub use staffing::{AreaStaffing, Hours, Staffing};
pub use state::{Input, OpenCase, Pending, Said, State, Stated, Topic};
pub use step::{Records, Turn, step};
pub use triage::sounds_urgent;
