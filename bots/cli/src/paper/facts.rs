//! What the papers say of this installation: one struct, filled from configuration and knowledge.
//! What never lives here: blanks that an officer fills, Markdown (templates).

use jiff::civil::Date;
use waymark::{
    base::long_date,
    config::Config,
    knowledge::{Certainty, Library},
    voice::Weights,
};

/// Stands where the configuration says nothing.
const BLANK: &str = "**[TO COMPLETE]**";

/// A model or a word list that takes part in answering.
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) task: &'static str,
    pub(super) input: &'static str,
    pub(super) output: &'static str,
    pub(super) architecture: &'static str,
    pub(super) data: &'static str,
    pub(super) performance: &'static str,
}

/// What may go wrong, and what is done about it.
pub(super) struct Risk {
    pub(super) what: &'static str,
    pub(super) control: String,
}

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
    pub(super) mail: bool,
    pub(super) mail_host: String,
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
            mail: !config.mail.host.is_empty(),
            mail_host: config.mail.host.clone(),
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

fn models(config: &Config, hears: bool) -> Vec<Model> {
    let mut all = vec![
        Model {
            name: "Urgent help: word lists and a linear model",
            task: "Tell messages of people who may need urgent help",
            input: "The words of one message",
            output: "The kind of help to show, or none; in doubt a gentle question",
            architecture: "Phrase lists, and a linear model over words and pieces of words",
            data: "About 7,700 made-up example messages, kept with the program (`tests/triage/`)",
            performance: "On the project's own sets: `tests/results.md` and `tests/triage/README.md`. It misses some, and asks some people who are in no danger",
        },
        Model {
            name: "Search by words",
            task: "Rank sections of the guides for a question, with a probability that they answer it",
            input: "The question's words, council, day",
            output: "Ranked sections",
            architecture: "BM25 with a linear ranking of a few features (`src/retrieval/learnt.toml`)",
            data: "Questions written for the project (`tests/questions/`)",
            performance: "`tests/results.md`, with confidence intervals and every question that is not right yet",
        },
    ];
    if config.models.dir.join("all-MiniLM-L6-v2").is_dir() {
        all.push(Model {
            name: "all-MiniLM-L6-v2; multilingual-e5-small for other languages",
            task: "Likeness of meaning between a question and a section",
            input: "One text",
            output: "One vector",
            architecture: "Small transformer encoders, unchanged",
            data: "Taught by their publishers on public texts; nothing was added here",
            performance: "As part of the search, above",
        });
    }
    if hears {
        all.push(Model {
            name: "Whisper base and Moonshine tiny, with Silero's speech gate",
            task: "Turn a recording into words",
            input: "One recording",
            output: "Words, with how sure they are; what is not sure is asked",
            architecture: "Transformers, unchanged",
            data: "Taught by their publishers on public recordings; nothing was added here",
            performance: "`tests/voice/README.md`: on spoken questions made by a machine, for no real carer was recorded",
        });
    }
    all
}

fn risks(config: &Config, hears: bool, telegram: bool) -> Vec<Risk> {
    let risk = |what, control: &str| Risk {
        what,
        control: control.to_owned(),
    };
    let duty = match config.advisers.duty_adviser {
        true => "; a duty adviser is told at once",
        false => {
            "; nobody is told at once in this configuration, and the person is not told otherwise"
        }
    };
    let factors = match (
        config.console.second_factor,
        config.single_sign_on.issuer.is_empty(),
    ) {
        (_, false) => "the organisation's own sign-in",
        (true, true) => "a password and a second factor",
        (false, true) => "a password alone (`console.second_factor` is off)",
    };
    let mut all = vec![
        Risk {
            what: "Somebody in danger is not recognised",
            control: format!(
                "Urgent help is looked for first, in every message and without limits; emergency numbers on every page; in doubt the person is asked{duty}"
            ),
        },
        risk(
            "A wrong or outdated answer is relied upon",
            "Only written sections with source, date and standing are shown; none outside its dates or too long unreviewed; unconfirmed sources are named; below a threshold it asks or hands over; \"information, not legal advice\"",
        ),
        risk(
            "The answer of another council or of another law is given",
            "Council and law are named with each answer, or asked for; they are never blended",
        ),
        Risk {
            what: "Words reach somebody who should not see them",
            control: format!(
                "Roles and councils for staff, {factors}, each look logged in a chained log; conversations open by an unguessable secret that can be taken back; no words in logs, metrics or alerts"
            ),
        },
        risk(
            "Somebody at home reads along",
            "\"Leave page\" takes the conversation off the device; it can be deleted at any time; alerts and replies go to the page only",
        ),
        risk(
            "People write more than is needed, or about others",
            "They are asked not to give names, bank or card numbers; retention is short and set here; erasure overwrites",
        ),
        risk(
            "People cannot use it (disability, language, old devices)",
            "WCAG 2.2 AA in intent, works without JavaScript, easy read, other languages with the English beside; a person from every page",
        ),
        risk(
            "People take it for a human",
            "It says that it is a computer program before the first message and above each conversation; advisers are named as people",
        ),
        risk(
            "It fails or is switched off",
            "Kept messages survive a crash; error pages name emergency numbers; switching off is described",
        ),
    ];
    if hears {
        all.push(risk(
            "A recording is misheard, or kept",
            "What was heard is told and can be put right; figures are never guessed; recordings are dropped as soon as they are heard, never written to disk, and no voice is told from another",
        ));
    }
    if telegram {
        all.push(risk(
            "Telegram reads or keeps what people write there",
            "People are told; the web chat does without; /delete removes our copy",
        ));
    }
    all
}
