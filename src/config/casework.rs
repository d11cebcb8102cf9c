//! The sections of casework as the rooms read them, and what is refused in them.
//! What never lives here: the keys and their defaults (config.rs).

use jiff::civil::Date;

use super::{AdviserArea, AdvisersSection, AlertsSection, MailSection, RetentionSection};
use crate::{
    assistant::{AreaStaffing, Hours, Staffing},
    casework::{AlertRules, AlertWay, OnCall, Retention, ServiceHours, ShortDay},
};

impl AdvisersSection {
    /// What cannot be read as hours was refused when the file was.
    pub(super) fn staffing(&self) -> Staffing {
        let area = |(id, area): (&String, &AdviserArea)| {
            let own = AreaStaffing {
                hours: hours(&area.hours, &area.closed, &area.short_days).unwrap_or_default(),
                reply_minutes: area.reply_within_hours.map(|h| i64::from(h) * 60),
                urgent_minutes: area.urgent_within_minutes.map(i64::from),
            };
            (id.clone(), own)
        };
        Staffing {
            advisers: self.enabled,
            duty_adviser: self.enabled && self.duty_adviser,
            reply_minutes: i64::from(self.reply_within_hours) * 60,
            urgent_minutes: i64::from(self.urgent_within_minutes),
            hours: hours(&self.hours, &self.closed, &self.short_days).unwrap_or_default(),
            areas: self.areas.iter().map(area).collect(),
            ..Staffing::default()
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let say = |key: &str| {
            let key = key.to_owned();
            move |what: String| format!("{key}: {what}")
        };
        hours(&self.hours, &self.closed, &self.short_days).map_err(say("advisers"))?;
        for (id, area) in &self.areas {
            let key = format!("advisers.areas.{id}");
            hours(&area.hours, &area.closed, &area.short_days).map_err(say(&key))?;
        }
        Ok(())
    }
}

/// Written hours read; one sentence for what is none.
fn hours(weekly: &[String], closed: &[String], short: &[String]) -> Result<Hours, String> {
    let day = |text: &String| {
        let bad = |_| format!("'{text}' is not a day; write it as '2026-12-24'");
        text.parse::<Date>().map_err(bad)
    };
    Ok(Hours {
        weekly: weekly
            .iter()
            .map(|h| ServiceHours::parse(h))
            .collect::<Result<_, _>>()?,
        closed: closed.iter().map(day).collect::<Result<_, _>>()?,
        short: short
            .iter()
            .map(|d| ShortDay::parse(d))
            .collect::<Result<_, _>>()?,
    })
}

impl AlertsSection {
    /// When to alert. An urgent case is told of at once where somebody is on duty.
    pub fn rules(&self, duty_adviser: bool) -> AlertRules {
        AlertRules {
            at_once: duty_adviser,
            unopened_minutes: i64::from(self.unopened_minutes),
            late_before_minutes: i64::from(self.late_before_minutes),
            steps: self.steps_minutes.iter().copied().map(i64::from).collect(),
        }
    }

    /// In which ways; none means that nobody is alerted.
    pub fn ways(&self) -> Vec<AlertWay> {
        let mail = !self.email_to.is_empty() || !self.on_call.is_empty();
        let hook = !self.webhook_url.is_empty();
        let ways = [(mail, AlertWay::Email), (hook, AlertWay::Webhook)];
        ways.into_iter()
            .filter_map(|(on, way)| on.then_some(way))
            .collect()
    }

    /// Who is on call when. What cannot be read was refused when the file was.
    pub fn on_call(&self) -> Vec<OnCall> {
        self.on_call
            .iter()
            .filter_map(|o| OnCall::parse(o).ok())
            .collect()
    }

    pub(super) fn check(&self, mail: &MailSection) -> Result<(), String> {
        for entry in &self.on_call {
            OnCall::parse(entry).map_err(|what| format!("alerts.on_call: {what}"))?;
        }
        if self.ways().contains(&AlertWay::Email) && (mail.host.is_empty() || mail.from.is_empty())
        {
            return Err("alerts.email_to and alerts.on_call need mail.host and mail.from".into());
        }
        let rising = self.steps_minutes.first() == Some(&0) && self.steps_minutes.is_sorted();
        if !rising {
            return Err("alerts.steps_minutes starts with 0 and rises".into());
        }
        let url = self.webhook_url.as_str();
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(format!(
                "alerts.webhook_url: '{url}' is not an https address"
            ));
        }
        Ok(())
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
