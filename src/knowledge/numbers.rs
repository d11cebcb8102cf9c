//! Numbers in English words, as a person reads them out: amounts, years, days of the month, digits one by one.
//! What never lives here: finding them in a text (speakable.rs).

/// The words of 0 to 19.
pub const SMALL_NUMBERS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// The words of the tens, by their first digit: `twenty` is the third.
pub const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// `1250` is `one thousand two hundred and fifty`.
pub(super) fn cardinal(number: u64) -> String {
    let small = |n: u64| {
        SMALL_NUMBERS
            .get(usize::try_from(n).unwrap_or(0))
            .copied()
            .unwrap_or("")
    };
    let tens = |n: u64| {
        TENS.get(usize::try_from(n).unwrap_or(0))
            .copied()
            .unwrap_or("")
    };
    let parted = |unit: u64, name: &str, join: &str| {
        let head = format!("{} {name}", cardinal(number / unit));
        match number % unit {
            0 => head,
            rest if rest < 100 => format!("{head} and {}", cardinal(rest)),
            rest => format!("{head}{join}{}", cardinal(rest)),
        }
    };
    match number {
        0..20 => small(number).to_owned(),
        20..100 if number.is_multiple_of(10) => tens(number / 10).to_owned(),
        20..100 => format!("{}-{}", tens(number / 10), small(number % 10)),
        100..1_000 => parted(100, "hundred", " and "),
        1_000..1_000_000 => parted(1_000, "thousand", " "),
        1_000_000..1_000_000_000 => parted(1_000_000, "million", " "),
        _ => parted(1_000_000_000, "billion", " "),
    }
}

/// `21` is `twenty-first`.
pub(super) fn ordinal(number: u64) -> String {
    let said = cardinal(number);
    let (before, last) = match said.rfind([' ', '-']) {
        Some(at) => said.split_at(at + 1),
        None => ("", said.as_str()),
    };
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => match other.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{other}th"),
        },
    };
    format!("{before}{last}")
}

/// `2026` is `twenty twenty-six`, `2005` is `two thousand and five`, `1989` is `nineteen eighty-nine`.
pub(super) fn year(number: u64) -> String {
    match (number / 100, number % 100) {
        (20, 0..10) => cardinal(number),
        (century, 0) => format!("{} hundred", cardinal(century)),
        (century, rest @ 1..10) => format!("{} oh {}", cardinal(century), cardinal(rest)),
        (century, rest) => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// `0300 123` is `zero three zero zero, one two three`: a pause between groups.
pub(super) fn digits(text: &str) -> String {
    let groups = text.split_whitespace().map(|group| {
        let each = group.chars().filter_map(|c| c.to_digit(10));
        each.map(|d| cardinal(d.into()))
            .collect::<Vec<_>>()
            .join(" ")
    });
    groups.collect::<Vec<_>>().join(", ")
}

/// `1,250.05` is `one thousand two hundred and fifty point zero five`. What is too long for a number is read by its digits.
pub(super) fn decimal(text: &str) -> String {
    let plain = text.replace(',', "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = match whole.parse() {
        // Five digits without a comma are a code, not an amount.
        Ok(_) if whole.len() > 4 && !text.contains(',') => digits(whole),
        Ok(number) => cardinal(number),
        Err(_) => digits(whole),
    };
    match part {
        "" => whole,
        part => format!("{whole} point {}", digits(part)),
    }
}
