//! Sound as phones and browsers send it (OGG/Opus, WebM/Opus, WAV, FLAC, MP3, MP4/AAC, Vorbis) -> 16 kHz, one channel.
//! What never lives here: what is said in it, a file on disk. The claimed type and length of an upload are not believed.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::LazyLock,
};

use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};
use symphonia::core::{
    codecs::{
        CodecParameters,
        audio::{AudioDecoder, AudioDecoderOptions},
        registry::CodecRegistry,
    },
    errors::Error,
    formats::{FormatOptions, FormatReader, TrackType, probe::Hint},
    io::{MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
};
use symphonia_adapter_libopus::OpusDecoder;

use super::{heard::HearError, settings::Limits};

/// Samples a second that hearing works with.
pub(super) const HEARING_RATE: u32 = 16_000;
/// More channels than any recording of one person has.
const MOST_CHANNELS: usize = 8;
/// What is slower than a telephone or quicker than a studio is no speech.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;
/// So many packets in a row that cannot be decoded: the rest is not sound either.
const MOST_BROKEN: usize = 500;

/// Decoders for everything that is understood.
static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    codecs.register_audio_decoder::<OpusDecoder>();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs
});

/// 16 kHz mono samples in -1.0..=1.0. What breaks off is kept as far as it came; time and memory are bounded by the limits.
///
/// # Errors
/// `Empty`, `TooLarge`, `TooLong`, or `NotSound` for whatever cannot be decoded.
pub fn decode(bytes: &[u8], limits: Limits) -> Result<Vec<f32>, HearError> {
    if bytes.is_empty() {
        return Err(HearError::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(HearError::TooLarge(limits.bytes));
    }
    let owned = bytes.to_vec();
    // A decoder that panics over a crafted file must not take more with it than that file.
    let decoded = catch_unwind(AssertUnwindSafe(|| mono(owned, limits.seconds)));
    let (samples, rate) = decoded.unwrap_or(Err(HearError::NotSound))?;
    if samples.is_empty() {
        return Err(HearError::Empty);
    }
    resample(&samples, rate, HEARING_RATE).ok_or(HearError::NotSound)
}

/// All channels as one, at the rate of the file.
fn mono(bytes: Vec<u8>, seconds: u32) -> Result<(Vec<f32>, u32), HearError> {
    let stream = MediaSourceStream::new(
        Box::new(Cursor::new(bytes)),
        MediaSourceStreamOptions::default(),
    );
    let probe = symphonia::default::get_probe();
    let (formats, meta) = (FormatOptions::default(), MetadataOptions::default());
    let opened = probe.probe(&Hint::new(), stream, formats, meta);
    let mut format = opened.map_err(|_| HearError::NotSound)?;
    let (track, mut decoder) = track(format.as_mut())?;
    let mut sound = Collected::default();
    let mut broken = 0;
    // The end of the stream, one that breaks off and one that changes under way all end what can be heard.
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id != track {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(decoded) => {
                let spec = decoded.spec();
                let (rate, channels) = (spec.rate(), spec.channels().count());
                if !sound.fits(rate, channels) {
                    break;
                }
                decoded.copy_to_vec_interleaved(&mut sound.interleaved);
                sound.take(channels);
                broken = 0;
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) if broken < MOST_BROKEN => broken += 1,
            Err(_) => break,
        }
        if sound.seconds() > u64::from(seconds) {
            return Err(HearError::TooLong(seconds));
        }
    }
    match sound.rate {
        Some(rate) => Ok((sound.mono, rate)),
        None if broken > 0 => Err(HearError::NotSound),
        None => Err(HearError::Empty),
    }
}

/// The first track with sound, and what decodes it.
fn track(format: &mut dyn FormatReader) -> Result<(u32, Box<dyn AudioDecoder>), HearError> {
    let track = format
        .default_track(TrackType::Audio)
        .ok_or(HearError::NotSound)?;
    let Some(CodecParameters::Audio(codec)) = &track.codec_params else {
        return Err(HearError::NotSound);
    };
    let channels = codec.channels.as_ref().map_or(1, |c| c.count());
    if channels > MOST_CHANNELS || codec.sample_rate.is_some_and(|rate| !RATES.contains(&rate)) {
        return Err(HearError::NotSound);
    }
    let decoder = CODECS.make_audio_decoder(codec, &AudioDecoderOptions::default());
    Ok((track.id, decoder.map_err(|_| HearError::NotSound)?))
}

/// What was decoded so far.
#[derive(Default)]
struct Collected {
    rate: Option<u32>,
    mono: Vec<f32>,
    interleaved: Vec<f32>,
}

impl Collected {
    /// Whether sound of this kind may follow what is there.
    fn fits(&mut self, rate: u32, channels: usize) -> bool {
        let sane = RATES.contains(&rate) && (1..=MOST_CHANNELS).contains(&channels);
        sane && *self.rate.get_or_insert(rate) == rate
    }

    /// Mixes the channels that were just decoded; what is no number is silence.
    fn take(&mut self, channels: usize) {
        let share = 1.0 / f32::from(u8::try_from(channels).unwrap_or(u8::MAX));
        self.mono
            .extend(self.interleaved.chunks_exact(channels).map(|frame| {
                let mixed = frame.iter().sum::<f32>() * share;
                if mixed.is_finite() {
                    mixed.clamp(-1.0, 1.0)
                } else {
                    0.0
                }
            }));
    }

    fn seconds(&self) -> u64 {
        let rate = self.rate.map_or(1, u64::from);
        u64::try_from(self.mono.len()).unwrap_or(u64::MAX) / rate
    }
}

/// The same sound at another rate; `None` where the two rates cannot be brought together.
pub(super) fn resample(samples: &[f32], from: u32, to: u32) -> Option<Vec<f32>> {
    if from == to {
        return Some(samples.to_vec());
    }
    let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
    let mut resampler = Fft::<f32>::new(from, to, 1024, 1, FixedSync::Input).ok()?;
    let input = InterleavedSlice::new(samples, 1, samples.len()).ok()?;
    let output = resampler.process_all(&input, samples.len(), None).ok()?;
    Some(output.take_data())
}
