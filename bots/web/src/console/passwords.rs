//! Passwords as argon2id, in one block of memory that is used again: a sign-in costs 19 MiB once, not each time.
//! What never lives here: which account it is, how often somebody may try (limits.rs).

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::{Mutex, Semaphore};
use waymark::base::Secret;

use crate::trouble::Trouble;

/// The shortest password that is taken; three words are longer.
pub(crate) const SHORTEST: usize = 12;
/// The longest: more is an attempt to keep us busy.
pub(crate) const LONGEST: usize = 200;
/// Who may wait for their turn; the next is told that we are busy.
const WAITING: usize = 16;
/// What nobody has: checked where there is no account, so that the answer takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$dGhpcyBpcyBub3QgdGhlIGhhc2ggb2YgYW55dGhpbmc";

/// Makes and checks hashes, one at a time.
pub(crate) struct Passwords {
    memory: Arc<Mutex<Vec<Block>>>,
    waiting: Semaphore,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            memory: Arc::default(),
            waiting: Semaphore::new(WAITING),
        }
    }

    /// The PHC string of a new password.
    pub(crate) async fn hash(&self, password: &Secret, salt: [u8; 32]) -> Result<Secret, Trouble> {
        let salt: [u8; 16] = std::array::from_fn(|i| salt[i]);
        let params = Params::default();
        let out = self.work(password, params.clone(), salt.to_vec()).await?;
        let written = || {
            Some(PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).ok()?,
                salt: Some(Salt::new(&salt).ok()?),
                hash: Some(Output::new(&out).ok()?),
            })
        };
        let hash = written().ok_or(Trouble::Fault)?;
        Ok(Secret::new(hash.to_string()))
    }

    /// Whether the password is the one of `kept`; without one as slow, and never.
    pub(crate) async fn fits(
        &self,
        password: &Secret,
        kept: Option<&Secret>,
    ) -> Result<bool, Trouble> {
        let text = kept.map_or(NOBODY, Secret::reveal);
        let hash = PasswordHash::new(text).map_err(|_| Trouble::Fault)?;
        let params = Params::try_from(&hash).map_err(|_| Trouble::Fault)?;
        let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
            return Err(Trouble::Fault);
        };
        let out = self.work(password, params, salt.as_ref().to_vec()).await?;
        // `Output` compares in constant time.
        let same = Output::new(&out).is_ok_and(|out| out == expected);
        Ok(same && kept.is_some())
    }

    async fn work(
        &self,
        password: &Secret,
        params: Params,
        salt: Vec<u8>,
    ) -> Result<Vec<u8>, Trouble> {
        let _place = self.waiting.try_acquire().map_err(|_| Trouble::Busy)?;
        let mut memory = self.memory.clone().lock_owned().await;
        let password = password.clone();
        let derived = tokio::task::spawn_blocking(move || {
            memory.resize(params.block_count(), Block::default());
            let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
            let mut out = vec![0_u8; length];
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon
                .hash_password_into_with_memory(
                    password.reveal().as_bytes(),
                    &salt,
                    &mut out,
                    memory.as_mut_slice(),
                )
                .map(|()| out)
        });
        match derived.await {
            Ok(Ok(out)) => Ok(out),
            Ok(Err(error)) => {
                tracing::error!(%error, "a password could not be worked out");
                Err(Trouble::Fault)
            }
            Err(_) => Err(Trouble::Fault),
        }
    }
}

/// Why a password is not taken, for whoever chose it.
pub(crate) fn unfit(password: &str, account: &str) -> Option<&'static str> {
    let (length, folded) = (password.chars().count(), password.to_lowercase());
    let mut letters: Vec<char> = folded.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    match () {
        () if length < SHORTEST => Some(
            "Choose a password of at least 12 characters. Three words that do not belong together are easy to remember.",
        ),
        () if password.len() > LONGEST => {
            Some("Choose a shorter password: 200 characters at most.")
        }
        () if letters.len() < 5 => Some("Choose a password with more different characters."),
        () if folded.contains(account) => {
            Some("Choose a password that does not hold your account name.")
        }
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new();
        let right = Secret::new("correct horse battery".to_owned());
        let kept = passwords.hash(&right, [3; 32]).await.unwrap();
        assert!(kept.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.fits(&right, Some(&kept)).await.unwrap());
        let wrong = Secret::new("correct horse battery ".to_owned());
        assert!(!passwords.fits(&wrong, Some(&kept)).await.unwrap());
        assert!(!passwords.fits(&right, None).await.unwrap());
        let again = passwords.hash(&right, [4; 32]).await.unwrap();
        assert_ne!(kept.reveal(), again.reveal(), "salted");
    }

    #[test]
    fn weak_passwords_are_named() {
        for weak in [
            "short",
            "aaaaaaaaaaaaaaaa",
            "my name is sam here",
            &"x1y2z".repeat(50),
        ] {
            assert!(unfit(weak, "sam").is_some(), "{weak}");
        }
        assert!(unfit("three words apart", "sam").is_none());
    }
}
