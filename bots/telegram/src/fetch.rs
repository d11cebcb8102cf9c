//! Fetching what somebody sent: never more than allowed, whatever was said about its size.
//! What never lives here: what it holds (voice).

use futures_util::StreamExt;
use teloxide_core::{
    Bot,
    net::Download,
    requests::{Request, Requester},
    types::FileId,
};
use waymark::delivery::{FetchError, Media};

/// The bytes of a file, up to `most`.
pub(crate) async fn media(bot: &Bot, media: &Media, most: u64) -> Result<Vec<u8>, FetchError> {
    if media.bytes.is_some_and(|bytes| bytes > most) {
        return Err(FetchError::TooLarge);
    }
    let file = bot.get_file(FileId(media.file.clone())).send().await;
    let file = file.map_err(|_| FetchError::Unavailable)?;
    if u64::from(file.size) > most {
        return Err(FetchError::TooLarge);
    }
    let mut stream = bot.download_file_stream(&file.path);
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(|_| FetchError::Unavailable)?);
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
            return Err(FetchError::TooLarge);
        }
    }
    Ok(bytes)
}
