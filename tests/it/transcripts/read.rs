//! Reads a transcript file: the setting, the turns, and what each reply must be. The form stands in tests/README.md.
//! What never lives here: running a turn (drive.rs), judging it (judge.rs).

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use regex::{Regex, RegexBuilder};
use waymark::{assistant::Staffing, knowledge::Audience};

use crate::world;

/// One conversation as it stands in a file.
pub(super) struct Transcript {
    /// File name without its ending.
    pub(super) name: String,
    /// What it is about.
    pub(super) title: String,
    /// The instant it happens.
    pub(super) on: Timestamp,
    /// Council stated at the start.
    pub(super) area: Option<String>,
    /// Language stated at the start.
    pub(super) lang: Option<String>,
    /// Who asks, stated at the start; the API has no such field, so these run through the desk alone.
    pub(super) audience: Option<Audience>,
    /// How the service is staffed.
    pub(super) staffing: Staffing,
    /// Whether the directories of local services in tests/fixtures/open-referral were imported.
    pub(super) services: bool,
    /// What happens, in order.
    pub(super) acts: Vec<Act>,
}

/// Something that happens, and what must come of it.
pub(super) struct Act {
    /// Line in the file.
    pub(super) line: usize,
    /// What happens.
    pub(super) deed: Deed,
    /// What must come of it, with its line.
    pub(super) wants: Vec<(usize, Want)>,
}

/// What can happen.
#[derive(Debug)]
pub(super) enum Deed {
    /// `> words`: the person types.
    Types(String),
    /// `! button`: the person presses the button with this label, or sends this action.
    Presses(String),
    /// `& adviser words`: an adviser replies to the conversation's case, as `waymark cases reply` does.
    Adviser(String),
    /// `& close code`: an adviser closes it.
    Close(String),
    /// `& helpful yes|no`: the person says whether the last answer helped.
    Helpful(bool),
    /// `& again`: the last turn is sent once more under the same client id.
    Again,
}

/// What a reply (or the store after it) must be.
#[derive(Debug)]
pub(super) enum Want {
    Outcome(String),
    Reason(String),
    Urgent(bool),
    Says(Regex),
    Not(Regex),
    Short(Regex),
    Cites(String),
    Standing(String),
    Case(bool),
    Cases(usize),
    Priority(String),
    Expected(String),
    Option(String),
    NoOption(String),
    Order(Vec<String>),
    Lang(String),
    Area(String),
    Regime(String),
    AsOf(String),
    Packet(Regex),
    Event(String),
    History(Regex),
    Messages(usize),
}

/// Every transcript, by file name.
pub(super) fn all() -> Vec<Transcript> {
    let folder = world::root().join("tests/transcripts");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    paths.sort();
    paths.iter().map(|p| read(p)).collect()
}

fn read(path: &Path) -> Transcript {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    parse(&name, &text).unwrap_or_else(|wrong| panic!("{}:{wrong}", path.display()))
}

/// Reads one; what cannot be read is `line: what is wrong`.
pub(super) fn parse(name: &str, text: &str) -> Result<Transcript, String> {
    let mut all = Transcript {
        name: name.to_owned(),
        title: String::new(),
        on: world::sunday_noon(),
        area: None,
        lang: None,
        audience: None,
        staffing: world::staffed(),
        services: false,
        acts: Vec::new(),
    };
    for (number, line) in text.lines().enumerate().map(|(n, l)| (n + 1, l.trim())) {
        let at = |what: String| format!("{number}: {what}");
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            "" => {}
            "#" if all.title.is_empty() => all.title = rest.to_owned(),
            "#" => {}
            mark if mark.starts_with('@') => setting(&mut all, mark, rest).map_err(at)?,
            ">" | "!" | "&" => all.acts.push(Act {
                line: number,
                deed: deed(mark, rest).map_err(at)?,
                wants: Vec::new(),
            }),
            word => {
                let want = want(word, rest.trim()).map_err(at)?;
                let act = all.acts.last_mut();
                let act = act.ok_or_else(|| at("an expectation before the first turn".into()))?;
                act.wants.push((number, want));
            }
        }
    }
    if all.title.is_empty() || all.acts.iter().all(|a| a.wants.is_empty()) {
        return Err("1: a title ('# ...') and at least one expectation are wanted".into());
    }
    Ok(all)
}

fn setting(all: &mut Transcript, mark: &str, value: &str) -> Result<(), String> {
    let known = || format!("'{mark} {value}' is not a setting");
    match mark {
        "@on" => all.on = format!("{value}:00Z").parse().map_err(|_| known())?,
        "@area" => all.area = Some(value.to_owned()),
        "@lang" => all.lang = Some(value.to_owned()),
        "@audience" => all.audience = Some(Audience::parse(value).ok_or_else(known)?),
        "@staff" => {
            all.staffing = Staffing {
                advisers: value != "none",
                duty_adviser: value == "duty",
                ..Staffing::default()
            }
        }
        "@services" if value == "yes" => all.services = true,
        _ => return Err(known()),
    }
    Ok(())
}

fn deed(mark: &str, rest: &str) -> Result<Deed, String> {
    let (verb, what) = rest.split_once(' ').unwrap_or((rest, ""));
    Ok(match (mark, verb) {
        (">", _) => Deed::Types(rest.to_owned()),
        ("!", _) => Deed::Presses(rest.to_owned()),
        (_, "adviser") => Deed::Adviser(what.to_owned()),
        (_, "close") => Deed::Close(what.to_owned()),
        (_, "helpful") => Deed::Helpful(yes(what)?),
        (_, "again") => Deed::Again,
        _ => return Err(format!("'{mark} {rest}' is not something that happens")),
    })
}

fn want(word: &str, rest: &str) -> Result<Want, String> {
    let pattern = || {
        let built = RegexBuilder::new(rest).case_insensitive(true).build();
        built.map_err(|e| e.to_string().replace('\n', " "))
    };
    let number = || {
        rest.parse()
            .map_err(|_| format!("'{rest}' is not a number"))
    };
    let text = || rest.to_owned();
    Ok(match word {
        "outcome" => Want::Outcome(text()),
        "reason" => Want::Reason(text()),
        "urgent" => Want::Urgent(yes(rest)?),
        "says" => Want::Says(pattern()?),
        "not" => Want::Not(pattern()?),
        "short" => Want::Short(pattern()?),
        "cites" => Want::Cites(text()),
        "standing" => Want::Standing(text()),
        "case" => Want::Case(yes(rest)?),
        "cases" => Want::Cases(number()?),
        "priority" => Want::Priority(text()),
        "expected" => Want::Expected(text()),
        "option" => Want::Option(text()),
        "nooption" => Want::NoOption(text()),
        "order" => Want::Order(rest.split(" < ").map(str::to_owned).collect()),
        "lang" => Want::Lang(text()),
        "area" => Want::Area(text()),
        "regime" => Want::Regime(text()),
        "asof" => Want::AsOf(text()),
        "packet" => Want::Packet(pattern()?),
        "event" => Want::Event(text()),
        "history" => Want::History(pattern()?),
        "messages" => Want::Messages(number()?),
        other => return Err(format!("'{other}' is not an expectation")),
    })
}

fn yes(word: &str) -> Result<bool, String> {
    match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(format!("'{other}' is neither yes nor no")),
    }
}
