//! `waymark voice`: what was said in a recording, or a text spoken into a file; without either, what is set up.
//! What never lives here: sound (the library), answering.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;
use waymark::{
    base::Stopwatch,
    knowledge::speakable,
    voice::{
        Doubt, Engine, Format, Hear, Heard, Lexicon, Nothing, Say, Voice as Speech, Wish, voices,
    },
};

use crate::open;

#[derive(Args)]
pub(crate) struct Voice {
    /// Without it: what is set up.
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// What was said in a recording: OGG/Opus, WebM/Opus, WAV, FLAC, MP3 or MP4/AAC.
    Hear {
        file: PathBuf,
        /// Everything about it, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Speak a text into a file: OGG/Opus, or WAV where the name ends so.
    Say {
        /// Without it, what `--list` holds.
        #[arg(required_unless_present = "list")]
        text: Option<String>,
        /// The file; with `--list` the folder.
        #[arg(long)]
        out: PathBuf,
        /// Many at once: a JSON object a line with `file`, `text` and, if wanted, `voice` and `speed`.
        #[arg(long, conflicts_with_all = ["text", "voice", "speed"])]
        list: Option<PathBuf>,
        /// One of the British voices; see `waymark voice`.
        #[arg(long)]
        voice: Option<String>,
        /// 1 is the usual pace; 0.5 to 1.5.
        #[arg(long, default_value_t = 1.0)]
        speed: f32,
    },
}

impl Voice {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let speech = open::voice(&config);
        let runtime = open::runtime()?;
        match self.what {
            None => {
                runtime.block_on(open::wait_for(&speech));
                tell_state(&speech);
            }
            Some(What::Hear { file, json }) => {
                let lexicon = Lexicon::of(&open::library(&config)?);
                let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
                runtime.block_on(open::wait_for(&speech));
                let watch = Stopwatch::start();
                let heard = runtime.block_on(speech.hear(bytes, lexicon))?;
                match json {
                    true => crate::out::line(as_json(&heard, watch.millis())),
                    false => tell(&heard),
                }
            }
            Some(What::Say {
                text,
                out,
                list,
                voice,
                speed,
            }) => {
                let library = open::library(&config)?;
                let listed = list.map_or(Ok(Vec::new()), |list| read_list(&list, &out))?;
                let one = text.map(|text| Spoken {
                    file: out,
                    text,
                    voice,
                    speed,
                });
                for spoken in one.into_iter().chain(listed) {
                    let said = speakable(&spoken.text, &library.registers.spoken);
                    let file = runtime.block_on(spoken.speak(&speech, &said))?;
                    std::fs::write(&spoken.file, file)
                        .with_context(|| spoken.file.display().to_string())?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A text to be spoken into a file.
#[derive(Deserialize)]
struct Spoken {
    file: PathBuf,
    text: String,
    voice: Option<String>,
    #[serde(default = "usual")]
    speed: f32,
}

fn usual() -> f32 {
    1.0
}

impl Spoken {
    /// OGG/Opus, or WAV where the file's name ends so.
    async fn speak(&self, speech: &Speech, said: &str) -> Result<Vec<u8>> {
        let wav = self
            .file
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("wav"));
        let wish = Wish {
            voice: self.voice.clone(),
            speed: self.speed,
            format: if wav { Format::Wav } else { Format::Ogg },
        };
        Ok(speech.say(said, wish)?.whole().await?)
    }
}

/// The texts of a list, their files in a folder.
fn read_list(list: &Path, folder: &Path) -> Result<Vec<Spoken>> {
    let text = std::fs::read_to_string(list).with_context(|| list.display().to_string())?;
    let spoken = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let mut spoken: Spoken = serde_json::from_str(line).with_context(|| line.to_owned())?;
            spoken.file = folder.join(&spoken.file);
            Ok(spoken)
        });
    spoken.collect()
}

fn tell_state(speech: &Speech) {
    let hearing = match speech.hearing() {
        Hear::Loading => "is being loaded".to_owned(),
        Hear::Ready(engines) => named(&engines),
        Hear::Absent(why) => format!("not set up: {why}"),
    };
    let speaking = match speech.speaking() {
        Say::Loading => "is being loaded".to_owned(),
        Say::Natural => "Kokoro".to_owned(),
        Say::Plain(why) => format!("espeak-ng's own voice, for {why}"),
        Say::Absent(why) => format!("not set up: {why}"),
    };
    crate::out::line(format!("hearing   {hearing}"));
    crate::out::line(format!("speaking  {speaking}"));
    crate::out::line(format!(
        "voices    {}",
        voices().collect::<Vec<_>>().join(", ")
    ));
}

fn named(engines: &[Engine]) -> String {
    let names: Vec<&str> = engines.iter().copied().map(name).collect();
    names.join(", ")
}

fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Whisper => "whisper",
        Engine::Moonshine => "moonshine",
    }
}

fn tell(heard: &Heard) {
    match heard.nothing {
        None => crate::out::line(&heard.text),
        Some(Nothing::NoSpeech) => crate::out::line("(nobody speaks)"),
        Some(Nothing::Unclear) => crate::out::line("(no words could be made out)"),
        Some(Nothing::OtherLanguage(letters)) => {
            let language = String::from_utf8_lossy(&letters).into_owned();
            crate::out::line(format!("(another language: {language})"));
        }
    }
    if heard.doubt.is_some() {
        for other in &heard.alternatives {
            crate::out::line(format!("or: {other}"));
        }
    }
}

fn as_json(heard: &Heard, took: f64) -> String {
    let words: Vec<_> = heard
        .words
        .iter()
        .map(|w| json!({"word": w.text, "confidence": w.confidence}))
        .collect();
    let nothing = heard.nothing.map(|why| match why {
        Nothing::NoSpeech => "no_speech".to_owned(),
        Nothing::Unclear => "unclear".to_owned(),
        Nothing::OtherLanguage(letters) => {
            format!("language.{}", String::from_utf8_lossy(&letters))
        }
    });
    let doubt = heard.doubt.map(|why| match why {
        Doubt::Unsure => "unsure",
        Doubt::NearTerm => "near_term",
        Doubt::Figure => "figure",
    });
    let all = json!({
        "text": heard.text,
        "alternatives": heard.alternatives,
        "confidence": heard.confidence,
        "words": words,
        "doubt": doubt,
        "nothing": nothing,
        "seconds": heard.seconds,
        "engine": heard.engine.map(name),
        "took_ms": took,
    });
    all.to_string()
}
