//! Sealing: a short text encrypted so that only the key opens it, and only in the place that it was sealed for.
//! What never lives here: where the key comes from (bots), which texts are sealed.

use std::{fmt, fmt::Write as _, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use super::Secret;

/// Stands before what is sealed, so that it can be told from what is not.
const MARK: &str = "sealed2:";
/// The same in hexadecimal digits: still opened, no longer written.
const OLD_MARK: &str = "sealed1:";
const NONCE: usize = 24;

/// A key: 32 bytes. The operator's own, or one that the operator's wraps.
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey([u8; 32]);

/// A key was not of the right form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is 64 hexadecimal digits, as `openssl rand -hex 32` prints them")]
pub struct BadKey;

impl FromStr for SealKey {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let bytes = bytes(text.trim()).ok_or(BadKey)?;
        bytes.try_into().map(Self).map_err(|_| BadKey)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

impl SealKey {
    /// Where the operator's key comes from: this variable of the environment.
    pub const VARIABLE: &str = "WAYMARK_SEAL_KEY";

    /// A key of its own out of fresh chance.
    pub fn new(chance: [u8; 32]) -> Self {
        Self(chance)
    }

    /// Another key, sealed with this one for one place.
    pub fn wrap(&self, other: &Self, place: &str, chance: [u8; 32]) -> Option<Secret> {
        let mut digits = String::with_capacity(64);
        for byte in other.0 {
            write!(digits, "{byte:02x}").ok()?;
        }
        self.seal(&Secret::new(digits), place, chance)
    }

    /// A key that `wrap` sealed; `None` as with `open`.
    pub fn unwrap_key(&self, wrapped: &Secret, place: &str) -> Option<Self> {
        self.open(wrapped, place)?.reveal().parse().ok()
    }

    /// Seals a text for one place, such as `totp kim`: read from another place it does not open. `chance` is fresh each time.
    /// `None` when the text is too long for the cipher (256 GiB).
    pub fn seal(&self, plain: &Secret, place: &str, chance: [u8; 32]) -> Option<Secret> {
        let mut nonce = [0_u8; NONCE];
        nonce.copy_from_slice(&chance[..NONCE]);
        let payload = Payload {
            msg: plain.reveal().as_bytes(),
            aad: place.as_bytes(),
        };
        let closed = self.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        let mut sealed = MARK.to_owned();
        STANDARD_NO_PAD.encode_string([&nonce[..], &closed].concat(), &mut sealed);
        Some(Secret::new(sealed))
    }

    /// The text again; `None` when the key or the place is another, or the text was changed or never sealed.
    pub fn open(&self, sealed: &Secret, place: &str) -> Option<Secret> {
        let sealed = sealed.reveal();
        let bytes = match sealed.strip_prefix(OLD_MARK) {
            Some(digits) => bytes(digits)?,
            None => STANDARD_NO_PAD.decode(sealed.strip_prefix(MARK)?).ok()?,
        };
        let (nonce, msg) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let aad = place.as_bytes();
        let opened = self
            .cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg, aad });
        String::from_utf8(opened.ok()?).ok().map(Secret::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

/// Whether this was sealed, by whichever key.
pub fn is_sealed(text: &Secret) -> bool {
    [MARK, OLD_MARK]
        .iter()
        .any(|mark| text.reveal().starts_with(mark))
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits = hexadecimal.as_bytes();
    let pairs = digits.chunks(2).map(|pair| {
        let text = std::str::from_utf8(pair).ok().filter(|t| t.len() == 2)?;
        let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
        hex.then(|| u8::from_str_radix(text, 16).ok()).flatten()
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> SealKey {
        digit.repeat(64).parse().unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_place_and_nowhere_else() {
        let plain = Secret::new("GEZDGNBVGY3TQOJQ żółć".to_owned());
        let sealed = key("1").seal(&plain, "totp kim", [7; 32]).unwrap();
        assert!(is_sealed(&sealed) && !is_sealed(&plain));
        assert!(!sealed.reveal().contains("GEZ"));
        assert_eq!(key("1").open(&sealed, "totp kim"), Some(plain.clone()));
        assert_eq!(key("2").open(&sealed, "totp kim"), None);
        assert_eq!(key("1").open(&sealed, "totp lee"), None);
        let other = key("1").seal(&plain, "totp kim", [8; 32]).unwrap();
        assert_ne!(sealed, other);
        let text = sealed.reveal().to_owned();
        for at in [MARK.len(), MARK.len() + 2 * NONCE, text.len() - 2] {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = Secret::new(String::from_utf8(changed).unwrap());
            assert_eq!(key("1").open(&changed, "totp kim"), None, "at {at}");
        }
        for bad in [
            "",
            "sealed2:",
            "sealed2:AAAA",
            "sealed2:_",
            "sealed1:",
            "sealed1:0",
            "sealed1:zz",
            "sealed1:+1",
            "plain",
        ] {
            assert_eq!(
                key("1").open(&Secret::new(bad.to_owned()), "totp kim"),
                None
            );
        }
    }

    #[test]
    fn what_was_sealed_in_digits_still_opens() {
        let plain = Secret::new("GEZDGNBV".to_owned());
        let new = key("1").seal(&plain, "totp kim", [7; 32]).unwrap();
        let bytes = STANDARD_NO_PAD
            .decode(new.reveal().strip_prefix(MARK).unwrap())
            .unwrap();
        let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let old = Secret::new(format!("{OLD_MARK}{digits}"));
        assert_eq!(key("1").open(&old, "totp kim"), Some(plain));
    }

    #[test]
    fn a_key_is_wrapped_for_one_place() {
        let own = SealKey::new([9; 32]);
        let wrapped = key("1").wrap(&own, "key case WM-1", [7; 32]).unwrap();
        assert!(key("1").unwrap_key(&wrapped, "key case WM-1") == Some(own));
        assert!(key("1").unwrap_key(&wrapped, "key case WM-2").is_none());
        assert!(key("2").unwrap_key(&wrapped, "key case WM-1").is_none());
    }

    #[test]
    fn a_key_is_64_digits() {
        for bad in ["", "12", &"1".repeat(63), &"g".repeat(64), &"1".repeat(66)] {
            assert!(bad.parse::<SealKey>().is_err(), "{bad}");
        }
        assert_eq!(format!("{:?}", key("a")), "SealKey(..)");
    }
}
