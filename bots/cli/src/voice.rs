//! `waymark voice`: what was said in a recording, or a text spoken into a file; without either, what is set up.
//! What never lives here: sound (the library), answering.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use waymark::{
    base::Stopwatch,
    config::Config,
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
        text: String,
        #[arg(long)]
        out: PathBuf,
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
            None => list(&speech),
            Some(What::Hear { file, json }) => {
                let lexicon = Lexicon::of(&open::library(&config)?);
                let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
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
                voice,
                speed,
            }) => {
                let wish = Wish {
                    voice: voice.unwrap_or_else(|| config.voice.speaker.clone()),
                    speed,
                    format: format(&out),
                };
                let said = said(&config, &text)?;
                let file = runtime.block_on(async { speech.say(&said, wish)?.whole().await })?;
                std::fs::write(&out, file).with_context(|| out.display().to_string())?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A text as a voice reads it.
fn said(config: &Config, text: &str) -> Result<String> {
    let library = open::library(config)?;
    Ok(speakable(text, &library.registers.spoken))
}

fn format(out: &Path) -> Format {
    let wav = out
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("wav"));
    if wav { Format::Wav } else { Format::Ogg }
}

/// Waits until the engines are there or are known not to be.
fn list(speech: &Speech) {
    let hearing = loop {
        match speech.hearing() {
            Hear::Loading => std::thread::yield_now(),
            Hear::Ready(engines) => break named(&engines),
            Hear::Absent(why) => break format!("not set up: {why}"),
        }
    };
    let speaking = loop {
        match speech.speaking() {
            Say::Loading => std::thread::yield_now(),
            Say::Natural => break "Kokoro".to_owned(),
            Say::Plain(why) => break format!("espeak-ng's own voice, for {why}"),
            Say::Absent(why) => break format!("not set up: {why}"),
        }
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
