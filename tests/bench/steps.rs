//! The turn itself, in process: `step` over the question sets, nothing kept.
//! What never lives here: the store (durable.rs).

use waymark::{
    assistant::{Input, Said, State, Stated, step},
    base::{Clock, Ids, Stopwatch},
    casework::Channel,
};

use crate::figures::{Times, show};

const ROUNDS: usize = 5;

/// Every question in a conversation of its own, and a long story.
pub(crate) fn run() {
    let (snapshot, questions) = (crate::snapshot(), crate::questions());
    let story = "and then the council sent another form about the holiday pay for my assistant "
        .repeat(130);
    let round = |questions: &[String]| {
        let (whole, mut times) = (Stopwatch::start(), Times::default());
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
        }
        times.took(whole.elapsed())
    };
    round(&questions);
    let rounds: Vec<Times> = (0..ROUNDS).map(|_| round(&questions)).collect();
    show("a question of the sets, one thread", &rounds);
    let long = vec![story; 20];
    let rounds: Vec<Times> = (0..ROUNDS).map(|_| round(&long)).collect();
    show("a story of 10,000 characters", &rounds);
}
