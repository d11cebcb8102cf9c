//! How a council's pages look: three colours, checked for contrast at the start, and a logo; served at the
//! end of our style sheets.
//! What never lives here: layout (style/), reading files (bots/cli).

/// The least contrast of words on their ground (WCAG 2.2, 1.4.3) and of parts that must be seen (1.4.11).
const WORDS: f64 = 4.5;
const PARTS: f64 = 3.0;
/// The grounds that links stand on: white, and the wash of boxes and footer (style/_settings.scss).
const GROUNDS: [&str; 2] = ["#ffffff", "#f2f6f7"];
/// The largest logo, in bytes: the whole first page is to stay under 100 kB.
const LOGO: usize = 100 * 1024;

/// Colours as the configuration writes them, `#rrggbb`.
#[derive(Debug, Clone, Copy)]
pub struct Colours<'a> {
    /// Ground of the header and of main buttons.
    pub colour: &'a str,
    /// Words on it.
    pub on_colour: &'a str,
    /// Links.
    pub link: &'a str,
}

/// A picture for the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Logo {
    /// From a file, whose name tells what it is.
    ///
    /// # Errors
    /// One sentence, beginning with the key, if it is neither SVG nor PNG, or too large.
    pub fn new(file: &str, bytes: Vec<u8>) -> Result<Self, String> {
        let lower = file.to_ascii_lowercase();
        let name = match (
            lower.ends_with(".svg") && bytes.windows(4).any(|w| w == b"<svg"),
            lower.ends_with(".png") && bytes.starts_with(b"\x89PNG"),
        ) {
            (true, _) => "logo.svg",
            (_, true) => "logo.png",
            _ => {
                return Err(format!(
                    "theme.logo: {file} is neither an SVG nor a PNG picture"
                ));
            }
        };
        if bytes.len() > LOGO {
            return Err(format!(
                "theme.logo: {file} is larger than {} KiB",
                LOGO / 1024
            ));
        }
        Ok(Self { name, bytes })
    }
}

/// Colours that can be read, and perhaps a logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    colour: Colour,
    on_colour: Colour,
    link: Colour,
    pub(crate) logo: Option<Logo>,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            colour: Colour([0x0b, 0x55, 0x63]),
            on_colour: Colour([0xff; 3]),
            link: Colour([0x0b, 0x55, 0x63]),
            logo: None,
        }
    }
}

impl Theme {
    /// Takes colours whose words can be read.
    ///
    /// # Errors
    /// One sentence that names the key and, for a pair that is hard to read, its contrast and the least there may be.
    pub fn new(colours: Colours<'_>, logo: Option<Logo>) -> Result<Self, String> {
        let read = |key: &str, text: &str| {
            let colour = Colour::read(text);
            colour.ok_or_else(|| format!("theme.{key}: '{text}' is no colour like #0b5563"))
        };
        let theme = Self {
            colour: read("colour", colours.colour)?,
            on_colour: read("on_colour", colours.on_colour)?,
            link: read("link", colours.link)?,
            logo,
        };
        enough("on_colour", theme.on_colour, theme.colour, WORDS)?;
        // Buttons grow darker under the pointer.
        enough("on_colour", theme.on_colour, theme.colour.darker(), WORDS)?;
        for ground in GROUNDS.into_iter().filter_map(Colour::read) {
            enough("colour", theme.colour, ground, PARTS)?;
            enough("link", theme.link, ground, WORDS)?;
        }
        Ok(theme)
    }

    /// The header's colour, for the browser's own bars.
    pub(crate) fn colour(&self) -> String {
        self.colour.to_string()
    }

    /// The colour of words on it.
    pub(crate) fn on_colour(&self) -> String {
        self.on_colour.to_string()
    }

    /// What goes at the end of our style sheets.
    pub(crate) fn sheet(&self) -> String {
        let (brand, link) = (self.colour, self.link);
        format!(
            ":root{{--govuk-brand-colour:{brand};--wm-brand-dark:{};--wm-on-brand:{};--wm-tint:{};\
             --govuk-link-colour:{link};--govuk-link-hover-colour:{}}}\n",
            brand.darker(),
            self.on_colour,
            brand.tint(),
            link.darker(),
        )
    }
}

fn enough(key: &str, front: Colour, back: Colour, least: f64) -> Result<(), String> {
    let contrast = front.contrast(back);
    if contrast < least {
        return Err(format!(
            "theme.{key}: {front} on {back} is hard to read: its contrast is {contrast:.2}, and {least} is the least"
        ));
    }
    Ok(())
}

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour([u8; 3]);

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Colour {
    fn read(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// A quarter less light.
    fn darker(self) -> Self {
        Self(self.0.map(|c| (u16::from(c) * 3 / 4) as u8))
    }

    /// A tenth of it on white.
    fn tint(self) -> Self {
        Self(self.0.map(|c| ((u16::from(c) + 255 * 9) / 10) as u8))
    }

    /// Relative luminance, as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        let linear = self.0.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(colour: &str, on_colour: &str, link: &str) -> Result<Theme, String> {
        Theme::new(
            Colours {
                colour,
                on_colour,
                link,
            },
            None,
        )
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let of = |a: &str, b: &str| Colour::read(a).unwrap().contrast(Colour::read(b).unwrap());
        assert!((of("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((of("#767676", "#ffffff") - 4.54).abs() < 0.01);
        assert!((of("#ff0000", "#ffffff") - 4.00).abs() < 0.01);
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        assert_eq!(theme("#0b5563", "#ffffff", "#0b5563"), Ok(Theme::default()));
        let wrong = [
            (theme("teal", "#ffffff", "#0b5563"), "theme.colour: 'teal'"),
            (
                theme("#0b5563", "#fff", "#0b5563"),
                "theme.on_colour: '#fff'",
            ),
            (
                theme("#77aabb", "#ffffff", "#0b5563"),
                "theme.on_colour: #ffffff on #77aabb",
            ),
            (
                theme("#ffdd00", "#000000", "#0b5563"),
                "theme.colour: #ffdd00 on #ffffff",
            ),
            (
                theme("#0b5563", "#ffffff", "#7a9a9f"),
                "theme.link: #7a9a9f on #ffffff",
            ),
            (
                theme("#0b5563", "#ffffff", "#757575"),
                "theme.link: #757575 on #f2f6f7",
            ),
        ];
        for (found, begins) in wrong {
            let said = found.unwrap_err();
            assert!(said.starts_with(begins), "{said}");
        }
    }

    #[test]
    fn a_logo_is_a_picture_of_a_known_kind() {
        assert!(Logo::new("a.svg", b"<svg/>".to_vec()).is_ok());
        assert!(Logo::new("A.PNG", b"\x89PNG....".to_vec()).is_ok());
        for (file, bytes) in [
            ("a.svg", b"<html>".to_vec()),
            ("a.png", b"<svg/>".to_vec()),
            ("a.gif", b"GIF89a".to_vec()),
            ("a.svg", [b"<svg/>".to_vec(), vec![b' '; LOGO]].concat()),
        ] {
            assert!(Logo::new(file, bytes).is_err(), "{file}");
        }
    }
}
