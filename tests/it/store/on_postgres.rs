//! The store's tests once more, word for word, on PostgreSQL.
//! What never lives here: tests; what only SQLite promises (door.rs, lasting.rs) and what only several nodes do (nodes.rs).

#[path = "age.rs"]
mod age;
#[path = "at_once.rs"]
mod at_once;
#[path = "casework.rs"]
mod casework;
#[path = "life.rs"]
mod life;
#[path = "queue.rs"]
mod queue;
#[path = "sealed.rs"]
mod sealed;
#[path = "story.rs"]
mod story;
#[path = "told.rs"]
mod told;

use waymark::{
    base::SealKey,
    store::{Store, StoreError},
};

use super::{at, begin, case, fill, ids, reply, run, sam, turn};
use crate::server::{self, Database};

/// What a folder with a file is to SQLite.
struct Folder(Database);

impl Folder {
    fn new() -> Self {
        Self(server::shared().database())
    }

    fn open(&self) -> Store {
        self.0.open()
    }

    fn sealed(&self, key: Option<SealKey>) -> Result<Store, StoreError> {
        Store::open_server(&self.0.url, None, key)
    }

    fn by_hand(&self, sql: &str) -> Result<(), String> {
        server::by_hand(&self.0.url, sql).map(drop)
    }

    /// Whether any table still holds these words.
    fn holds(&self, words: &str) -> bool {
        server::dump(&self.0.url).contains(words)
    }
}

fn fresh() -> Store {
    Folder::new().open()
}

fn filled(folder: &Folder, cases: usize) {
    fill(folder.open(), cases);
}
