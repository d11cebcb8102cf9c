//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds).
//! Where a key is configured, secrets are kept sealed with it.
//! What never lives here: which step was spent (store), passwords.

use fast_qr::{QRBuilder, convert::svg::SvgBuilder};
use jiff::Timestamp;
use totp_rs::{Builder, Totp};
use waymark::{
    base::{Chance, SealKey, Secret, is_sealed},
    store::{Store, StoreError},
};

use crate::{app::App, trouble::Trouble};

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

/// Why second factors cannot be read or sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There are sealed ones and no key.
    #[error("WAYMARK_SEAL_KEY is not set, and second factors of staff were sealed with it")]
    NoKey,
    /// They were sealed with another.
    #[error("WAYMARK_SEAL_KEY is not the key that second factors of staff were sealed with")]
    OtherKey,
    /// No random source.
    #[error("there is no random source: {0}")]
    NoChance(#[from] std::io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// At the start: every sealed second factor opens, and those that are not are sealed if there is a key. Says how many.
///
/// # Errors
/// Why the service must not start; those before it are sealed then.
pub async fn seal_second_factors(
    store: &Store,
    key: Option<&SealKey>,
    chance: &Chance,
) -> Result<usize, SealError> {
    let mut sealed = 0;
    for (account, kept) in store.totp_secrets().await? {
        let place = place(&account);
        match (is_sealed(&kept), key) {
            (true, None) => return Err(SealError::NoKey),
            (true, Some(key)) if key.open(&kept, &place).is_none() => {
                return Err(SealError::OtherKey);
            }
            (false, Some(key)) => {
                if let Some(closed) = key.seal(&kept, &place, chance.draw()?) {
                    store.replace_totp_secret(&account, kept, closed).await?;
                    sealed += 1;
                }
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    Ok(sealed)
}

/// Every second factor with whose it is, as it is kept and as another key seals it; in nobody's place yet.
///
/// # Errors
/// When one does not open with `old`.
pub async fn second_factors_resealed(
    store: &Store,
    (old, new): (&SealKey, &SealKey),
    chance: &Chance,
) -> Result<Vec<(String, Secret, Secret)>, SealError> {
    let mut all = Vec::new();
    for (account, kept) in store.totp_secrets().await? {
        let place = place(&account);
        let plain = match is_sealed(&kept) {
            true => old.open(&kept, &place).ok_or(SealError::OtherKey)?,
            false => kept.clone(),
        };
        if let Some(closed) = new.seal(&plain, &place, chance.draw()?) {
            all.push((account, kept, closed));
        }
    }
    Ok(all)
}

/// Where an account's secret is sealed for.
fn place(account: &str) -> String {
    format!("totp {account}")
}

/// A secret as it is kept: sealed where there is a key.
pub(crate) fn to_keep(app: &App, account: &str, secret: Secret) -> Result<Secret, Trouble> {
    let Some(key) = &app.settings.console.seal else {
        return Ok(secret);
    };
    let sealed = key.seal(&secret, &place(account), super::fresh_bytes(app)?);
    sealed.ok_or(Trouble::Fault)
}

/// The secret behind what is kept.
pub(crate) fn opened(app: &App, account: &str, kept: &Secret) -> Result<Secret, Trouble> {
    if !is_sealed(kept) {
        return Ok(kept.clone());
    }
    let key = app.settings.console.seal.as_ref();
    let opened = key.and_then(|key| key.open(kept, &place(account)));
    opened.ok_or_else(|| {
        tracing::error!("a second factor was sealed with another key than WAYMARK_SEAL_KEY");
        Trouble::Fault
    })
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
