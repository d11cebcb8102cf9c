//! First stage: does somebody need help now? Rules stand in knowledge/triage.toml; nothing can stop this stage.
//! What never lives here: what is said then (compose/urgent.rs), the words themselves (knowledge).

use super::{
    snapshot::Snapshot,
    state::State,
    step::{Draft, Plan},
};
use crate::knowledge::{TriageLevel, find_area};

/// Looks twice: at the words as typed, and at them spelt towards the alarm words. A clear cry wins over a doubtful one.
pub(super) fn look(snapshot: &Snapshot, _: &State, draft: &mut Draft) -> Option<Plan> {
    let rules = &snapshot.library.rules;
    let typed = rules.near_miss.mask(&draft.folded);
    let turned = rules.near_miss.mask(&snapshot.towards_alarm(&draft.text));
    let looks: &[&str] = if typed == turned {
        &[&typed]
    } else {
        &[&typed, &turned]
    };
    for level in [TriageLevel::Clear, TriageLevel::Check] {
        for text in looks {
            let hit =
                rules.triage.iter().filter(|r| r.level == level).find(|r| {
                    r.phrases.first_in(text).is_some() && r.unless.first_in(text).is_none()
                });
            if let Some(rule) = hit {
                // The council named in the cry itself brings its own numbers; `resolve` comes too late for that.
                if let Some(area) = find_area(&snapshot.library.areas, &draft.text) {
                    draft.area = Some(area.to_owned());
                }
                return Some(Plan::Urgent {
                    kind: rule.kind.clone(),
                    check: level == TriageLevel::Check,
                });
            }
        }
    }
    None
}
