//! A channel that those who run the service have switched off: nothing is answered there, and people are told why. Triage runs as
//! ever, advisers reach people as ever, and a person can be asked for.
//! What never lives here: switching (store, bots/cli), the wording (knowledge/messages).

use std::collections::HashMap;

use super::{
    desk::{Desk, DeskError},
    step::{Draft, Plan},
};
use crate::casework::{Channel, Switch};

/// What would be answered or asked back is not, where the channel is switched off.
pub(super) fn weigh(plan: Plan, draft: &Draft) -> Plan {
    if draft.switched_off.is_none() {
        return plan;
    }
    match plan {
        Plan::Answer(_)
        | Plan::Clarify { .. }
        | Plan::Services(_)
        | Plan::Simply
        | Plan::Repeat
        | Plan::Scope(_)
        | Plan::NotOurs => Plan::SwitchedOff,
        // Nobody asked for a person here: nothing fitted.
        Plan::HandOver { reason, .. } if reason == "low_confidence" => Plan::SwitchedOff,
        other => other,
    }
}

impl Desk {
    /// Looks at which channels are switched off; says which switches have changed since the last look. Turns from now on go by it.
    ///
    /// # Errors
    /// The store's; what was known before stands then.
    pub async fn look_at_switches(&self) -> Result<Vec<Switch>, DeskError> {
        let switches = self.store().switches().await?;
        let off = switches.iter().filter(|s| s.off);
        let now: HashMap<Channel, String> = off.map(|s| (s.channel, s.reason.clone())).collect();
        let before = self.0.switched_off.swap(std::sync::Arc::new(now.clone()));
        let changed = |s: &Switch| before.get(&s.channel) != now.get(&s.channel);
        Ok(switches.into_iter().filter(changed).collect())
    }

    /// Why a channel is switched off; `None` when it is on.
    pub fn switched_off(&self, channel: Channel) -> Option<String> {
        self.0.switched_off.load().get(&channel).cloned()
    }

    /// Which channels are switched off, in words for operators.
    pub(super) fn switches_told(&self) -> Vec<String> {
        let off = self.0.switched_off.load();
        let mut told: Vec<String> = off
            .keys()
            .map(|channel| format!("{channel:?} is switched off: `waymark switch` tells why"))
            .collect();
        told.sort();
        told
    }
}
