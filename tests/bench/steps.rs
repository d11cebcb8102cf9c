//! The turn itself, in process: `step` over the question sets, nothing kept.
//! What never lives here: the store (durable.rs).

use waymark::{
    assistant::{Input, Said, State, Stated, step},
    base::{Clock, Ids, Stopwatch},
    casework::Channel,
};

use crate::figures::{Times, median, show};

const ROUNDS: usize = 5;

/// Every question in a conversation of its own, and a long story.
pub(crate) fn run() {
    let (snapshot, questions) = (crate::snapshot(), crate::questions());
    let story = "and then the council sent another form about the holiday pay for my assistant "
        .repeat(130);
    let round = |questions: &[String]| {
        let (whole, mut times) = (Stopwatch::start(), Times::default());
        let (mut total, mut finding) = (0.0, 0.0);
        for question in questions {
            let now = Clock::fixed_on(jiff::civil::date(2026, 11, 22)).now();
            let mut ids = Ids::new([7; 32], now.instant);
            let conversation = ids.conversation();
            let input = Input {
                what: Said::Text(question.clone()),
                channel: Channel::Web,
                stated: Stated::default(),
            };
            let one = Stopwatch::start();
            let turn = step(State::default(), &input, &snapshot, now, ids, &conversation);
            times.add(one.elapsed());
            assert!(!turn.reply.body_markdown.is_empty());
            total += turn.reply.timing_ms.total;
            finding += turn.reply.timing_ms.retrieve;
        }
        (times.took(whole.elapsed()), finding / total)
    };
    round(&questions);
    let long = vec![story; 20];
    let named = [
        ("a question of the sets, one thread", &questions),
        ("a story of 10,000 characters", &long),
    ];
    for (name, asked) in named {
        let (rounds, shares): (Vec<Times>, Vec<f64>) = (0..ROUNDS).map(|_| round(asked)).unzip();
        show(name, &rounds);
        let share = median(shares.into_iter()) * 100.0;
        println!("    of which finding sections: {share:.0}%");
    }
}
