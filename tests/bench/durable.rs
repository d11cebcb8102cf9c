//! A turn that is on the disk before it is answered, in process: `Desk` over a SQLite file, alone and 32 people at once; with what
//! people wrote as it is, and sealed with a key.
//! What never lives here: HTTP.

use waymark::{
    assistant::{Desk, Input, Said, Stated},
    base::{Chance, Clock, SealKey, Stopwatch},
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
    sealed(folder, None)
}

fn sealed(folder: &Folder, key: Option<SealKey>) -> Desk {
    let store = Store::open_sealed(&folder.0.join("waymark.db"), key).unwrap();
    Desk::new(store, Clock::System, Chance::System, crate::snapshot())
}

/// Turns by one person, and the same number by 32 at once.
pub(crate) fn run() {
    let key = SealKey::new(Chance::System.draw().unwrap());
    let folders = [Folder::new("durable"), Folder::new("durable-sealed")];
    let desks = [desk(&folders[0]), sealed(&folders[1], Some(key))];
    let questions = crate::questions();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let round = |desk: &Desk, people: usize| runtime.block_on(talk(desk, &questions, people));
    let mut times: [[Vec<Times>; 2]; 2] = Default::default();
    for n in 0..=ROUNDS {
        for (desk, [alone, many]) in desks.iter().zip(&mut times) {
            let (one, all) = (round(desk, 1), round(desk, 32));
            // The first round only warms up.
            if n > 0 {
                alone.push(one);
                many.push(all);
            }
        }
    }
    for (how, [alone, many]) in ["", ", sealed"].iter().zip(&times) {
        show(&format!("a durable turn, 1 person{how}"), alone);
        show(&format!("a durable turn, 32 people at once{how}"), many);
    }
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
