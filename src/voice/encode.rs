//! Speech as files that phones and browsers play: OGG/Opus as it comes, or WAV.
//! What never lives here: making the speech.

use ogg::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Bitrate, Channels, Encoder};

/// What all Opus positions are counted in.
const CLOCK: u64 = 48_000;
/// One packet holds 20 milliseconds.
const PACKETS_A_SECOND: u32 = 50;
/// Bits a second: plenty for one voice.
const BITS: i32 = 24_000;
/// Opus streams of one file are told apart by this; there is only one.
const SERIAL: u32 = 0x5761_796d;

/// A voice note under way.
pub(super) struct OggOpus {
    encoder: Encoder,
    writer: PacketWriter<'static, Vec<u8>>,
    /// Samples of one packet.
    frame: usize,
    /// Positions to one sample.
    scale: u64,
    skip: u64,
    waiting: Vec<f32>,
    packets: u64,
    samples: u64,
}

impl OggOpus {
    /// For speech of 8, 12, 16, 24 or 48 thousand samples a second.
    pub(super) fn new(rate: u32) -> Result<Self, String> {
        let failed = |e: opus::Error| e.to_string();
        let mut encoder = Encoder::new(rate, Channels::Mono, Application::Voip).map_err(failed)?;
        encoder.set_bitrate(Bitrate::Bits(BITS)).map_err(failed)?;
        let scale = CLOCK / u64::from(rate);
        let ahead = encoder.get_lookahead().map_err(failed)?;
        let skip = u64::try_from(ahead).unwrap_or(0) * scale;
        let mut file = Self {
            encoder,
            writer: PacketWriter::new(Vec::new()),
            frame: usize::try_from(rate / PACKETS_A_SECOND).unwrap_or(usize::MAX),
            scale,
            skip,
            waiting: Vec::new(),
            packets: 0,
            samples: 0,
        };
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend(u16::try_from(skip).unwrap_or(0).to_le_bytes());
        head.extend(rate.to_le_bytes());
        head.extend([0, 0, 0]);
        let mut tags = b"OpusTags".to_vec();
        let maker = b"Waymark";
        tags.extend(u32::try_from(maker.len()).unwrap_or(0).to_le_bytes());
        tags.extend(maker);
        tags.extend(0_u32.to_le_bytes());
        for packet in [head, tags] {
            file.write(packet, PacketWriteEndInfo::EndPage, 0)?;
        }
        Ok(file)
    }

    /// More speech; what is ready of the file so far.
    pub(super) fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, String> {
        self.waiting.extend(samples);
        self.samples += u64::try_from(samples.len()).unwrap_or(0);
        // One packet stays behind: the last one is marked as the end.
        while self.waiting.len() > self.frame {
            let frame: Vec<f32> = self.waiting.drain(..self.frame).collect();
            let full = (self.packets + 1).is_multiple_of(u64::from(PACKETS_A_SECOND));
            let end = if full {
                PacketWriteEndInfo::EndPage
            } else {
                PacketWriteEndInfo::NormalPacket
            };
            self.packet(&frame, end, None)?;
        }
        Ok(std::mem::take(self.writer.inner_mut()))
    }

    /// The rest of the file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, String> {
        let total = self.samples * self.scale + self.skip;
        let needed = total.div_ceil(CLOCK / u64::from(PACKETS_A_SECOND)).max(1);
        loop {
            let mut frame: Vec<f32> = self
                .waiting
                .drain(..self.frame.min(self.waiting.len()))
                .collect();
            frame.resize(self.frame, 0.0);
            if self.packets + 1 >= needed {
                self.packet(&frame, PacketWriteEndInfo::EndStream, Some(total))?;
                return Ok(std::mem::take(self.writer.inner_mut()));
            }
            self.packet(&frame, PacketWriteEndInfo::NormalPacket, None)?;
        }
    }

    fn packet(
        &mut self,
        frame: &[f32],
        end: PacketWriteEndInfo,
        position: Option<u64>,
    ) -> Result<(), String> {
        let packet = self
            .encoder
            .encode_vec_float(frame, 4_000)
            .map_err(|e| e.to_string())?;
        self.packets += 1;
        let reached = self.packets * (CLOCK / u64::from(PACKETS_A_SECOND));
        self.write(packet, end, position.unwrap_or(reached))
    }

    fn write(
        &mut self,
        packet: Vec<u8>,
        end: PacketWriteEndInfo,
        position: u64,
    ) -> Result<(), String> {
        let written = self.writer.write_packet(packet, SERIAL, end, position);
        written.map_err(|e| e.to_string())
    }
}

/// A whole WAV file of 16 bits.
pub(super) fn wav(samples: &[f32], rate: u32) -> Vec<u8> {
    let bytes = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX - 36);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    for field in [1_u16, 1] {
        file.extend(field.to_le_bytes());
    }
    for field in [rate, rate * 2] {
        file.extend(field.to_le_bytes());
    }
    for field in [2_u16, 16] {
        file.extend(field.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(samples.iter().flat_map(|s| short(*s).to_le_bytes()));
    file
}

/// A sample in 16 bits.
pub(super) fn short(sample: f32) -> i16 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to the range of 16 bits"
    )]
    let short = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
    short
}
