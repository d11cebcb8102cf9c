//! What Telegram's answers and silences mean.
//! What never lives here: what is done about it (delivery).

use teloxide_core::{ApiError, RequestError};
use waymark::{casework::Reachability, delivery::Outcome};

/// What came of a send that failed. Known errors and unknown ones read alike: by Telegram's own words.
pub(crate) fn of(error: &RequestError) -> Outcome {
    match error {
        RequestError::RetryAfter(seconds) => Outcome::SlowDown {
            seconds: seconds.seconds(),
        },
        RequestError::MigrateToChatId(id) => Outcome::Moved {
            address: id.to_string(),
        },
        RequestError::Network(e) if e.is_connect() || e.is_builder() => Outcome::NotSent,
        // The words had gone out: they may be there.
        RequestError::Network(_) | RequestError::InvalidJson { .. } => Outcome::Unknown,
        RequestError::Io(_) => Outcome::NotSent,
        RequestError::Api(error) => of_words(&words(error)),
    }
}

/// The description as Telegram wrote it.
pub(crate) fn words(error: &ApiError) -> String {
    match error {
        ApiError::InvalidToken => "Unauthorized".to_owned(),
        ApiError::Unknown(words) => words.clone(),
        other => other.to_string(),
    }
}

fn of_words(words: &str) -> Outcome {
    let lower = words.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    if lower == "unauthorized" || lower == "not found" {
        return Outcome::Barred { why: "bad_token" };
    }
    if has("deactivated") {
        return Outcome::Unreachable(Reachability::Deactivated);
    }
    if lower.starts_with("forbidden") || lower.starts_with("unauthorized:") {
        return Outcome::Unreachable(Reachability::Blocked);
    }
    if has("chat not found") || has("peer_id_invalid") {
        return Outcome::Unreachable(Reachability::Unknown);
    }
    if lower.starts_with("conflict") {
        return Outcome::Barred { why: "conflict" };
    }
    if lower.starts_with("too many requests") {
        return Outcome::SlowDown { seconds: 5 };
    }
    if lower.starts_with("internal server error") || lower.starts_with("bad gateway") {
        return Outcome::Unknown;
    }
    if has("message is too long") || has("text is too long") {
        return Outcome::Refused { why: "too_long" };
    }
    Outcome::Refused { why: "refused" }
}

/// Whether it was our entities that Telegram could not take: then, and only then, the words go once more without them.
pub(crate) fn is_about_entities(error: &RequestError) -> bool {
    let RequestError::Api(error) = error else {
        return false;
    };
    let words = words(error).to_ascii_lowercase();
    words.starts_with("bad request") && words.contains("entit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_words_are_understood() {
        let unreachable = Outcome::Unreachable;
        let cases = [
            (
                "Forbidden: bot was blocked by the user",
                unreachable(Reachability::Blocked),
            ),
            (
                "Forbidden: user is deactivated",
                unreachable(Reachability::Deactivated),
            ),
            (
                "Forbidden: bot can't initiate conversation with a user",
                unreachable(Reachability::Blocked),
            ),
            (
                "Bad Request: chat not found",
                unreachable(Reachability::Unknown),
            ),
            ("Unauthorized", Outcome::Barred { why: "bad_token" }),
            (
                "Bad Request: message is too long",
                Outcome::Refused { why: "too_long" },
            ),
            (
                "Bad Request: something new",
                Outcome::Refused { why: "refused" },
            ),
        ];
        for (words, meant) in cases {
            assert_eq!(of_words(words), meant, "{words}");
        }
    }
}
