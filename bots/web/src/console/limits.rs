//! How often somebody may try to sign in: for one account, and from one network.
//! What never lives here: limits on people's messages (there are none), what a wrong try is told.

use std::{num::NonZeroU32, time::Duration};

use governor::{Quota, RateLimiter, clock::DefaultClock, state::keyed::HashMapStateStore};

use crate::address::Key;

type Keyed<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock>;

/// Tries for one account at once; then one every half minute. Guessing six digits takes years that way.
const FOR_ACCOUNT: (u32, Duration) = (10, Duration::from_secs(30));
/// From one network, where a whole office may sit; then one every ten seconds.
const FROM_NETWORK: (u32, Duration) = (60, Duration::from_secs(10));
/// Keys kept before those that have recovered are forgotten.
const MOST: usize = 10_000;

/// The limits of signing in.
pub(crate) struct Limits {
    accounts: Keyed<String>,
    networks: Keyed<Key>,
}

fn quota((burst, each): (u32, Duration)) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(each)
        .unwrap_or(Quota::per_minute(burst))
        .allow_burst(burst)
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self {
            accounts: Keyed::hashmap(quota(FOR_ACCOUNT)),
            networks: Keyed::hashmap(quota(FROM_NETWORK)),
        }
    }

    /// Counts a try; false when there were too many.
    pub(crate) fn allow(&self, account: &str, network: Option<Key>) -> bool {
        self.sweep();
        let from = network.is_none_or(|key| self.networks.check_key(&key).is_ok());
        // What is no account name is cut, so that long ones do not fill the memory.
        let account: String = account.chars().take(40).collect();
        from && self.accounts.check_key(&account).is_ok()
    }

    /// Counts a visit to the identity provider.
    pub(crate) fn allow_from(&self, network: Option<Key>) -> bool {
        self.sweep();
        network.is_none_or(|key| self.networks.check_key(&key).is_ok())
    }

    fn sweep(&self) {
        if self.accounts.len() + self.networks.len() > MOST {
            self.accounts.retain_recent();
            self.networks.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_and_one_network_are_limited_apart() {
        let limits = Limits::new();
        assert!((0..10).all(|_| limits.allow("sam", None)));
        assert!(!limits.allow("sam", None) && limits.allow("alex", None));
        let network = Some(Key::Network([1; 8]));
        let tried = (0..80).filter(|n| limits.allow(&format!("a{n}"), network.clone()));
        assert_eq!(tried.count(), 60);
        assert!(!limits.allow_from(network));
        assert!(limits.allow_from(Some(Key::Network([2; 8]))));
    }
}
