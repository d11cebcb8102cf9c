//! Text -> the sounds that Kokoro speaks, by espeak-ng as a program beside us; and espeak-ng's own voice as the last resort.
//! What never lives here: how figures and short forms are said (knowledge); it is never linked: its licence is the GPL.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Received Pronunciation, as Kokoro's British voices were taught.
const VOICE: &str = "en-gb-x-rp";
/// Words a minute of its own voice at speed 1.
const PACE: f32 = 165.0;
/// Where a text is cut, so that the marks stay.
const MARKS: [char; 7] = [',', '.', '?', '!', ';', ':', '—'];
/// From its signs to Kokoro's, in this order.
const SIGNS: [(&str, &str); 21] = [
    ("ʔˌn\u{329}", "tᵊn"),
    ("ʔn", "tᵊn"),
    ("ʔ", "t"),
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^ʒ", "ʤ"),
    ("e^ə", "ɛː"),
    ("e^ɪ", "A"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
    ("ə^l", "ᵊl"),
    ("ə^ʊ", "Q"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("\u{303}", ""),
    ("iə", "ɪə"),
    ("^", ""),
];

/// Whether the program is there.
pub(crate) fn present() -> bool {
    let asked = Command::new("espeak-ng").arg("--version").output();
    asked.is_ok_and(|said| said.status.success())
}

/// The sounds of a text, its marks in place.
pub(crate) fn phonemes(text: &str) -> Result<String, String> {
    let mut out = String::new();
    for piece in text.split_inclusive(MARKS) {
        let mark = piece.chars().next_back().filter(|c| MARKS.contains(c));
        let words = letters(piece.trim_end_matches(MARKS));
        if words.chars().any(char::is_alphanumeric) {
            let heard = run(&["-q", "--ipa", "--tie=^", "-v", VOICE, "--stdin"], &words)?;
            let said = String::from_utf8_lossy(&heard).into_owned();
            let lines: Vec<&str> = said.lines().map(str::trim).collect();
            out.push_str(lines.join(" ").trim());
        }
        if let Some(mark) = mark {
            out.push(mark);
            out.push(' ');
        }
    }
    let signs = SIGNS
        .iter()
        .fold(out, |text, (from, to)| text.replace(from, to));
    Ok(strong(signs.trim()))
}

/// "I" as a word of its own gets weight, as those who taught Kokoro gave it: without, it is swallowed.
fn strong(sounds: &str) -> String {
    let words = sounds.split(' ');
    let words = words.map(|word| match word.trim_end_matches(MARKS) {
        "I" => format!("ˌ{word}"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A capital A that does not begin a piece is the letter: `my P A when` must not become `my pea a when`. What the program would
/// take for sounds already is taken out.
fn letters(text: &str) -> String {
    let plain = text.replace(['[', ']'], " ");
    let words = plain.split_whitespace().enumerate();
    let words = words.map(|(at, word)| {
        if at > 0 && word == "A" {
            "[['eI]]"
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A text in its own voice, as a WAV file.
pub(crate) fn speak(text: &str, speed: f32) -> Result<Vec<u8>, String> {
    let pace = format!("{:.0}", PACE * speed);
    run(&["--stdout", "-v", VOICE, "-s", &pace, "--stdin"], text)
}

/// The text goes in as input, never as an argument: it may begin with anything.
fn run(arguments: &[&str], text: &str) -> Result<Vec<u8>, String> {
    let mut command = Command::new("espeak-ng");
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let failed = |e: std::io::Error| format!("espeak-ng: {e}");
    let mut child = command.spawn().map_err(failed)?;
    let written = child
        .stdin
        .take()
        .map(|mut input| input.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(failed)?;
    written.transpose().map_err(failed)?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("espeak-ng: {}", output.status)),
    }
}

#[cfg(test)]
mod tests {
    use super::strong;

    #[test]
    fn only_the_word_itself_gets_weight() {
        assert_eq!(
            strong("I pˈA mI pˌiːˈA. kæn I?"),
            "ˌI pˈA mI pˌiːˈA. kæn ˌI?"
        );
        assert_eq!(strong("mˈAk ˈI wˈɜːk"), "mˈAk ˈI wˈɜːk");
    }
}
