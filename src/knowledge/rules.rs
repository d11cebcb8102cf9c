//! The word lists with consequences: triage, intake, scope, hand-over, clarifying questions. Their files, read.
//! What never lives here: applying them to a turn (assistant).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    alarm::AlarmModel,
    complaint::Complaint,
    examples::{Examples, read_examples},
    phrases::PhraseSet,
    signpost::Signpost,
};

/// How sure a triage rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriageLevel {
    /// A cry for help.
    Clear,
    /// May be one: a gentle question, with the numbers anyway.
    Check,
}

/// Words that mean that somebody needs help now.
#[derive(Debug, Clone)]
pub struct TriageRule {
    /// Which kind of help; a key of `kinds`.
    pub kind: String,
    /// How sure.
    pub level: TriageLevel,
    /// The words.
    pub phrases: PhraseSet,
    /// Words that make it something else.
    pub unless: PhraseSet,
}

/// Whose safeguarding line is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CouncilLine {
    /// Adults.
    Adult,
    /// Children.
    Child,
    /// None.
    None,
}

/// What is said for one kind of urgent help.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriageKind {
    /// Message id of the first, warm line.
    pub opening: String,
    /// Message ids of what to do now, in order.
    pub steps: Vec<String>,
    /// Service ids, in order.
    pub services: Vec<String>,
    /// Whose safeguarding line.
    pub council: CouncilLine,
    /// Message id of a step added when this kind is heard beside another one.
    #[serde(default)]
    pub beside: Option<String>,
    /// What tells that it is: looked for only beside another kind.
    #[serde(default)]
    pub beside_phrases: Vec<String>,
    /// Whether a phrase of it is asked about alone, be the message never so plainly a question of ours: a life may be at risk.
    #[serde(default)]
    pub alone: bool,
}

/// What happens to a request that is not ours or not lawful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeAction {
    /// Name the right body.
    Signpost,
    /// Say no, kindly, with the lawful way.
    Decline,
}

/// One kind of request that is not ours or not lawful.
#[derive(Debug, Clone)]
pub struct ScopeRule {
    /// `out_of_scope.immigration`, `other_nation.scotland`, `dishonest_request.cash`.
    pub reason: String,
    /// What to do.
    pub action: ScopeAction,
    /// The words.
    pub phrases: PhraseSet,
    /// Words that make it ours after all.
    pub unless: PhraseSet,
    /// Message id.
    pub message: String,
    /// Service ids to name.
    pub services: Vec<String>,
    /// Articles that show the lawful way or what we do hold.
    pub articles: Vec<String>,
    /// So far from anybody's care (a limerick, the weather) that a mere doubt whether it is a cry for help gives way.
    pub far: bool,
}

/// One situation that goes to an adviser.
#[derive(Debug, Clone)]
pub struct HandOverRule {
    /// From the closed list of reasons.
    pub reason: String,
    /// `high` or `normal`.
    pub high: bool,
    /// A case kind's word: `money`, `complaint`, `question`, `data_protection`, ...
    pub kind: String,
    /// The words.
    pub phrases: PhraseSet,
    /// Words that make it a general question.
    pub unless: PhraseSet,
    /// Article whose short answer is given with the hand-over.
    pub article: Option<String>,
}

/// Greetings and requests about the conversation itself.
#[derive(Debug, Clone)]
pub struct Intake {
    /// `greeting`, `thanks`, `who_are_you`, `privacy`, `human`, `complaint`, `repeat`, `stop`, ...
    pub intent: String,
    /// The words.
    pub phrases: PhraseSet,
    /// Words that make it a question after all.
    pub unless: PhraseSet,
}

/// A question that needs one choice first.
#[derive(Debug, Clone)]
pub struct ClarifyRule {
    /// The words.
    pub phrases: PhraseSet,
    /// Words that answer the choice already.
    pub unless: PhraseSet,
    /// Message id of the question.
    pub message: String,
    /// Label and the full question each stands for.
    pub options: Vec<(String, String)>,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Harmless words, taken out before triage looks.
    pub near_miss: PhraseSet,
    /// Triage, in file order.
    pub triage: Vec<TriageRule>,
    /// The learnt half of triage.
    pub alarm: AlarmModel,
    /// Articles about harm: a doubtful cry that finds one of them is asked about, not answered.
    pub about_harm: Vec<String>,
    /// What is said, by kind.
    pub triage_kinds: BTreeMap<String, TriageKind>,
    /// Intake, in file order.
    pub intake: Vec<Intake>,
    /// Scope, in file order.
    pub scope: Vec<ScopeRule>,
    /// Hand-over, in file order.
    pub handover: Vec<HandOverRule>,
    /// Clarify, in file order.
    pub clarify: Vec<ClarifyRule>,
    /// Sentences by whose meaning scope, hand-over and intake rules are recognised, when no phrase foresaw the words.
    pub examples: Vec<Examples>,
    /// What asks for local services.
    pub signpost: Signpost,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RuleFile {
    near_miss: Vec<String>,
    about_harm: Vec<String>,
    kind: BTreeMap<String, TriageKind>,
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RuleEntry {
    kind: String,
    level: Option<TriageLevel>,
    reason: String,
    intent: String,
    action: Option<ScopeAction>,
    priority: String,
    message: String,
    phrases: Vec<String>,
    unless: Vec<String>,
    services: Vec<String>,
    articles: Vec<String>,
    article: Option<String>,
    far: bool,
    options: Vec<OptionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionEntry {
    label: String,
    value: String,
}

/// Reads the rule files out of `files`; what cannot be read becomes a complaint.
pub(super) fn read_rules(files: &super::Files, complaints: &mut Vec<Complaint>) -> Rules {
    let mut rules = Rules {
        signpost: Signpost::read(files, complaints),
        ..Rules::default()
    };
    if let Some(text) = files.get("triage-model.txt") {
        rules.alarm = AlarmModel::read(text, complaints);
    }
    if let Some(text) = files.get("triage-vectors.txt") {
        rules.alarm.read_vectors(text, complaints);
    }
    rules.examples = read_examples(files, complaints);
    let mut reader = Reader { files, complaints };
    let triage = reader.file("triage.toml");
    rules.near_miss = reader.phrases("triage.toml", &triage.near_miss);
    rules.about_harm = triage.about_harm;
    rules.triage_kinds = triage.kind;
    for entry in triage.rule {
        let (phrases, unless) = reader.both("triage.toml", &entry);
        let level = entry.level.unwrap_or(TriageLevel::Clear);
        rules.triage.push(TriageRule {
            kind: entry.kind,
            level,
            phrases,
            unless,
        });
    }
    for entry in reader.file("intake.toml").rule {
        let (phrases, unless) = reader.both("intake.toml", &entry);
        rules.intake.push(Intake {
            intent: entry.intent,
            phrases,
            unless,
        });
    }
    for entry in reader.file("scope.toml").rule {
        let (phrases, unless) = reader.both("scope.toml", &entry);
        let Some(action) = entry.action else {
            let text = format!(
                "rule '{}' needs action = \"signpost\" or \"decline\"",
                entry.reason
            );
            reader.complain("scope.toml", &entry.reason, text);
            continue;
        };
        rules.scope.push(ScopeRule {
            reason: entry.reason,
            action,
            phrases,
            unless,
            message: entry.message,
            services: entry.services,
            articles: entry.articles,
            far: entry.far,
        });
    }
    for entry in reader.file("handover.toml").rule {
        let (phrases, unless) = reader.both("handover.toml", &entry);
        let high = entry.priority == "high";
        rules.handover.push(HandOverRule {
            reason: entry.reason,
            high,
            kind: entry.kind,
            phrases,
            unless,
            article: entry.article,
        });
    }
    for entry in reader.file("clarify.toml").rule {
        let (phrases, unless) = reader.both("clarify.toml", &entry);
        let options = entry
            .options
            .into_iter()
            .map(|o| (o.label, o.value))
            .collect();
        rules.clarify.push(ClarifyRule {
            phrases,
            unless,
            message: entry.message,
            options,
        });
    }
    rules
}

struct Reader<'a> {
    files: &'a super::Files,
    complaints: &'a mut Vec<Complaint>,
}

impl Reader<'_> {
    fn file(&mut self, name: &str) -> RuleFile {
        let Some(text) = self.files.get(name) else {
            self.complaints
                .push(Complaint::error(name, 1, "this file is missing"));
            return RuleFile::default();
        };
        toml::from_str(text).unwrap_or_else(|e| {
            let line = e.span().map_or(1, |s| super::load::line_at(text, s.start));
            self.complaints
                .push(Complaint::error(name, line, e.message().to_owned()));
            RuleFile::default()
        })
    }

    fn both(&mut self, file: &str, entry: &RuleEntry) -> (PhraseSet, PhraseSet) {
        (
            self.phrases(file, &entry.phrases),
            self.phrases(file, &entry.unless),
        )
    }

    fn phrases(&mut self, file: &str, written: &[String]) -> PhraseSet {
        let (set, bad) = PhraseSet::parse(written);
        for sentence in bad {
            let needle = sentence.split('\'').nth(1).unwrap_or("").to_owned();
            self.complain(file, &needle, sentence);
        }
        set
    }

    fn complain(&mut self, file: &str, needle: &str, sentence: String) {
        let line = self
            .files
            .get(file)
            .map_or(1, |t| super::load::line_of(t, needle));
        self.complaints.push(Complaint::error(file, line, sentence));
    }
}
