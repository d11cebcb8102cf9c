//! Turns while the knowledge is replaced again and again beside them, as when an editor saves: none may wait for it.
//! What never lives here: reading changed files (bots/cli serve).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use waymark::{
    assistant::{Desk, Input, Said, Stated},
    base::{Chance, Clock, Stopwatch},
    casework::Channel,
    store::Store,
};

use crate::figures::Times;

const TURNS: usize = 2_000;

/// The same turns three times: left alone, beside the building of snapshots that are thrown away, and beside snapshots that
/// are built and put in place. The second shows what building takes from a small machine, the third what the swap adds.
pub(crate) fn run() {
    let store = Store::open_in_memory().unwrap();
    let desk = Desk::new(store, Clock::System, Chance::System, crate::snapshot());
    let questions = crate::questions();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(turns(&desk, &questions));
    told("left alone", &runtime.block_on(turns(&desk, &questions)), 0);
    for (name, put) in [
        ("snapshots built beside", false),
        ("built and swapped", true),
    ] {
        let over = Arc::new(AtomicBool::new(false));
        let (replaced, ended) = (desk.clone(), over.clone());
        let editor = std::thread::spawn(move || {
            let mut count = 0;
            while !ended.load(Ordering::Relaxed) {
                let snapshot = crate::snapshot();
                if put {
                    replaced.swap(snapshot);
                }
                count += 1;
            }
            count
        });
        let times = runtime.block_on(turns(&desk, &questions));
        over.store(true, Ordering::Relaxed);
        told(name, &times, editor.join().unwrap());
    }
}

fn told(name: &str, times: &Times, snapshots: usize) {
    println!(
        "  {name:<24} p50 {:>7.2} ms   p99 {:>7.2} ms   longest {:>7.2} ms   ({snapshots} snapshots, {TURNS} turns)",
        times.percentile(50),
        times.percentile(99),
        times.percentile(100)
    );
}

async fn turns(desk: &Desk, questions: &[String]) -> Times {
    let mut times = Times::default();
    let whole = Stopwatch::start();
    let (mut id, _) = desk.start(Channel::Web, Stated::default()).await.unwrap();
    for (number, text) in questions.iter().cycle().take(TURNS).enumerate() {
        if number % 20 == 0 {
            (id, _) = desk.start(Channel::Web, Stated::default()).await.unwrap();
        }
        let input = Input {
            what: Said::Text(text.clone()),
            channel: Channel::Web,
            stated: Stated::default(),
        };
        let watch = Stopwatch::start();
        desk.turn(&id, None, input).await.unwrap();
        times.add(watch.elapsed());
    }
    times.took(whole.elapsed())
}
