//! The inbox and the outbox by themselves: leases and fences, order, pace, doubt; what a crash leaves at each step.

use jiff::{SignedDuration, Timestamp};
use waymark::{
    base::{Ids, MessageId},
    casework::{
        AddressId, Committed, Delivery, LaneLease, NewEvent, NewOutgoing, Outgoing, Part, Sending,
        Sent, Urgency,
    },
    store::{Lease, Lend, LendSends, Store},
};

use crate::world::sunday_noon;

const ACCOUNT: &str = "telegram:1";

fn at(seconds: i64) -> Timestamp {
    sunday_noon() + SignedDuration::from_secs(seconds)
}

fn message(n: u8) -> MessageId {
    Ids::new([n; 32], sunday_noon()).message()
}

struct World {
    store: Store,
}

impl World {
    async fn new() -> Self {
        let store = Store::open_in_memory().unwrap();
        store
            .bot(ACCOUNT.into(), String::new(), at(-9))
            .await
            .unwrap();
        Self { store }
    }

    async fn event(&self, event: &str, lane: &str, urgent: bool) -> usize {
        let new = NewEvent {
            event: event.into(),
            lane: lane.into(),
            raw: "{}".into(),
            urgent,
            due: at(0),
        };
        self.store
            .receive_events(ACCOUNT.into(), vec![new], at(0))
            .await
            .unwrap()
    }

    async fn lanes(&self, owner: &str, now: i64, until: i64) -> Vec<LaneLease> {
        let ask = Lend {
            account: ACCOUNT.into(),
            owner: owner.into(),
            now: at(now),
            until: at(until),
            most: 10,
        };
        self.store.lend_lanes(ask).await.unwrap()
    }

    async fn address(&self, name: &str) -> AddressId {
        let met = self
            .store
            .meet_address(ACCOUNT.into(), name.into(), at(0))
            .await;
        met.unwrap().id
    }

    async fn queue(&self, n: u8, address: AddressId, urgency: Urgency) {
        let outgoing = Outgoing {
            markdown: format!("m{n}"),
            ..Outgoing::default()
        };
        let delivery = Delivery {
            outgoing: vec![NewOutgoing {
                message: message(n),
                address,
                outgoing,
                urgency,
            }],
            ..Delivery::default()
        };
        self.store.settle_delivery(delivery, at(0)).await.unwrap();
    }

    async fn sends(&self, now: i64, per_second: i64) -> Vec<Sending> {
        let ask = LendSends {
            account: ACCOUNT.into(),
            owner: "a".into(),
            now: at(now),
            until: at(now + 60),
            most: 100,
            interval: SignedDuration::from_nanos(1_000_000_000 / per_second),
            gap: SignedDuration::from_secs(1),
            doubt_until: at(now + 30),
        };
        self.store.lend_sends(ask).await.unwrap()
    }

    async fn settle(&self, sending: &Sending, sent: Sent, now: i64) -> bool {
        self.store
            .settle_send(lease(sending), sent, at(now))
            .await
            .unwrap()
    }
}

fn lease(sending: &Sending) -> Lease {
    Lease {
        seq: sending.seq,
        fence: sending.fence,
    }
}

fn done() -> Sent {
    Sent::Done {
        external: "9".into(),
    }
}

fn which(sends: &[Sending]) -> Vec<MessageId> {
    sends.iter().map(|s| s.message.clone()).collect()
}

#[tokio::test]
async fn a_lane_has_one_worker_and_an_old_fence_writes_nothing() {
    let world = World::new().await;
    assert_eq!(world.event("1", "ann", false).await, 1);
    assert_eq!(world.event("1", "ann", false).await, 0, "known");
    world.event("2", "bea", false).await;
    world.event("3", "cem", true).await;
    let first = world.lanes("a", 1, 60).await;
    let names: Vec<&str> = first.iter().map(|l| l.lane.as_str()).collect();
    assert_eq!(names, ["cem", "ann", "bea"], "a cry for help goes first");
    assert!(world.lanes("b", 30, 90).await.is_empty(), "all are lent");

    // The worker stalls, its leases run out, another takes over: what the first brings comes too late.
    let second = world.lanes("b", 61, 120).await;
    let ann = |leases: &[LaneLease]| leases.iter().find(|l| l.lane == "ann").unwrap().clone();
    let (old, new) = (ann(&first), ann(&second));
    assert!(new.fence > old.fence);
    let address = world.address("ann").await;
    let delivery = |lease: &LaneLease| Delivery {
        taken: Some(lease.taken()),
        outgoing: vec![NewOutgoing {
            message: message(1),
            address,
            outgoing: Outgoing::default(),
            urgency: Urgency::Ordinary,
        }],
        pressed: None,
    };
    let settle = |d: Delivery| world.store.settle_delivery(d, at(62));
    assert_eq!(settle(delivery(&old)).await.unwrap(), Committed::LeaseLost);
    assert!(
        world.sends(63, 10).await.is_empty(),
        "nothing of it was written"
    );
    assert_eq!(settle(delivery(&new)).await.unwrap(), Committed::Done);
    assert_eq!(world.sends(64, 10).await.len(), 1);
    assert!(
        world
            .lanes("a", 200, 300)
            .await
            .iter()
            .all(|l| l.lane != "ann"),
        "done is done"
    );
}

#[tokio::test]
async fn each_address_is_sent_to_in_order_and_urgent_ones_first() {
    let world = World::new().await;
    let (ann, bea) = (world.address("ann").await, world.address("bea").await);
    world.queue(1, ann, Urgency::Ordinary).await;
    world.queue(2, ann, Urgency::Ordinary).await;
    world.queue(3, bea, Urgency::Urgent).await;
    let sends = world.sends(1, 100).await;
    assert_eq!(
        which(&sends),
        [message(3), message(1)],
        "one each, urgent first"
    );
    assert!(
        world.sends(1, 100).await.is_empty(),
        "one under way at each address"
    );

    // A message is cut into parts; the second message waits for all of the first.
    let parts: Vec<Part> = ["a", "b"]
        .map(|p| Part {
            op: "text".into(),
            payload: p.into(),
        })
        .into();
    let ann_first = sends[1].clone();
    let cut = world
        .store
        .cut_send(lease(&ann_first), parts, Vec::new(), at(99), at(1));
    assert!(cut.await.unwrap());
    assert!(world.settle(&ann_first, done(), 2).await);
    let next = world.sends(3, 100).await;
    assert_eq!(which(&next), [message(1)], "its second part");
    assert!(world.settle(&next[0], done(), 3).await);
    assert!(
        world.sends(3, 100).await.is_empty(),
        "a pause between two to one person"
    );
    assert_eq!(which(&world.sends(5, 100).await), [message(2)]);
}

#[tokio::test]
async fn the_pace_is_kept_whoever_asks() {
    let world = World::new().await;
    for n in 0..60 {
        let address = world.address(&format!("p{n}")).await;
        world.queue(n, address, Urgency::Ordinary).await;
    }
    // Ten a second, and at most a second's worth at once.
    assert_eq!(world.sends(0, 10).await.len(), 10);
    assert_eq!(world.sends(0, 10).await.len(), 0);
    assert_eq!(world.sends(1, 10).await.len(), 10);
    assert_eq!(
        world.sends(4, 10).await.len(),
        10,
        "what was not used is not saved up"
    );
}

#[tokio::test]
async fn a_crash_leaves_a_doubt_only_where_a_send_had_begun() {
    let world = World::new().await;
    let (ann, bea) = (world.address("ann").await, world.address("bea").await);
    world.queue(1, ann, Urgency::Ordinary).await;
    world.queue(2, bea, Urgency::Ordinary).await;
    let lost = world.sends(0, 100).await;
    assert!(
        world
            .store
            .begin_send(lease(&lost[0]), at(0))
            .await
            .unwrap()
    );
    // The process dies here. The one that had not begun goes at once, the other after a while, marked.
    let again = world.sends(61, 100).await;
    assert_eq!((which(&again), again[0].doubtful), (vec![message(2)], 0));
    let doubted = world.sends(92, 100).await;
    assert_eq!(
        (which(&doubted), doubted[0].doubtful),
        (vec![message(1)], 1)
    );
    // It was no crash, only slow: what it brings under its old fence comes too late.
    assert!(!world.settle(&lost[1], done(), 93).await);
    assert!(world.settle(&doubted[0], done(), 93).await);
    assert!(!world.settle(&doubted[0], done(), 94).await, "once");
}

#[tokio::test]
async fn what_nobody_knows_is_tried_once_more_and_what_failed_is_left() {
    let world = World::new().await;
    let ann = world.address("ann").await;
    world.queue(1, ann, Urgency::Ordinary).await;
    let uncertain = |from: i64| Sent::Uncertain {
        not_before: at(from),
        why: "uncertain",
    };
    let first = world.sends(0, 100).await.remove(0);
    assert!(world.settle(&first, uncertain(30), 1).await);
    assert!(world.sends(29, 100).await.is_empty());
    let second = world.sends(31, 100).await.remove(0);
    assert!(world.settle(&second, uncertain(60), 32).await);
    assert!(
        world.sends(900, 100).await.is_empty(),
        "twice in doubt is enough"
    );
    world.queue(2, ann, Urgency::Ordinary).await;
    let refused = world.sends(901, 100).await.remove(0);
    assert!(
        world
            .settle(&refused, Sent::Failed { why: "refused" }, 902)
            .await
    );
    assert!(world.sends(999, 100).await.is_empty());
}

#[tokio::test]
async fn what_is_written_does_not_wait_for_what_is_spoken() {
    let world = World::new().await;
    let ann = world.address("ann").await;
    world.queue(1, ann, Urgency::Ordinary).await;
    let first = world.sends(0, 100).await.remove(0);
    let parts = ["text", Part::SPEECH, Part::SPEECH].map(|op| Part {
        op: op.to_owned(),
        payload: "x".to_owned(),
    });
    let cut = world
        .store
        .cut_send(lease(&first), parts.to_vec(), Vec::new(), at(99), at(0));
    assert!(cut.await.unwrap());
    world.queue(2, ann, Urgency::Ordinary).await;
    assert!(world.sends(2, 100).await.is_empty(), "the words come first");
    assert!(world.settle(&first, done(), 2).await);
    let speech = world.sends(4, 100).await;
    assert_eq!(which(&speech), [message(1)], "one at a time");
    // It is being spoken: what was written later goes, the rest of the speech does not.
    let words = world.sends(6, 100).await;
    assert_eq!(which(&words), [message(2)]);
    assert!(world.settle(&words[0], done(), 6).await);
    assert!(world.sends(8, 100).await.is_empty());
    let dropped = Sent::Dropped { why: "not_spoken" };
    assert!(world.settle(&speech[0], dropped, 9).await);
    assert_eq!(
        which(&world.sends(11, 100).await),
        [message(1)],
        "its second part"
    );
}

#[tokio::test]
async fn a_lane_that_is_worked_on_is_kept_and_one_given_back_is_not() {
    let world = World::new().await;
    world.event("1", "ann", false).await;
    let held = world.lanes("a", 1, 60).await.remove(0);
    let keep = |until: i64, now: i64| world.store.hold_lane(held.taken(), at(until), at(now));
    keep(120, 50).await.unwrap();
    assert!(world.lanes("b", 61, 200).await.is_empty(), "kept");
    // Given back: a late word of whoever held it keeps it no more.
    world
        .store
        .hold_lane(held.taken(), at(70), at(70))
        .await
        .unwrap();
    keep(500, 71).await.unwrap();
    let other = world.lanes("b", 72, 130).await;
    assert_eq!(other.len(), 1);
    keep(500, 73).await.unwrap();
    assert_eq!(
        world.lanes("c", 131, 190).await.len(),
        1,
        "another's is not kept"
    );
}
