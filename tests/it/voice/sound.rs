//! Recordings as phones and browsers send them, and files that are none.

use proptest::prelude::*;
use waymark::voice::{HearError, Limits, decode, seconds};

use crate::world;

const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    seconds: 60,
};
/// The same tone of a second, as it comes from Telegram, Chrome, an iPhone (whole and in fragments), and others.
const TONES: [&str; 8] = [
    "tone.ogg",
    "tone.webm",
    "tone.m4a",
    "tone-fragmented.mp4",
    "tone.mp3",
    "tone.flac",
    "tone.wav",
    "tone-vorbis.ogg",
];

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(world::root().join("tests/fixtures/voice").join(name)).unwrap()
}

/// How often the sound crosses zero upwards.
fn waves(samples: &[f32]) -> usize {
    samples
        .windows(2)
        .filter(|w| w[0] <= 0.0 && w[1] > 0.0)
        .count()
}

#[test]
fn every_kind_of_recording_becomes_16_khz() {
    for name in TONES {
        let samples = decode(&fixture(name), LIMITS).unwrap();
        // Codecs put some milliseconds around it.
        assert!(
            (15_500..18_500).contains(&samples.len()),
            "{name}: {}",
            samples.len()
        );
        let middle = &samples[4_000..12_000];
        let counted = waves(middle);
        assert!(
            (215..=225).contains(&counted),
            "{name}: {counted} waves in half a second of 440 Hz"
        );
        assert!(middle.iter().any(|s| s.abs() > 0.05), "{name} is silent");
    }
}

#[test]
fn what_breaks_off_is_kept_as_far_as_it_came() {
    for (name, least, most) in [
        ("tone.webm", 1_000, 16_000),
        ("tone.mp3", 4_000, 14_000),
        ("tone.wav", 8_000, 10_000),
        ("ninety-seconds.ogg", 20 * 16_000, 50 * 16_000),
    ] {
        let whole = fixture(name);
        let kept = decode(&whole[..whole.len() * 55 / 100], LIMITS).map(|s| s.len());
        assert!(
            kept.as_ref()
                .is_ok_and(|length| (least..most).contains(length)),
            "{name}: {kept:?}"
        );
    }
}

#[test]
fn what_is_too_long_or_too_large_is_told_so() {
    // A minute and a half of silence in some kilobytes, three hours in as many as it takes.
    let told = decode(&fixture("ninety-seconds.ogg"), LIMITS);
    assert_eq!(told, Err(HearError::TooLong(60)));
    let hours = lying(1, 8_000, 8, 86_400_000, 86_400_000);
    let roomy = Limits {
        bytes: 100 << 20,
        ..LIMITS
    };
    assert_eq!(decode(&hours, roomy), Err(HearError::TooLong(60)));
    assert_eq!(
        decode(&hours, LIMITS),
        Err(HearError::TooLarge(LIMITS.bytes))
    );
}

#[test]
fn what_is_no_recording_is_told_so() {
    assert_eq!(decode(b"", LIMITS), Err(HearError::Empty));
    let pictures: [&[u8]; 5] = [
        b"<html>please log in</html>",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        &[0; 4096],
        &[0xFF; 4096],
    ];
    for bytes in pictures {
        let decoded = decode(bytes, LIMITS);
        assert!(
            matches!(decoded, Err(HearError::NotSound | HearError::Empty)),
            "{decoded:?}"
        );
    }
}

/// A WAV whose header claims what is not so.
fn lying(channels: u16, rate: u32, bits: u16, length: u32, samples: usize) -> Vec<u8> {
    let mut file = b"RIFF".to_vec();
    file.extend(length.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    let block = channels.wrapping_mul(bits / 8);
    file.extend(rate.wrapping_mul(u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(std::iter::repeat_n(7, samples));
    file
}

#[test]
fn headers_that_lie_take_neither_memory_nor_time() {
    let heard = decode(&lying(1, 16_000, 16, u32::MAX, 32_000), LIMITS);
    assert_eq!(
        heard.map(|s| s.len()),
        Ok(16_000),
        "the length is what is there"
    );
    for (channels, rate, bits) in [
        (0, 16_000, 16),
        (u16::MAX, 16_000, 16),
        (1, 0, 16),
        (1, u32::MAX, 16),
        (1, 16_000, 0),
        (1, 1, 16),
    ] {
        let heard = decode(&lying(channels, rate, bits, u32::MAX, 32_000), LIMITS);
        assert!(
            heard.is_err(),
            "{channels} channels at {rate}, {bits} bits: {:?}",
            heard.map(|s| s.len())
        );
    }
    // A box of an MP4 and an element of a WebM that claim to be larger than anything.
    for (name, at, claim) in [
        ("tone.m4a", 0, [0xFF; 4]),
        ("tone.m4a", 32, [0x7F, 0xFF, 0xFF, 0xFF]),
    ] {
        let mut bytes = fixture(name);
        bytes[at..at + 4].copy_from_slice(&claim);
        let _ = decode(&bytes, LIMITS);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn damage_never_does_harm(
        which in 0..TONES.len(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut bytes = fixture(TONES[which]);
        for (at, byte) in damage {
            let length = bytes.len();
            bytes[at.index(length)] = byte;
        }
        bytes.truncate(keep.index(bytes.len()) + 1);
        if let Ok(samples) = decode(&bytes, LIMITS) {
            prop_assert!(samples.len() <= 62 * 16_000);
            prop_assert!(samples.iter().all(|s| s.is_finite()));
        }
    }

    #[test]
    fn any_bytes_behind_any_beginning_do_no_harm(
        which in 0..TONES.len(),
        head in 0_usize..400,
        tail in prop::collection::vec(any::<u8>(), 0..4000),
    ) {
        let mut bytes = fixture(TONES[which]);
        bytes.truncate(head);
        bytes.extend(tail);
        let _ = decode(&bytes, LIMITS);
    }
}

#[test]
fn size_and_length_are_looked_at_before_anything_is_fetched() {
    let admit = |bytes, seconds| LIMITS.admit(bytes, seconds);
    assert_eq!(admit(Some(1 << 20), Some(60)), Ok(()));
    assert_eq!(
        admit(None, None),
        Ok(()),
        "it is looked at again when it is there"
    );
    assert_eq!(
        admit(Some((1 << 20) + 1), None),
        Err(HearError::TooLarge(1 << 20))
    );
    assert_eq!(admit(Some(9), Some(61)), Err(HearError::TooLong(60)));
    assert_eq!(
        admit(Some(u64::MAX), None),
        Err(HearError::TooLarge(1 << 20))
    );
}

#[test]
fn a_voice_message_says_how_long_it_is() {
    assert!((1..=2).contains(&seconds(&fixture("tone.ogg"))));
    for rubbish in [&b""[..], b"OggS", b"OggS\x00\x04\xff", b"no sound"] {
        assert_eq!(seconds(rubbish), 0);
    }
    assert_eq!(
        seconds(&[b"OggS\0\0".as_slice(), &[0xff; 8]].concat()),
        u32::MAX
    );
}
