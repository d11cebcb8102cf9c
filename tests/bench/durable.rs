//! A turn that is on the disk before it is answered, in process: `Desk` over a SQLite file, alone and 32 people at once.
//! What never lives here: HTTP.

use waymark::{
    assistant::{Desk, Input, Said, Stated},
    base::{Chance, Clock, Stopwatch},
    casework::Channel,
    store::Store,
};

use crate::{
    Folder,
    figures::{Times, show},
};

const ROUNDS: usize = 5;
const TURNS: usize = 320;

/// A desk over a fresh database in a folder.
pub(crate) fn desk(folder: &Folder) -> Desk {
    let store = Store::open(&folder.0.join("waymark.db")).unwrap();
    Desk::new(store, Clock::System, Chance::System, crate::snapshot())
}

/// Turns by one person, and the same number by 32 at once.
pub(crate) fn run() {
    let folder = Folder::new("durable");
    let desk = desk(&folder);
    let questions = crate::questions();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let round = |people: usize| runtime.block_on(talk(&desk, &questions, people));
    round(32);
    let (mut alone, mut many) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(round(1));
        many.push(round(32));
    }
    show("a durable turn, 1 person", &alone);
    show("a durable turn, 32 people at once", &many);
}

async fn talk(desk: &Desk, questions: &[String], people: usize) -> Times {
    let whole = Stopwatch::start();
    let mut tasks = tokio::task::JoinSet::new();
    for person in 0..people {
        let desk = desk.clone();
        let mine: Vec<String> = questions
            .iter()
            .skip(person)
            .step_by(people)
            .take(TURNS / people)
            .cloned()
            .collect();
        tasks.spawn(async move {
            let (id, _) = desk.start(Channel::Web, Stated::default()).await.unwrap();
            let mut times = Times::default();
            for question in mine {
                let input = Input {
                    what: Said::Text(question),
                    channel: Channel::Web,
                    stated: Stated::default(),
                };
                let one = Stopwatch::start();
                desk.turn(&id, None, input).await.unwrap();
                times.add(one.elapsed());
            }
            times
        });
    }
    let mut times = Times::default();
    while let Some(done) = tasks.join_next().await {
        times.join(done.unwrap());
    }
    times.took(whole.elapsed())
}
