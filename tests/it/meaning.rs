//! What goes by meaning, with a made-up model in the place of the real one: rules known by their examples, and triage.
//! What never lives here: the real models (embedding.rs), how well they do (the question sets).

use std::sync::{Arc, OnceLock};

use waymark::{
    assistant::{Snapshot, State},
    retrieval::{
        Embed, EmbedError, ExampleVectors, Meaning, SectionVectors, learnt, section_texts,
    },
};

use crate::world;

const WIDTH: usize = 384;
/// One in so many examples is tried: each is compared with all that is held.
const EVERY: usize = 12;
/// Stands for words that nobody foresaw, and that mean harm.
const HARM: &str = "qwertz";

/// Each word has a direction of its own; `HARM` has that in which triage listens. It says to be the model that the weights in
/// use were learnt with: others are refused.
struct ByWords {
    fingerprint: [u8; 32],
    alarm: Vec<f32>,
}

impl ByWords {
    fn new() -> Self {
        let model = learnt().unwrap().meaning.model.clone().unwrap();
        let byte = |at: usize| u8::from_str_radix(&model[2 * at..2 * at + 2], 16).unwrap();
        let sums = &world::knowledge().files;
        let line = sums.get("triage-vectors.txt").unwrap();
        let line = line.lines().find(|l| l.starts_with("alarm ")).unwrap();
        let alarm = line.split(' ').skip(2).map(|n| n.parse().unwrap());
        Self {
            fingerprint: std::array::from_fn(byte),
            alarm: alarm.collect(),
        }
    }

    fn vector(&self, text: &str) -> Vec<f32> {
        let mut sum = vec![0.0_f32; WIDTH];
        for word in waymark::base::words(text) {
            if word == HARM {
                return of_length_one(self.alarm.clone());
            }
            let hash = word.bytes().fold(7_usize, |h, b| {
                h.wrapping_mul(31).wrapping_add(usize::from(b))
            });
            sum[hash % WIDTH] += 1.0;
        }
        of_length_one(sum)
    }
}

fn of_length_one(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|x| *x /= length.max(1e-6));
    vector
}

impl Embed for ByWords {
    fn width(&self) -> usize {
        WIDTH
    }
    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
    fn questions(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| self.vector(text)).collect())
    }
}

fn snapshot() -> &'static Snapshot {
    static HELD: OnceLock<Snapshot> = OnceLock::new();
    HELD.get_or_init(|| {
        let library = &world::knowledge().library;
        let model = ByWords::new();
        let all = |texts: &[String]| texts.iter().map(|t| model.vector(t)).collect::<Vec<_>>();
        let sections = section_texts(library);
        let sections = sections.iter().map(|texts| SectionVectors {
            asked: model.vector(&texts.asked),
            told: model.vector(&texts.told),
            questions: all(&texts.questions),
        });
        let sections = sections.collect();
        let rules = library.rules.examples.iter().map(|rule| ExampleVectors {
            examples: all(&rule.examples),
            others: all(&rule.not),
        });
        let rules = rules.collect();
        let english = Meaning::new(Arc::new(model), sections).with_examples(rules);
        let words = Snapshot::new(library.clone(), world::staffed()).unwrap();
        words.with_meaning((Some(english), None)).unwrap()
    })
}

fn outcome(snapshot: &Snapshot, text: &str) -> (String, Option<String>) {
    let reply = world::say(State::default(), text, snapshot).reply;
    (format!("{:?}", reply.outcome), reply.reason)
}

#[test]
fn a_rule_is_known_by_its_examples_and_not_by_what_only_sounds_like_them() {
    let rules = &world::knowledge().library.rules;
    let (mut told_apart, mut mistaken) = (0, Vec::new());
    for rule in &rules.examples {
        let scope = rules.scope.iter().any(|r| r.reason == rule.rule);
        if !scope {
            continue;
        }
        let said = |snapshot, text: &String| outcome(snapshot, text).1;
        let by_words =
            |text: &&String| said(world::snapshot(), text).as_deref() == Some(&rule.rule);
        let by_meaning = |text: &&String| said(snapshot(), text).as_deref() == Some(&rule.rule);
        let some = |texts: &'static [String]| texts.iter().step_by(EVERY);
        let unknown = some(&rule.examples).filter(|text| !by_words(text));
        told_apart += unknown.filter(by_meaning).count();
        let wrong = some(&rule.not).filter(|text| !by_words(text));
        mistaken.extend(wrong.filter(by_meaning));
    }
    // Each example is nearest to itself, so that only those stay unknown that another stage settles first.
    assert!(told_apart > 20, "{told_apart}");
    // A nation named in a question settles a few of these at a later stage.
    assert!(mistaken.len() < 3, "{mistaken:?}");
}

#[test]
fn triage_listens_by_meaning_where_words_say_nothing() {
    let text = "my qwertz again";
    assert_eq!(outcome(snapshot(), text).0, "Urgent");
    assert_ne!(outcome(world::snapshot(), text).0, "Urgent");
    assert_ne!(outcome(snapshot(), "my zxcvbn again").0, "Urgent");
}

#[test]
fn a_fear_told_in_passing_in_a_calm_story_does_not_hide_the_answer() {
    let story = "My PA has worked for us for two years and we have a contract. In the spring my son hit me when he was frightened by a dog, \
        and we went through it with the social worker and wrote it into his plan. She is leaving in June to study. How much notice must \
        a PA give when leaving?";
    assert_eq!(outcome(world::snapshot(), story).0, "Urgent");
    let reply = world::say(State::default(), story, snapshot()).reply;
    assert_eq!(format!("{:?}", reply.outcome), "Answered");
    // So plain a question is answered before what is only doubted, but not before the words of a clear cry.
    assert!(reply.urgent, "{reply:?}");
    let help = reply.help_markdown.unwrap();
    assert!(help.contains("999") && reply.body_markdown.starts_with(&help));
    // As soon as anything in it sounds like a cry, it is one.
    let cry = story.replace("by a dog", HARM);
    assert_eq!(outcome(snapshot(), &cry).0, "Urgent");
}
