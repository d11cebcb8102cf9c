//! The section that says how long what is kept is kept.
//! What never lives here: what goes when (casework, store).

use serde::Deserialize;

use crate::casework::Retention;

/// `[retention]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSection {
    /// Days after its last message that a conversation without a case is kept; 0: until somebody deletes it.
    pub anonymous_days: u32,
    /// Years after its closing that the words of a case are kept; 0: until somebody deletes them.
    pub case_years: u32,
    /// Years that the codes of the case log and of the staff log are kept; 0: for ever.
    pub audit_years: u32,
    /// Days that recordings are kept. Only 0: none is ever kept.
    pub audio_days: u32,
}

impl Default for RetentionSection {
    fn default() -> Self {
        Self {
            anonymous_days: 90,
            case_years: 6,
            audit_years: 6,
            audio_days: 0,
        }
    }
}

impl RetentionSection {
    /// As casework reads it.
    pub fn rules(&self) -> Retention {
        let kept = |n: u32| (n > 0).then_some(n);
        Retention {
            anonymous_days: kept(self.anonymous_days),
            case_years: kept(self.case_years),
            audit_years: kept(self.audit_years),
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.audio_days != 0 {
            return Err("retention.audio_days: recordings are never kept, so it is 0".into());
        }
        if self.audit_years > 0 && (self.case_years == 0 || self.audit_years < self.case_years) {
            return Err("retention.audit_years is at least retention.case_years: the log of a case outlives its words".into());
        }
        Ok(())
    }
}
