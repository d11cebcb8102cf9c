//! With the real weights where they are: what is spoken is heard again.

use std::path::PathBuf;

use waymark::voice::{
    Care, Format, Hear, Heard, Lexicon, Limits, Nothing, Say, SayError, Settings, Voice, Weights,
    Wish,
};

use crate::world;

fn models() -> PathBuf {
    let named = std::env::var_os("WAYMARK_MODELS");
    named.map_or_else(|| world::root().join("data/models"), PathBuf::from)
}

fn settings(models: PathBuf) -> Settings {
    Settings {
        models,
        runtime: None,
        care: Care::Careful,
        limits: Limits {
            bytes: 1 << 20,
            seconds: 60,
        },
        speaker: "bf_emma".to_owned(),
        threads: 1,
    }
}

/// The voice, if these weights are there; where not, the test says that it was skipped.
fn voice(needed: &[Weights], test: &str) -> Option<Voice> {
    let models = models();
    match needed.iter().find(|weights| !weights.present(&models)) {
        Some(weights) => {
            eprintln!("SKIPPED {test}: {} is not there", weights.name());
            None
        }
        None => Some(Voice::open(&settings(models))),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn hear(voice: &Voice, bytes: Vec<u8>) -> Heard {
    let lexicon = Lexicon::of(&world::knowledge().library);
    runtime().block_on(voice.hear(bytes, lexicon)).unwrap()
}

#[test]
fn what_is_spoken_is_heard_again() {
    let Some(voice) = voice(&Weights::ALL, "spoken and heard") else {
        return;
    };
    for format in [Format::Ogg, Format::Wav] {
        let wish = Wish {
            format,
            ..Wish::default()
        };
        let spoken = runtime().block_on(async {
            voice
                .say("Do I have to pay my P A when she is ill?", wish)?
                .whole()
                .await
        });
        match spoken {
            Ok(file) => {
                let heard = hear(&voice, file);
                assert_eq!(heard.text, "Do I have to pay my PA when she is ill?");
                assert!(heard.confidence > 0.7 && heard.seconds > 1.5);
            }
            Err(SayError::Absent(why)) => eprintln!("SKIPPED speaking: {why}"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn sounds_that_are_no_speech_bring_no_words() {
    let Some(voice) = voice(&[Weights::Gate, Weights::Whisper], "no speech") else {
        return;
    };
    let tone = std::fs::read(world::root().join("tests/fixtures/voice/tone.ogg")).unwrap();
    let heard = hear(&voice, tone);
    assert_eq!(
        (heard.nothing, heard.engine),
        (Some(Nothing::NoSpeech), None)
    );
}

#[test]
fn without_weights_it_is_told_what_is_missing() {
    let folder = world::Folder::new("no-weights");
    let voice = Voice::open(&settings(folder.0.clone()));
    let lexicon = Lexicon::default();
    let error = runtime()
        .block_on(voice.hear(b"RIFF".to_vec(), lexicon))
        .unwrap_err();
    assert!(error.to_string().contains("is not there"), "{error}");
    assert!(matches!(voice.hearing(), Hear::Absent(_)));
    let said = runtime().block_on(async { voice.say("Hello.", Wish::default())?.whole().await });
    match voice.speaking() {
        Say::Plain(_) => assert!(said.unwrap().starts_with(b"OggS"), "espeak-ng is there"),
        Say::Absent(why) => assert_eq!(said, Err(SayError::Absent(why))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = world::Folder::new("damaged-weights");
    let gate = Weights::Gate.files()[0];
    let length = usize::try_from(gate.bytes).unwrap();
    folder.put(
        &format!("{}/{}", Weights::Gate.name(), gate.name),
        vec![7_u8; length],
    );
    assert!(
        Weights::Gate.present(&folder.0),
        "by its length it is there"
    );
    let voice = Voice::open(&settings(folder.0.clone()));
    let heard = runtime().block_on(voice.hear(b"RIFF".to_vec(), Lexicon::default()));
    let error = heard.unwrap_err().to_string();
    assert!(error.contains("not the pinned file"), "{error}");
}

#[test]
fn wishes_that_cannot_be_met_are_told() {
    let folder = world::Folder::new("wishes");
    let voice = Voice::open(&settings(folder.0.clone()));
    let with = |voice: Option<&str>, speed: f32| Wish {
        voice: voice.map(str::to_owned),
        speed,
        format: Format::Ogg,
    };
    let refused = |text: &str, wish| voice.say(text, wish).unwrap_err();
    assert!(matches!(
        refused("Hello.", with(Some("nobody"), 1.0)),
        SayError::BadWish(_)
    ));
    assert!(matches!(
        refused("Hello.", with(Some("../../x"), 1.0)),
        SayError::BadWish(_)
    ));
    assert!(matches!(
        refused("Hello.", with(None, 9.0)),
        SayError::BadWish(_)
    ));
    assert!(matches!(
        refused("Hello.", with(None, f32::NAN)),
        SayError::BadWish(_)
    ));
    assert_eq!(refused(" ... ", with(None, 1.0)), SayError::Empty);
    assert!(matches!(
        refused(&"long ".repeat(10_000), with(None, 1.0)),
        SayError::TooLong(_)
    ));
}
