//! tmp
use crate::world;
use waymark::{assistant::State, base::Stopwatch};
#[test]
fn timing() {
    let s = world::snapshot();
    for piece in ["a", "zzyzx qwrtp ", "fired ", "killing my plants ", "😀", "how much is it? ", "and then the council sent another form about the holiday pay for my assistant "] {
        for n in [16_000, 64_000] {
            let text = piece.repeat(n / piece.len());
            let w = Stopwatch::start();
            let t = world::say(State::default(), &text, s);
            eprintln!("{piece:.20} {n}: {:.0} ms of which retrieve {:.0}, {:?} {}", w.millis(), t.reply.timing_ms.retrieve, t.reply.outcome, t.reply.urgent);
        }
    }
}
