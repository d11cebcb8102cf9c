//! Speaking at work: one thread that owns the engine, a bounded queue in front of it; each piece goes out as soon as it is
//! spoken, and pieces that were spoken lately are kept. What never lives here: how figures and short forms are said.

use std::{
    collections::{HashMap, VecDeque},
    path::Path,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
};

use tokio::sync::mpsc;

use super::{
    Speech,
    decode::decode,
    encode::{OggOpus, short, wav},
    engines::{
        kokoro::{self, Kokoro},
        onnx::Onnx,
        phonemes,
    },
    said::{Format, MOST, Say, SayError, Wish, pieces},
    settings::{Limits, Settings},
    weights::{self, Weights},
};
use crate::voice::decode::{HEARING_RATE, resample};

/// Texts that may wait to be spoken.
const QUEUE: usize = 16;
/// Pieces of a file that may wait to be sent.
const AHEAD: usize = 64;
/// Bytes of speech that are kept: about a quarter of an hour.
const KEPT: usize = 48 << 20;
/// What the last resort's own file may be.
const OWN_FILE: Limits = Limits {
    bytes: 64 << 20,
    seconds: 600,
};
/// Silence between two pieces, in samples.
const PAUSE: usize = 3_600;

/// One text to be spoken.
struct Job {
    pieces: Vec<String>,
    wish: Wish,
    out: mpsc::Sender<Result<Vec<u8>, SayError>>,
}

/// The queue to the thread that speaks.
#[derive(Debug)]
pub(super) struct Speaking {
    queue: SyncSender<Job>,
    state: Arc<Mutex<Say>>,
}

impl Speaking {
    /// Begins to load the engine; texts wait until it is there.
    pub(super) fn start(settings: &Settings, onnx: Result<Onnx, String>) -> Result<Self, String> {
        let (queue, jobs) = sync_channel::<Job>(QUEUE);
        let state = Arc::new(Mutex::new(Say::Loading));
        let (told, settings) = (state.clone(), settings.clone());
        let work = move || {
            let mouth = Mouth::open(&settings, onnx);
            if let Ok(mut held) = told.lock() {
                *held = match &mouth {
                    Ok(Mouth {
                        engine: Some(_), ..
                    }) => Say::Natural,
                    Ok(Mouth { why, .. }) => Say::Plain(why.clone()),
                    Err(why) => Say::Absent(why.clone()),
                };
            }
            work(mouth, &jobs);
        };
        let thread = std::thread::Builder::new().name("speaking".to_owned());
        thread.spawn(work).map_err(|e| e.to_string())?;
        Ok(Self { queue, state })
    }

    /// How it stands.
    pub(super) fn state(&self) -> Say {
        let held = self.state.lock();
        held.map_or_else(
            |_| Say::Absent("it broke".to_owned()),
            |state| state.clone(),
        )
    }

    /// Puts a text into the queue.
    pub(super) fn say(&self, text: &str, wish: Wish) -> Result<Speech, SayError> {
        let wish = wish.checked()?;
        if text.chars().count() > MOST {
            return Err(SayError::TooLong(MOST));
        }
        let pieces = pieces(text);
        if pieces.is_empty() {
            return Err(SayError::Empty);
        }
        let (out, parts) = mpsc::channel(AHEAD);
        match self.queue.try_send(Job { pieces, wish, out }) {
            Ok(()) => Ok(Speech { parts }),
            Err(TrySendError::Full(_)) => Err(SayError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(SayError::Fault("it broke".to_owned())),
        }
    }
}

/// Speaks one text after the other until nobody can send any more.
fn work(mouth: Result<Mouth, String>, jobs: &Receiver<Job>) {
    let mut mouth = mouth;
    while let Ok(job) = jobs.recv() {
        let spoken = match &mut mouth {
            Ok(mouth) => mouth.speak(&job),
            Err(why) => Err(SayError::Absent(why.clone())),
        };
        if let Err(error) = spoken {
            let _ = job.out.blocking_send(Err(error));
        }
    }
}

/// The engine and what it said lately.
struct Mouth {
    engine: Option<Kokoro>,
    speaker: String,
    why: String,
    lately: Lately,
}

impl Mouth {
    /// Both engines need espeak-ng: one for its sounds, the other is it.
    fn open(settings: &Settings, onnx: Result<Onnx, String>) -> Result<Self, String> {
        if !phonemes::present() {
            return Err("espeak-ng is not installed, which turns words into sounds".to_owned());
        }
        let engine = onnx.and_then(|onnx| natural(settings, &onnx));
        Ok(Self {
            why: engine.as_ref().err().cloned().unwrap_or_default(),
            engine: engine.ok(),
            speaker: settings.speaker.clone(),
            lately: Lately::default(),
        })
    }

    fn speak(&mut self, job: &Job) -> Result<(), SayError> {
        let mut file = match job.wish.format {
            Format::Ogg => Some(OggOpus::new(kokoro::RATE).map_err(SayError::Fault)?),
            Format::Wav => None,
        };
        let mut all: Vec<f32> = Vec::new();
        for (number, piece) in job.pieces.iter().enumerate() {
            let mut samples = self.piece(piece, &job.wish).map_err(SayError::Fault)?;
            if number + 1 < job.pieces.len() {
                samples.resize(samples.len() + PAUSE, 0.0);
            }
            let Some(file) = &mut file else {
                all.extend(samples);
                continue;
            };
            let ready = file.push(&samples).map_err(SayError::Fault)?;
            // Nobody listens any more.
            if !ready.is_empty() && job.out.blocking_send(Ok(ready)).is_err() {
                return Ok(());
            }
        }
        let rest = match file {
            Some(file) => file.finish().map_err(SayError::Fault)?,
            None => wav(&all, kokoro::RATE),
        };
        let _ = job.out.blocking_send(Ok(rest));
        Ok(())
    }

    /// One piece, spoken now or lately.
    fn piece(&mut self, piece: &str, wish: &Wish) -> Result<Vec<f32>, String> {
        let voice = wish.voice.as_ref().unwrap_or(&self.speaker);
        let key = format!("{voice} {} {piece}", wish.speed);
        if let Some(kept) = self.lately.get(&key) {
            return Ok(kept);
        }
        let samples = match &mut self.engine {
            Some(engine) => engine.say(&phonemes::phonemes(piece)?, voice, wish.speed)?,
            None => plain(piece, wish.speed)?,
        };
        self.lately.keep(key, &samples);
        Ok(samples)
    }
}

fn natural(settings: &Settings, onnx: &Onnx) -> Result<Kokoro, String> {
    let models = &settings.models;
    let first = |weights| {
        let paths = weights::checked(weights, models)?;
        paths.into_iter().next().ok_or_else(|| "no file".to_owned())
    };
    let voice = first(Weights::Voices)?;
    let voices = voice.parent().unwrap_or(Path::new(""));
    let (model, numbers) = (first(Weights::Kokoro)?, first(Weights::Phonemes)?);
    Kokoro::open(onnx, &model, &numbers, voices, settings.threads)
}

/// The last resort's own voice, at the rate of the others.
fn plain(piece: &str, speed: f32) -> Result<Vec<f32>, String> {
    let file = phonemes::speak(piece, speed)?;
    let samples = decode(&file, OWN_FILE).map_err(|e| e.to_string())?;
    resample(&samples, HEARING_RATE, kokoro::RATE).ok_or_else(|| "no such rate".to_owned())
}

/// What was spoken lately, in 16 bits; the oldest goes first. By the text itself: nothing of it leaves this process.
#[derive(Default)]
struct Lately {
    spoken: HashMap<String, Vec<i16>>,
    order: VecDeque<String>,
    bytes: usize,
}

impl Lately {
    fn get(&self, key: &str) -> Option<Vec<f32>> {
        let kept = self.spoken.get(key)?;
        Some(
            kept.iter()
                .map(|s| f32::from(*s) / f32::from(i16::MAX))
                .collect(),
        )
    }

    fn keep(&mut self, key: String, samples: &[f32]) {
        self.bytes += samples.len() * size_of::<i16>();
        self.order.push_back(key.clone());
        self.spoken
            .insert(key, samples.iter().map(|s| short(*s)).collect());
        while self.bytes > KEPT {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            let gone = self.spoken.remove(&oldest).map_or(0, |s| s.len());
            self.bytes = self.bytes.saturating_sub(gone * size_of::<i16>());
        }
    }
}
