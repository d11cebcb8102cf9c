//! A channel that is switched off: what is no longer answered, and what still is.
//! What never lives here: what switches it (cli).

use jiff::Timestamp;
use waymark::{
    assistant::{Desk, Input, Said, Stated},
    casework::{Channel, Outcome, Switch},
};

use crate::world;

const REASON: &str = "We are correcting some answers.";

fn at(minute: i64) -> Timestamp {
    world::sunday_noon() + jiff::SignedDuration::from_mins(minute)
}

async fn set(desk: &Desk, off: bool, minute: i64) -> usize {
    let switch = Switch {
        channel: Channel::Web,
        off,
        reason: if off {
            REASON.to_owned()
        } else {
            String::new()
        },
        actor: "sam".to_owned(),
        at: at(minute),
    };
    desk.store().set_switch(switch).await.unwrap();
    desk.look_at_switches().await.unwrap().len()
}

async fn says(desk: &Desk, channel: Channel, what: Said) -> waymark::assistant::Reply {
    let (id, _) = desk.start(channel, Stated::default()).await.unwrap();
    let input = Input {
        what,
        channel,
        stated: Stated::default(),
    };
    desk.turn(&id, None, input).await.unwrap()
}

#[test]
fn a_channel_switched_off_answers_nothing_but_still_helps_and_hands_over() {
    crate::store::run(async {
        let library = world::knowledge().library.clone();
        let desk = world::desk(library, world::sunday_noon(), world::staffed());
        let text = |t: &str| Said::Text(t.to_owned());
        let asked = "do i pay my pa for bank holidays";
        assert_eq!(desk.look_at_switches().await.unwrap(), []);
        assert_eq!(
            says(&desk, Channel::Web, text(asked)).await.outcome,
            Outcome::Answered
        );
        assert_eq!(set(&desk, true, 1).await, 1);
        assert_eq!(set(&desk, true, 2).await, 0, "nothing has changed");
        let off = says(&desk, Channel::Web, text(asked)).await;
        assert_eq!(
            (off.outcome, off.reason.as_deref()),
            (Outcome::Failed, Some("switched_off"))
        );
        assert!(off.body_markdown.contains(REASON) && off.body_markdown.contains("999"));
        assert!(off.citations.is_empty());
        assert_eq!(off.options[0].value, "human");
        for pressed in ["article:employment/sick-pay", "ask:do i pay sick pay"] {
            let off = says(&desk, Channel::Web, Said::Action(pressed.to_owned())).await;
            assert_eq!(off.reason.as_deref(), Some("switched_off"), "{pressed}");
        }
        let urgent = says(
            &desk,
            Channel::Web,
            text("my carer hits me and i am scared"),
        )
        .await;
        assert!(urgent.urgent && urgent.case.is_some());
        let person = says(&desk, Channel::Web, text("i want to talk to a person")).await;
        assert_eq!(person.outcome, Outcome::HandedOver);
        // Another channel goes on; and this one again, once it is on.
        assert_eq!(
            says(&desk, Channel::Telegram, text(asked)).await.outcome,
            Outcome::Answered
        );
        assert!(
            desk.health()
                .await
                .notes
                .iter()
                .any(|n| n.contains("Web is switched off"))
        );
        assert_eq!(set(&desk, false, 3).await, 1);
        assert_eq!(
            says(&desk, Channel::Web, text(asked)).await.outcome,
            Outcome::Answered
        );
    });
}
