//! Vectors kept between starts: one file a model, a row a text, found by the text's hash. Losing it costs time, nothing else.
//! What never lives here: computing vectors (embedder.rs), what people wrote (the texts are those of the knowledge).

use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use sha2::{Digest, Sha256};

use super::{
    super::meaning::Embed,
    embedder::{Embedder, ModelError},
    model::Role,
    numbers,
};

/// Layout: magic, fingerprint of the model, rows (hash of the text, numbers as little-endian f32), SHA-256 over all before it.
const MAGIC: &[u8; 8] = b"WMVECT01";
const HASH: usize = 32;
/// Texts that one thread takes at a time. More hardly go faster, and need more memory at once.
const BATCH: usize = 16;
/// Texts after which the file is written: what a stop in the middle may cost.
const ROUND: usize = 1024;

/// A text's hash, with what the model wants before it.
type Key = [u8; HASH];
type Row = Box<[f32]>;

/// The vectors of one model that are kept in a file.
#[derive(Debug)]
pub struct Vectors {
    file: PathBuf,
    fingerprint: [u8; HASH],
    dimensions: usize,
    rows: HashMap<Key, Row>,
}

impl Vectors {
    /// Opens the file of a model in a folder. A missing, damaged or foreign file is as good as none: its vectors are computed
    /// again, with a line in the log.
    pub fn open(folder: &Path, embedder: &Embedder) -> Self {
        let model = embedder.model();
        let mut vectors = Self {
            file: model.vectors(folder),
            fingerprint: embedder.fingerprint(),
            dimensions: model.dimensions(),
            rows: HashMap::new(),
        };
        match fs::read(&vectors.file) {
            Ok(bytes) => match vectors.rows_of(&bytes) {
                Some(rows) => vectors.rows = rows,
                None => tracing::warn!(
                    file = %vectors.file.display(),
                    "kept vectors are damaged or of another model: computing them again"
                ),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => tracing::warn!(
                file = %vectors.file.display(),
                "kept vectors cannot be read ({e}): computing them again"
            ),
        }
        vectors
    }

    fn rows_of(&self, bytes: &[u8]) -> Option<HashMap<Key, Row>> {
        let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
        if Sha256::digest(content).as_slice() != sum {
            return None;
        }
        let rows = content
            .strip_prefix(MAGIC)?
            .strip_prefix(&self.fingerprint)?;
        let row = HASH + self.dimensions * size_of::<f32>();
        if rows.len() % row != 0 {
            return None;
        }
        rows.chunks_exact(row)
            .map(|row| {
                let (key, values) = row.split_at_checked(HASH)?;
                Some((key.try_into().ok()?, numbers(values).into_boxed_slice()))
            })
            .collect()
    }

    /// Writes the file anew beside the old one and puts it in its place: a crash leaves the one or the other.
    fn save(&self) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut content = Vec::from(MAGIC);
        content.extend(self.fingerprint);
        let mut keys: Vec<_> = self.rows.keys().collect();
        keys.sort_unstable();
        for key in keys {
            content.extend(key);
            for number in self.rows.get(key).into_iter().flatten() {
                content.extend(number.to_le_bytes());
            }
        }
        let sum = Sha256::digest(&content);
        // Its own name for each process: two that start at once do not write into one another's file.
        let beside = self
            .file
            .with_extension(format!("{}.part", std::process::id()));
        let mut file = fs::File::create(&beside)?;
        file.write_all(&content)?;
        file.write_all(&sum)?;
        file.sync_all()?;
        fs::rename(&beside, &self.file)
    }
}

impl Embedder {
    /// The vectors of many texts, in their order: kept ones from the file, the others computed on all cores and kept.
    /// `progress` is told how many of those to be computed are done; where all are kept it is not called.
    ///
    /// # Errors
    /// The engine's. That the file cannot be written is no error but a line in the log.
    pub fn embed_all(
        &self,
        role: Role,
        texts: &[&str],
        kept: &mut Vectors,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        let prefix = self.model().prefix(role);
        let key = |text: &&str| Key::from(Sha256::digest(format!("{prefix}{text}")));
        let keys: Vec<Key> = texts.iter().map(key).collect();
        let missing: HashMap<Key, &str> = keys
            .iter()
            .zip(texts)
            .filter(|(key, _)| !kept.rows.contains_key(*key))
            .map(|(key, text)| (*key, *text))
            .collect();
        let mut missing: Vec<(Key, &str)> = missing.into_iter().collect();
        // Texts of one length go together; the long ones first, so that no thread is left with one at the end.
        missing.sort_unstable_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
        let done = AtomicUsize::new(0);
        for round in missing.chunks(ROUND) {
            let tell = |more| {
                progress(
                    done.fetch_add(more, Ordering::Relaxed) + more,
                    missing.len(),
                )
            };
            kept.rows.extend(self.side_by_side(role, round, &tell)?);
            if let Err(e) = kept.save() {
                tracing::warn!(file = %kept.file.display(), "vectors cannot be kept: {e}");
            }
        }
        let row = |key| kept.rows.get(key).map(|row| row.to_vec());
        let rows: Option<Vec<Vec<f32>>> = keys.iter().map(row).collect();
        rows.ok_or_else(|| ModelError::unreadable("a text was left out"))
    }

    /// The vectors of these texts, batch by batch, a thread for each core.
    fn side_by_side(
        &self,
        role: Role,
        texts: &[(Key, &str)],
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<(Key, Row)>, ModelError> {
        let batches = Mutex::new(texts.chunks(BATCH));
        let next = || batches.lock().ok()?.next();
        let work = || {
            let mut found = Vec::new();
            while let Some(batch) = next() {
                let texts: Vec<&str> = batch.iter().map(|(_, text)| *text).collect();
                let rows = self.embed(role, &texts)?;
                let rows = rows.into_iter().map(Vec::into_boxed_slice);
                found.extend(batch.iter().map(|(key, _)| *key).zip(rows));
                tell(batch.len());
            }
            Ok::<_, ModelError>(found)
        };
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::with_capacity(texts.len());
            for thread in threads {
                let found = thread.join();
                all.extend(found.map_err(|_| ModelError::unreadable("a thread broke off"))??);
            }
            Ok(all)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(file: PathBuf) -> Vectors {
        let row = |n: u8| ([n; HASH], Row::from([f32::from(n), -0.5]));
        Vectors {
            file,
            fingerprint: [7; HASH],
            dimensions: 2,
            rows: (0..20).map(row).collect(),
        }
    }

    #[test]
    fn what_is_saved_is_read_and_what_is_damaged_is_not() {
        let folder = std::env::temp_dir().join(format!("waymark-vectors-{}", std::process::id()));
        let vectors = kept(folder.join("deeper/a.vectors"));
        vectors.save().unwrap();
        vectors.save().unwrap();
        let bytes = fs::read(&vectors.file).unwrap();
        assert_eq!(vectors.rows_of(&bytes).as_ref(), Some(&vectors.rows));
        let names = fs::read_dir(folder.join("deeper")).unwrap().count();
        assert_eq!(names, 1, "nothing half-written stays");
        for at in 0..bytes.len() {
            assert_eq!(vectors.rows_of(&bytes[..at]), None, "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 0x20;
            assert_eq!(vectors.rows_of(&changed), None, "changed at {at}");
        }
        let other = Vectors {
            fingerprint: [8; HASH],
            ..kept(PathBuf::new())
        };
        assert_eq!(other.rows_of(&bytes), None, "of another model");
        fs::remove_dir_all(folder).unwrap();
    }
}
