//! What the papers say of this installation: one struct, filled from configuration and knowledge.
//! What never lives here: blanks that an officer fills, Markdown (templates).

use super::{
    models::{Model, models},
    risks::{Risk, risks},
};
use jiff::civil::Date;
use waymark::{
    base::long_date,
    config::Config,
    knowledge::{Certainty, Library},
    voice::Weights,
};

/// Stands where the configuration says nothing.
const BLANK: &str = "**[TO COMPLETE]**";

/// Everything that the papers state.
pub(super) struct Facts {
    pub(super) service: String,
    pub(super) run_by: String,
    pub(super) contact: String,
    pub(super) address: String,
    pub(super) today: String,
    pub(super) guides: usize,
    pub(super) sections: usize,
    pub(super) sources: usize,
    pub(super) unconfirmed: usize,
    pub(super) review: String,
    pub(super) overdue: usize,
    pub(super) councils: String,
    pub(super) version: String,
    pub(super) program: &'static str,
    pub(super) advisers: bool,
    pub(super) hours: String,
    pub(super) hears: bool,
    pub(super) speaks: bool,
    pub(super) telegram: bool,
    pub(super) secure: bool,
    pub(super) cookie_days: u32,
    pub(super) database: String,
    /// Host of the database server, where there is one.
    pub(super) database_host: String,
    pub(super) backups_encrypted: bool,
    pub(super) mail: bool,
    pub(super) mail_host: String,
    pub(super) mail_replies: bool,
    pub(super) webhook: bool,
    pub(super) webhook_host: String,
    pub(super) single_sign_on: bool,
    pub(super) issuer: String,
    pub(super) origins: Vec<String>,
    pub(super) audited: String,
    pub(super) anonymous_days: u32,
    pub(super) case_years: u32,
    pub(super) audit_years: u32,
    pub(super) anonymous: String,
    pub(super) cases: String,
    pub(super) audit: String,
    pub(super) kept_conversations: String,
    pub(super) kept_cases: String,
    pub(super) models: Vec<Model>,
    pub(super) risks: Vec<Risk>,
}

impl Facts {
    /// As configured, on this day. Hearing and speaking count where their files are.
    pub(super) fn new(config: &Config, library: &Library, today: Date) -> Self {
        let shown = || {
            let all = library.articles.iter();
            all.filter(|a| a.span.holds(today) && !a.is_overdue(today))
        };
        let sources = &library.registers.sources;
        let reviews = || library.articles.iter().map(|a| a.review_by);
        let next = reviews().filter(|r| *r >= today).min();
        let there = |weights: Weights| config.voice.enabled && weights.present(&config.models.dir);
        let kept = &config.retention;
        let anonymous = kept_for(kept.anonymous_days, "days after its last message");
        let cases = kept_for(kept.case_years, "years after its closing");
        let hears = there(Weights::Whisper) || there(Weights::Moonshine);
        let telegram = std::env::var_os("WAYMARK_TELEGRAM_TOKEN").is_some();
        Self {
            service: config.service.name.clone(),
            run_by: or_blank(&config.service.run_by),
            contact: or_blank(&config.service.contact),
            address: config.console.address.trim_end_matches('/').to_owned(),
            today: long_date(today),
            guides: shown().count(),
            sections: shown().map(|a| a.sections.len()).sum(),
            sources: sources.len(),
            unconfirmed: sources
                .values()
                .filter(|s| s.status != Certainty::Confirmed)
                .count(),
            review: next.map_or_else(String::new, long_date),
            overdue: reviews().filter(|r| *r < today).count(),
            councils: councils(library),
            version: library.hash.chars().take(12).collect(),
            program: env!("CARGO_PKG_VERSION"),
            advisers: config.advisers.enabled,
            hours: or_blank(&config.service.hours),
            hears,
            speaks: there(Weights::Kokoro),
            telegram,
            secure: config.server.secure_cookies,
            cookie_days: waymark_web::Settings::default().cookie_days,
            database: config.store.path.display().to_string(),
            database_host: host(&config.store.url),
            backups_encrypted: !config.backup.recipients.is_empty(),
            mail: !config.mail.host.is_empty(),
            mail_host: config.mail.host.clone(),
            mail_replies: config.mail.replies,
            webhook: !config.alerts.webhook_url.is_empty(),
            webhook_host: host(&config.alerts.webhook_url),
            single_sign_on: !config.single_sign_on.issuer.is_empty(),
            issuer: host(&config.single_sign_on.issuer),
            origins: config.widget.origins.clone(),
            audited: config.accessibility.audited.clone(),
            anonymous_days: kept.anonymous_days,
            case_years: kept.case_years,
            audit_years: kept.audit_years,
            audit: kept_for(kept.audit_years, "years"),
            kept_conversations: format!("A conversation without a case is kept {anonymous}."),
            kept_cases: format!("The words of a case are kept {cases}."),
            anonymous,
            cases,
            models: models(config, hears),
            risks: risks(config, hears, telegram),
        }
    }
}

fn or_blank(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { BLANK } else { text }.to_owned()
}

fn kept_for(number: u32, unit: &str) -> String {
    match number {
        0 => "until somebody deletes it".to_owned(),
        _ => format!("{number} {unit}"),
    }
}

/// An address without its path, which may hold a secret.
fn host(address: &str) -> String {
    url::Url::parse(address)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

fn councils(library: &Library) -> String {
    let councils = library.areas.values().filter(|area| area.parent.is_some());
    let names: Vec<&str> = councils.map(|area| area.name.as_str()).collect();
    names.join(", ")
}
