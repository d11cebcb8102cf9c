#!/usr/bin/env python3
"""Makes a folder of spoken questions for `waymark eval --voice`: every text of questions.jsonl, or of another list, in Kokoro's
British voices, clean and with noise, through the codecs that telephones and browsers use; in espeak-ng's voices as a stress
figure; and sounds that are no speech. It needs ffmpeg, espeak-ng and the fetched models. Everything in it is synthetic: no
carer was recorded.   python3 tests/voice/make.py WAYMARK OUT [--questions FILE] [--config FILE]"""

import argparse
import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent
VOICES = ["bf_emma", "bm_george", "bf_isabella", "bm_fable", "bf_alice", "bm_daniel", "bf_lily", "bm_lewis"]
SPEEDS = [1.0, 0.85, 1.15]
# How it comes from where: a Telegram note, Chrome, an iPhone, an old recorder, a telephone line, a studio.
CODECS = {
    "ogg": ["-c:a", "libopus", "-b:a", "16k", "-ar", "48000", "-ac", "1"],
    "webm": ["-c:a", "libopus", "-b:a", "24k", "-ar", "48000", "-ac", "1", "-live", "1"],
    "m4a": ["-c:a", "aac", "-b:a", "48k", "-ar", "44100", "-ac", "1"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "32k", "-ar", "22050", "-ac", "1"],
    "wav": ["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"],
    "flac": ["-c:a", "flac", "-ar", "48000", "-ac", "2"],
}
ESPEAK = ["en-gb-x-rp", "en-gb", "en-gb-scotland", "en-gb-x-gbclan"]
# What goes on beside the speech, each about 10 dB below it: a room, a car, a kitchen's machines, people talking.
NOISES = {
    "pink": "anoisesrc=color=pink:amplitude=0.13:seed={seed}:sample_rate=24000",
    "brown": "anoisesrc=color=brown:amplitude=0.12:seed={seed}:sample_rate=24000",
    "machine": "aevalsrc=0.025*sin(2*PI*50*t)+0.017*sin(2*PI*150*t)+0.017*sin(2*PI*300*t)+0.025*(random({seed})-0.5):s=24000",
    "people": None,
}
# Not speech: colours of noise, tones, silence, a hum, clicks, a siren.
SOUNDS = {
    "silence": ["anullsrc=r=16000:cl=mono"],
    "noise": [f"anoisesrc=color={c}:amplitude={a}:seed={s}" for c in ["white", "pink", "brown", "blue", "violet", "velvet"]
              for a, s in [(0.02, 1), (0.2, 2), (0.6, 3)]],
    "tone": [f"sine=frequency={f}" for f in [50, 100, 300, 440, 1000, 2500, 4000, 7000]],
    "beeps": [f"sine=frequency={f}:beep_factor=4" for f in [220, 440, 880]],
    "siren": [f"aevalsrc=0.5*sin(2*PI*t*({f}+200*sin({r}*t)))" for f in [500, 700, 900] for r in [1, 3, 6]],
    "clicks": [f"aevalsrc=if(lt(mod(t\\,{p})\\,0.005)\\,0.9\\,0)" for p in [0.1, 0.25, 0.5, 1]],
    "hum": [f"aevalsrc=0.2*sin(2*PI*{f}*t)+0.1*sin(2*PI*{2 * f}*t)+0.02*random(0)" for f in [50, 60, 120]],
    "throb": [f"aevalsrc=random(0)*0.4*(0.5+0.5*sin(2*PI*{f}*t))" for f in [1, 2, 4, 8]],
}


def run(*command, quiet=True):
    subprocess.run([str(c) for c in command], check=True,
                   stdout=subprocess.DEVNULL if quiet else None, stderr=subprocess.DEVNULL if quiet else None)


def ffmpeg(*arguments):
    run("ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *arguments)


def encode(source, target):
    """A recording through the codec of the target's kind."""
    extra = CODECS[target.suffix[1:]]
    if target.suffix == ".webm":
        # As a browser streams it: no length is known beforehand, and nothing is put right afterwards.
        with open(target, "wb") as out:
            subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-i", str(source), *extra, "-f", "webm", "-"],
                           check=True, stdout=out)
    else:
        ffmpeg("-i", source, *extra, target)


def noisy(source, target, number, others):
    """The same with noise, of every kind in turn; `others` are three recordings of people who talk."""
    kind = NOISES[list(NOISES)[number % len(NOISES)]]
    if kind:
        beside, quieter = ["-f", "lavfi", "-i", kind.format(seed=number)], "[1]anull[n]"
    else:
        beside = [part for other in others for part in ["-stream_loop", "-1", "-i", other]]
        quieter = "".join(f"[{n}]volume=0.18[o{n}];" for n in (1, 2, 3)) + "[o1][o2][o3]amix=inputs=3:normalize=0[n]"
    ffmpeg("-i", source, *beside, "-filter_complex", f"{quieter};[0][n]amix=inputs=2:duration=first:normalize=0",
           "-ar", "24000", target)


def main():
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("waymark")
    reader.add_argument("out", type=pathlib.Path)
    reader.add_argument("--questions", type=pathlib.Path, default=HERE / "questions.jsonl")
    reader.add_argument("--config", type=pathlib.Path)
    wishes = reader.parse_args()
    waymark, out, rest = wishes.waymark, wishes.out, ["--config", wishes.config] if wishes.config else []
    (out / "raw").mkdir(parents=True, exist_ok=True)
    questions = [json.loads(line) for line in open(wishes.questions)]
    speak = []
    for number, question in enumerate(questions):
        speak.append({"file": f"{question['id']}.wav", "text": question["text"],
                      "voice": VOICES[number % len(VOICES)], "speed": SPEEDS[number % len(SPEEDS)]})
    wanted = [s for s in speak if not (out / "raw" / s["file"]).exists()]
    if wanted:
        (out / "say.jsonl").write_text("".join(json.dumps(s) + "\n" for s in wanted))
        run(waymark, *rest, "voice", "say", "--list", out / "say.jsonl", "--out", out / "raw", quiet=False)
    clips, kinds, spoken = [], list(CODECS), [out / "raw" / f"{question['id']}.wav" for question in questions]
    for number, question in enumerate(questions):
        raw, base = out / "raw" / f"{question['id']}.wav", {k: v for k, v in question.items() if k != "id"}
        kind = kinds[number % len(kinds)]
        encode(raw, out / f"{question['id']}-clean.{kind}")
        clips.append({"id": f"{question['id']}-clean", "audio": f"{question['id']}-clean.{kind}", "subset": "clean", **base})
        loud = out / "raw" / f"{question['id']}-noisy.wav"
        noisy(raw, loud, number, [spoken[(number + step) % len(spoken)] for step in (3, 10, 21)])
        kind = kinds[(number + 1) % len(kinds)]
        encode(loud, out / f"{question['id']}-noisy.{kind}")
        clips.append({"id": f"{question['id']}-noisy", "audio": f"{question['id']}-noisy.{kind}", "subset": "noisy", **base})
        if number % 2 == 0:
            robot = out / "raw" / f"{question['id']}-espeak.wav"
            run("espeak-ng", "-v", ESPEAK[number // 2 % len(ESPEAK)], "-s", 140 + number % 3 * 20, "-w", robot,
                "--", question["text"])
            encode(robot, out / f"{question['id']}-espeak.ogg")
            clips.append({"id": f"{question['id']}-espeak", "audio": f"{question['id']}-espeak.ogg", "subset": "espeak", **base})
    for name, sources in SOUNDS.items():
        for number, source in enumerate(sources):
            target = out / f"{name}-{number}.ogg"
            ffmpeg("-f", "lavfi", "-i", source, "-t", 3 + number % 5, *CODECS["ogg"], target)
            clips.append({"id": f"{name}-{number}", "audio": target.name, "subset": "no-speech", "text": ""})
    (out / "clips.jsonl").write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in clips))
    print(f"{len(clips)} clips in {out}")


if __name__ == "__main__":
    main()
