//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds).
//! What never lives here: which step was spent (store), passwords.

use fast_qr::{QRBuilder, convert::svg::SvgBuilder};
use jiff::Timestamp;
use totp_rs::{Builder, Totp};
use waymark::base::Secret;

/// A secret, as it is kept and as an app takes it over.
pub(crate) struct SecondFactor {
    totp: Totp,
}

impl SecondFactor {
    /// From twenty random bytes.
    pub(crate) fn fresh(bytes: [u8; 32], service: &str, account: &str) -> Option<Self> {
        Self::made(totp_rs::Secret::from(&bytes[..20]), service, account)
    }

    /// From what is kept.
    pub(crate) fn kept(secret: &str, service: &str, account: &str) -> Option<Self> {
        let secret = totp_rs::Secret::try_from_base32(secret).ok()?;
        Self::made(secret, service, account)
    }

    fn made(secret: totp_rs::Secret, service: &str, account: &str) -> Option<Self> {
        // A colon parts the two in the address that the app reads.
        let service = service.replace(':', " ");
        let totp = Builder::new()
            .with_secret(secret)
            .with_issuer(Some(service))
            .with_account_name(account.to_owned())
            .build();
        totp.ok().map(|totp| Self { totp })
    }

    /// To be kept, and to be typed where a picture cannot be read.
    pub(crate) fn secret(&self) -> Secret {
        Secret::new(self.totp.secret().to_base32())
    }

    /// The step that the code is of, if it is right now or thirty seconds to either side.
    pub(crate) fn step(&self, code: &str, at: Timestamp) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        self.totp.check(&code, u64::try_from(at.as_second()).ok()?)
    }

    /// As a picture that an app reads: SVG.
    pub(crate) fn picture(&self) -> String {
        let url = self.totp.to_url().unwrap_or_default();
        let code = QRBuilder::new(url).build();
        code.map_or_else(
            |_| String::new(),
            |code| SvgBuilder::default().to_str(&code),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_the_standard_is_taken_and_names_its_step() {
        // RFC 6238, appendix B, its last six digits: at 1111111109 seconds, 07081804.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let factor = SecondFactor::kept(secret, "Waymark: Kent", "sam").unwrap();
        assert_eq!(factor.secret().reveal(), secret);
        let at = Timestamp::from_second(1_111_111_109).unwrap();
        assert_eq!(factor.step("081 804", at), Some(37_037_036));
        let later = Timestamp::from_second(1_111_111_109 + 90).unwrap();
        assert_eq!(factor.step("081804", later), None);
        for wrong in ["", "08180", "0818044", "abcdef", "०८१८०४"] {
            assert_eq!(factor.step(wrong, at), None, "{wrong}");
        }
        let picture = factor.picture();
        assert!(
            picture.starts_with("<svg") && !picture.contains("style="),
            "the CSP refuses styles"
        );
    }
}
