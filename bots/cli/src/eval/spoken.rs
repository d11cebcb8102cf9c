//! `waymark eval --voice DIR`: recordings heard and answered, beside the same words typed.
//! What never lives here: hearing, answering. Recordings and what was heard stay on this machine.

mod wrong;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use waymark::{
    assistant::{Desk, Input, Reply, Said, Stated},
    base::{Clock, Stopwatch, words},
    casework::{Channel, Outcome},
    config::Config,
    voice::{Hear, Heard, Lexicon, Voice},
};

use crate::open;
use wrong::{plain, wrong};

/// One recording, as clips.jsonl gives it.
#[derive(Deserialize)]
struct Clip {
    id: String,
    /// The file, in the same folder.
    audio: String,
    /// What is said in it; empty where nobody speaks.
    text: String,
    /// Where the answer stands.
    #[serde(default)]
    articles: Vec<String>,
    #[serde(default)]
    subset: String,
    area: Option<String>,
}

/// How one recording was heard and answered.
#[derive(Default)]
struct Judged {
    subset: String,
    speech: bool,
    invented: bool,
    words: usize,
    wrong: usize,
    terms: usize,
    terms_wrong: usize,
    asked: bool,
    /// A right article was cited: typed, spoken. `None` where the clip names none.
    typed: Option<bool>,
    spoken: Option<bool>,
    seconds: f64,
    took: f64,
    cpu: f64,
}

/// Hears and answers every recording of a folder, and gives the figures over all and by subset.
pub(super) fn run(
    config: &Config,
    clock: Clock,
    folder: &Path,
    out: Option<&Path>,
) -> Result<Map<String, Value>> {
    let list = folder.join("clips.jsonl");
    let text = std::fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    let clips = text.lines().filter(|line| !line.trim().is_empty());
    let clips: Vec<Clip> = clips
        .map(|line| serde_json::from_str(line).with_context(|| line.to_owned()))
        .collect::<Result<_>>()?;
    let voice = open::voice(config);
    let runtime = open::runtime()?;
    runtime.block_on(open::wait_for(&voice));
    if let Hear::Absent(why) = voice.hearing() {
        bail!("hearing is not set up: {why}");
    }
    let desk = open::throw_away_desk(config, clock)?;
    let lexicon = desk.snapshot().lexicon().clone();
    let mut lines = match out {
        Some(path) => Some(BufWriter::new(File::create(path)?)),
        None => None,
    };
    let mut judged = Vec::new();
    for clip in &clips {
        let one = runtime.block_on(judge(&desk, &voice, &lexicon, folder, clip))?;
        if let Some(lines) = &mut lines {
            serde_json::to_writer(&mut *lines, &one.1)?;
            lines.write_all(b"\n")?;
            lines.flush()?;
        }
        judged.push(one.0);
    }
    let mut all = figures(&judged.iter().collect::<Vec<_>>());
    let mut groups: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for one in &judged {
        groups.entry(&one.subset).or_default().push(one);
    }
    let groups = groups
        .into_iter()
        .map(|(name, some)| (name.to_owned(), Value::Object(figures(&some))));
    all.insert("subsets".into(), Value::Object(groups.collect()));
    all.insert("peak_memory_mb".into(), json!(peak_memory()?));
    Ok(all)
}

async fn judge(
    desk: &Desk,
    voice: &Voice,
    lexicon: &Lexicon,
    folder: &Path,
    clip: &Clip,
) -> Result<(Judged, Value)> {
    let path = folder.join(&clip.audio);
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let (watch, before) = (Stopwatch::start(), cpu_seconds()?);
    let heard = voice
        .hear(bytes, lexicon.clone())
        .await
        .with_context(|| clip.id.clone())?;
    let (took, cpu) = (watch.millis() / 1000.0, cpu_seconds()? - before);
    let (meant, got) = (plain(&clip.text), plain(&heard.text));
    let ours: BTreeSet<String> = lexicon.terms().flat_map(words).collect();
    let terms: Vec<&String> = meant.iter().filter(|word| ours.contains(*word)).collect();
    let typed = answered(desk, clip, Said::Text(clip.text.clone())).await?;
    let spoken = answered(desk, clip, Said::Heard(Box::new(heard.clone()))).await?;
    let judged = Judged {
        subset: clip.subset.clone(),
        speech: !meant.is_empty(),
        invented: meant.is_empty() && !got.is_empty(),
        words: meant.len(),
        wrong: wrong(&meant, &got),
        terms: terms.len(),
        terms_wrong: terms.iter().filter(|term| !got.contains(term)).count(),
        asked: heard.doubt.is_some(),
        typed: typed.0,
        spoken: spoken.0,
        seconds: f64::from(heard.seconds),
        took,
        cpu,
    };
    let line = json!({
        "id": clip.id, "subset": clip.subset, "meant": clip.text, "heard": heard.text,
        "alternatives": heard.alternatives, "confidence": heard.confidence,
        "doubt": heard.doubt.map(|d| format!("{d:?}")), "nothing": heard.nothing.map(|n| format!("{n:?}")),
        "wrong": judged.wrong, "typed": judged.typed, "spoken": judged.spoken,
        "outcome": spoken.1, "took": took, "cpu": cpu, "seconds": heard.seconds,
    });
    Ok((judged, line))
}

/// Whether a right article is cited, and how the turn ended. Asked "Did you say", the person presses what was meant.
async fn answered(desk: &Desk, clip: &Clip, said: Said) -> Result<(Option<bool>, &'static str)> {
    let library = desk.library();
    let stated = Stated {
        area: clip
            .area
            .clone()
            .filter(|area| library.areas.contains_key(area)),
        ..Stated::default()
    };
    if clip.text.is_empty() {
        return Ok((None, ""));
    }
    let asked = match &said {
        Said::Heard(heard) => Heard::clone(heard).doubt.is_some(),
        Said::Text(_) | Said::Action(_) => false,
    };
    let (id, _) = desk.start(Channel::Terminal, stated.clone()).await?;
    let turn = |what| {
        desk.turn(
            &id,
            None,
            Input {
                what,
                channel: Channel::Terminal,
                stated: stated.clone(),
            },
        )
    };
    let mut reply = turn(said).await?;
    if asked && !reply.urgent {
        let meant = reply.options.iter().map(|o| o.value.clone()).find(|value| {
            value
                .strip_prefix("ask:")
                .is_some_and(|text| plain(text).concat() == plain(&clip.text).concat())
        });
        if let Some(action) = meant {
            reply = turn(Said::Action(action)).await?;
        }
    }
    let right = |reply: &Reply| {
        let cited = reply
            .citations
            .iter()
            .any(|c| clip.articles.contains(&c.article));
        matches!(reply.outcome, Outcome::Answered | Outcome::Calculated) && cited
    };
    let judged = (!clip.articles.is_empty()).then(|| right(&reply));
    Ok((judged, reply.outcome.as_str()))
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn figures(some: &[&Judged]) -> Map<String, Value> {
    let count = |f: fn(&Judged) -> bool| some.iter().filter(|j| f(j)).count();
    let sum = |f: fn(&Judged) -> usize| some.iter().map(|j| f(j)).sum::<usize>();
    let total = |f: fn(&Judged) -> f64| some.iter().map(|j| f(j)).sum::<f64>();
    let share = |part: usize, whole: usize| match whole {
        0 => Value::Null,
        _ => json!((part as f64 / whole as f64 * 10_000.0).round() / 10_000.0),
    };
    let spoken = count(|j| j.speech);
    let asked = count(|j| j.speech && j.asked);
    let asked_rightly = count(|j| j.speech && j.asked && j.wrong > 0);
    let (typed, heard) = (
        count(|j| j.typed == Some(true)),
        count(|j| j.spoken == Some(true)),
    );
    let judged = count(|j| j.typed.is_some());
    let mut took: Vec<f64> = some.iter().map(|j| j.took).collect();
    took.sort_by(f64::total_cmp);
    let at = |share: usize| {
        took.get(took.len().saturating_sub(1) * share / 100)
            .copied()
            .unwrap_or(0.0)
    };
    let rounded = |x: f64| json!((x * 1000.0).round() / 1000.0);
    let seconds = total(|j| j.seconds).max(f64::EPSILON);
    let all = [
        ("clips", json!(some.len())),
        ("words", json!(sum(|j| j.words))),
        (
            "word_error_rate",
            share(
                sum(|j| if j.speech { j.wrong } else { 0 }),
                sum(|j| j.words),
            ),
        ),
        ("exact", share(count(|j| j.speech && j.wrong == 0), spoken)),
        ("terms", json!(sum(|j| j.terms))),
        (
            "term_error_rate",
            share(sum(|j| j.terms_wrong), sum(|j| j.terms)),
        ),
        ("success_typed", share(typed, judged)),
        ("success_spoken", share(heard, judged)),
        ("asked_back", share(asked, spoken)),
        ("ask_back_precision", share(asked_rightly, asked)),
        (
            "ask_back_recall",
            share(asked_rightly, count(|j| j.speech && j.wrong > 0)),
        ),
        ("not_speech", json!(some.len() - spoken)),
        ("invented", json!(count(|j| j.invented))),
        ("cpu_per_second", rounded(total(|j| j.cpu) / seconds)),
        (
            "cpu_per_clip",
            rounded(total(|j| j.cpu) / (some.len().max(1) as f64)),
        ),
        ("took_p50", rounded(at(50))),
        ("took_p95", rounded(at(95))),
    ];
    all.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Processor seconds of this process so far.
fn cpu_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("processor time needs Linux")?;
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2);
    // The kernel tells hundredths of a second, whatever its own clock is.
    Ok(ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

/// The most memory this process ever held, in megabytes.
fn peak_memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("memory needs Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line
        .and_then(|l| l.trim().strip_suffix(" kB"))
        .and_then(|n| n.trim().parse::<u64>().ok());
    Ok(kilobytes.context("no VmHWM")? / 1000)
}
