//! Money in whole pence, and how it is said.
//! What never lives here: which sums are owed (costing).

use std::fmt;

/// An amount in pence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pence(pub i64);

impl Pence {
    /// Reads pounds with up to two decimals: `12.71`, `10500`, `1,250.5`.
    pub fn parse_pounds(text: &str) -> Option<Self> {
        let clean: String = text
            .trim()
            .trim_start_matches('£')
            .chars()
            .filter(|c| *c != ',')
            .collect();
        let (pounds, pence) = clean.split_once('.').unwrap_or((&clean, ""));
        if pounds.is_empty() || !pounds.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        if pence.len() > 2 || !pence.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let pence: i64 = format!("{pence:0<2}").parse().ok()?;
        pounds
            .parse::<i64>()
            .ok()?
            .checked_mul(100)?
            .checked_add(pence)
            .map(Self)
    }
}

impl fmt::Display for Pence {
    /// `£12.71`, `£10,500`, `45p`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, amount) = if self.0 < 0 {
            ("-", -self.0)
        } else {
            ("", self.0)
        };
        if amount > 0 && amount < 100 {
            return write!(f, "{sign}{amount}p");
        }
        let digits = (amount / 100).to_string();
        let mut pounds = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                pounds.push(',');
            }
            pounds.push(digit);
        }
        match amount % 100 {
            0 => write!(f, "{sign}£{pounds}"),
            pence => write!(f, "{sign}£{pounds}.{pence:02}"),
        }
    }
}
