//! The form of a backup: a gzipped tar with `about.json` and `waymark.db`, encrypted with age where there are recipients; so that
//! `age -d` and `tar` can open it without Waymark.
//! What never lives here: whether what is inside is sound.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use age::x25519::Recipient;
use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use waymark::store::Store;

/// The form written now.
const FORMAT: u32 = 1;
const ABOUT: &str = "about.json";
const DATABASE: &str = "waymark.db";
/// How every age file begins.
const AGE: &[u8] = b"age-encryption.org/";

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct About {
    /// Of this form.
    pub(super) format: u32,
    /// The Waymark that made it.
    pub(super) version: String,
    /// The schema of its database.
    pub(super) schema: u32,
    /// When.
    pub(super) made: Timestamp,
    /// Of the database file, hexadecimal.
    pub(super) sha256: String,
    /// Size of the database file.
    pub(super) bytes: u64,
}

impl About {
    /// Of a database file.
    pub(super) fn of(database: &Path, made: Timestamp) -> Result<Self> {
        let mut hashed = Hashed::new(std::io::sink());
        let bytes = std::io::copy(&mut File::open(database)?, &mut hashed)?;
        Ok(Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            schema: Store::schema(),
            made,
            sha256: hashed.hex(),
            bytes,
        })
    }
}

/// Reads age recipients.
pub(super) fn recipients(all: &[String]) -> Result<Vec<Recipient>> {
    let read = |text: &String| {
        text.trim()
            .parse::<Recipient>()
            .map_err(|why| anyhow::anyhow!("'{text}' is not an age recipient (age1...): {why}"))
    };
    all.iter().map(read).collect()
}

/// Writes the whole backup and waits until the disk has it.
pub(super) fn pack(
    about: &About,
    database: &Path,
    recipients: Vec<Recipient>,
    file: File,
) -> Result<()> {
    let out = BufWriter::new(file);
    let file = if recipients.is_empty() {
        fill(about, database, out)?
    } else {
        let all = recipients.iter().map(|r| r as &dyn age::Recipient);
        let sealed = age::Encryptor::with_recipients(all)?.wrap_output(out)?;
        fill(about, database, sealed)?.finish()?
    };
    let file = file.into_inner().map_err(|e| e.into_error())?;
    file.sync_all()?;
    Ok(())
}

fn fill<W: Write>(about: &About, database: &Path, out: W) -> Result<W> {
    let mut tar = tar::Builder::new(GzEncoder::new(out, Compression::default()));
    let text = serde_json::to_vec_pretty(about)?;
    let seconds = u64::try_from(about.made.as_second()).unwrap_or(0);
    let head = |size: u64| {
        let mut head = tar::Header::new_gnu();
        head.set_size(size);
        head.set_mode(0o600);
        head.set_mtime(seconds);
        head
    };
    let size = u64::try_from(text.len())?;
    tar.append_data(&mut head(size), ABOUT, text.as_slice())?;
    let content = BufReader::new(File::open(database)?);
    tar.append_data(&mut head(about.bytes), DATABASE, content)?;
    Ok(tar.into_inner()?.finish()?)
}

/// Takes the database out of a backup into a new file; fails unless it is byte for byte the one that was put in.
pub(super) fn unpack(backup: &Path, identity: Option<&Path>, to: File) -> Result<About> {
    let shown = backup.display();
    let open = || File::open(backup).with_context(|| format!("{shown} cannot be read"));
    let mut start = Vec::new();
    open()?.take(AGE.len() as u64).read_to_end(&mut start)?;
    let input = BufReader::new(open()?);
    if start != AGE {
        return empty(input, to).with_context(|| format!("{shown} is not a whole backup"));
    }
    let Some(identity) = identity else {
        bail!("{shown} is encrypted: name the file with its age identity with --identity");
    };
    let keys = age::IdentityFile::from_file(identity.display().to_string())
        .with_context(|| format!("{} cannot be read", identity.display()))?
        .into_identities()
        .map_err(|why| anyhow::anyhow!("{}: {why}", identity.display()))?;
    let opened = age::Decryptor::new_buffered(input)
        .and_then(|d| d.decrypt(keys.iter().map(|k| k.as_ref() as _)))
        .with_context(|| format!("{shown} cannot be decrypted with {}", identity.display()))?;
    empty(opened, to).with_context(|| format!("{shown} is not a whole backup"))
}

fn empty(input: impl Read, to: File) -> Result<About> {
    let mut tar = tar::Archive::new(GzDecoder::new(input));
    let mut entries = tar.entries()?;
    let first = entries.next().context("nothing is in it")??;
    ensure!(first.path()?.as_os_str() == ABOUT, "it begins otherwise");
    let about: About = serde_json::from_reader(first.take(64 * 1024))?;
    ensure!(
        about.format == FORMAT,
        "it has form {}, this Waymark reads {FORMAT}: use the Waymark {} that made it",
        about.format,
        about.version
    );
    let mut second = entries.next().context("its database is missing")??;
    ensure!(
        second.path()?.as_os_str() == DATABASE,
        "it goes on otherwise"
    );
    let mut hashed = Hashed::new(BufWriter::new(to));
    let bytes = std::io::copy(&mut second, &mut hashed)?;
    let sha256 = hashed.hex();
    ensure!(
        (bytes, &sha256) == (about.bytes, &about.sha256),
        "its database is not the one that was put in: {bytes} bytes with SHA-256 {sha256}"
    );
    let file = hashed.out.into_inner().map_err(|e| e.into_error())?;
    file.sync_all()?;
    Ok(about)
}

/// Passes bytes on and hashes them.
struct Hashed<W> {
    out: W,
    digest: Sha256,
}

impl<W: Write> Hashed<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            digest: Sha256::new(),
        }
    }

    fn hex(&self) -> String {
        let digest = self.digest.clone().finalize();
        digest.iter().map(|b| format!("{b:02x}")).collect()
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
