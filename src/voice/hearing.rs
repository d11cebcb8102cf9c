//! Hearing at work: one thread that owns the engines, one recording at a time, a bounded queue in front of it.
//! What never lives here: believing what the engines say (understand.rs). The sound is dropped as soon as it is heard.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
    mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
};

use tokio::sync::oneshot;

use super::{
    decode::{HEARING_RATE, decode},
    engines::{gate::Gate, moonshine::Moonshine, onnx::Onnx, whisper::Whisper},
    heard::{Engine, Hear, HearError, Heard, Nothing},
    lexicon::Lexicon,
    settings::{Care, Limits, Settings},
    transcript::Transcript,
    understand::{Evidence, doubtful, understand},
    weights::{self, Weights},
};

/// Recordings that may wait; more are told to come again.
const QUEUE: usize = 24;
/// With more waiting than this, only the quick engine is asked.
const CROWDED: usize = 3;
/// Less speech than this in a recording is none.
const LEAST_SPEECH: f32 = 0.2;
/// Less likely English than this is another language.
const ENGLISH: f32 = 0.3;

/// One recording to be heard.
struct Job {
    bytes: Vec<u8>,
    lexicon: Lexicon,
    answer: oneshot::Sender<Result<Heard, HearError>>,
}

/// The queue to the thread that hears.
#[derive(Debug)]
pub(super) struct Hearing {
    queue: SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
    state: Arc<Mutex<Hear>>,
}

/// The engines that are there.
struct Engines {
    gate: Gate,
    whisper: Option<Whisper>,
    moonshine: Option<Moonshine>,
    limits: Limits,
}

impl Hearing {
    /// Begins to load the engines; recordings wait until they are there.
    pub(super) fn start(settings: &Settings, onnx: Result<Onnx, String>) -> Result<Self, String> {
        let (queue, jobs) = sync_channel::<Job>(QUEUE);
        let waiting = Arc::new(AtomicUsize::new(0));
        let state = Arc::new(Mutex::new(Hear::Loading));
        let (count, told, settings) = (waiting.clone(), state.clone(), settings.clone());
        let work = move || {
            let opened = Engines::open(&settings, onnx.as_ref());
            let now = match &opened {
                Ok(engines) => engines.state(),
                Err(why) => Hear::Absent(why.clone()),
            };
            tell(&told, now);
            work(opened, &jobs, &count);
        };
        let thread = std::thread::Builder::new().name("hearing".to_owned());
        thread.spawn(work).map_err(|e| e.to_string())?;
        Ok(Self {
            queue,
            waiting,
            state,
        })
    }

    /// How it stands.
    pub(super) fn state(&self) -> Hear {
        let held = self.state.lock();
        held.map_or_else(
            |_| Hear::Absent("it broke".to_owned()),
            |state| state.clone(),
        )
    }

    /// Puts a recording into the queue.
    pub(super) async fn hear(&self, bytes: Vec<u8>, lexicon: Lexicon) -> Result<Heard, HearError> {
        let (answer, heard) = oneshot::channel();
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = self.queue.try_send(Job {
            bytes,
            lexicon,
            answer,
        });
        if let Err(refused) = sent {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(match refused {
                TrySendError::Full(_) => HearError::Busy,
                TrySendError::Disconnected(_) => HearError::Fault("it broke".to_owned()),
            });
        }
        heard
            .await
            .unwrap_or_else(|_| Err(HearError::Fault("it broke".to_owned())))
    }
}

fn tell(state: &Mutex<Hear>, now: Hear) {
    if let Ok(mut held) = state.lock() {
        *held = now;
    }
}

/// Hears one recording after the other until nobody can send any more.
fn work(opened: Result<Engines, String>, jobs: &Receiver<Job>, waiting: &AtomicUsize) {
    let mut opened = opened;
    while let Ok(job) = jobs.recv() {
        let behind = waiting.fetch_sub(1, Ordering::Relaxed).saturating_sub(1);
        // Who asked may have gone meanwhile.
        if job.answer.is_closed() {
            continue;
        }
        let heard = match &mut opened {
            Ok(engines) => engines.hear(&job.bytes, &job.lexicon, behind > CROWDED),
            Err(why) => Err(HearError::Absent(why.clone())),
        };
        let _ = job.answer.send(heard);
    }
}

impl Engines {
    fn open(settings: &Settings, onnx: Result<&Onnx, &String>) -> Result<Self, String> {
        let models = &settings.models;
        if !quick_enough() {
            return Err(
                "this processor lacks AVX2, FMA or F16C, which hearing is built for".to_owned(),
            );
        }
        let file = |weights: Weights| weights::checked(weights, models);
        let [gate] = exactly(file(Weights::Gate)?)?;
        let whisper = match settings.care {
            Care::Careful => file(Weights::Whisper),
            Care::Quick => Err("switched off".to_owned()),
        };
        let whisper = whisper
            .and_then(exactly)
            .and_then(|[path]| Whisper::open(&path));
        let moonshine = onnx.map_err(String::clone).and_then(|onnx| {
            let [encoder, decoder, pieces] = exactly(file(Weights::Moonshine)?)?;
            Moonshine::open(onnx, [&encoder, &decoder, &pieces])
        });
        if let (Err(careful), Err(quick)) = (&whisper, &moonshine) {
            return Err(format!("{careful}; {quick}"));
        }
        Ok(Self {
            gate: Gate::open(&gate)?,
            whisper: whisper.ok(),
            moonshine: moonshine.ok(),
            limits: settings.limits,
        })
    }

    fn state(&self) -> Hear {
        let mut engines = Vec::new();
        engines.extend(self.whisper.as_ref().map(|_| Engine::Whisper));
        engines.extend(self.moonshine.as_ref().map(|_| Engine::Moonshine));
        Hear::Ready(engines)
    }

    /// With `hurried` only the quick engine is asked, where there is one.
    fn hear(&mut self, bytes: &[u8], lexicon: &Lexicon, hurried: bool) -> Result<Heard, HearError> {
        let samples = decode(bytes, self.limits)?;
        #[expect(clippy::cast_precision_loss, reason = "seconds of sound are few")]
        let seconds = samples.len() as f32 / HEARING_RATE as f32;
        let speech = self.gate.speech(&samples).map_err(HearError::Fault)?;
        if speech < LEAST_SPEECH {
            return Ok(Heard {
                nothing: Some(Nothing::NoSpeech),
                seconds,
                ..Heard::default()
            });
        }
        let mut evidence = Evidence {
            seconds,
            ..Evidence::default()
        };
        let careful = self
            .whisper
            .as_mut()
            .filter(|_| !hurried || self.moonshine.is_none());
        if let Some(whisper) = careful {
            let heard = whisper.hear(&samples, lexicon.expected());
            let language = match &heard {
                Ok(heard) if doubtful(heard) => whisper.language().map(Some),
                _ => Ok(None),
            };
            // Before anything that may fail is looked at: nothing of what was heard stays.
            whisper.forget();
            let heard = heard.map_err(HearError::Fault)?;
            if let Some((english, language)) = language.map_err(HearError::Fault)? {
                evidence.language = (english < ENGLISH && language != *b"en").then_some(language);
            }
            evidence.transcripts.push((Some(Engine::Whisper), heard));
        }
        if let Some(moonshine) = &mut self.moonshine {
            let heard: Transcript = moonshine.hear(&samples).map_err(HearError::Fault)?;
            evidence.transcripts.push((Some(Engine::Moonshine), heard));
        }
        Ok(understand(lexicon, &evidence))
    }
}

/// Whether the processor has what the engine was compiled for.
fn quick_enough() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("fma")
            && std::is_x86_feature_detected!("f16c")
    }
    #[cfg(not(target_arch = "x86_64"))]
    true
}

/// As many files as an engine is made of.
fn exactly<const N: usize>(
    files: Vec<std::path::PathBuf>,
) -> Result<[std::path::PathBuf; N], String> {
    files
        .try_into()
        .map_err(|_| "another number of files".to_owned())
}
