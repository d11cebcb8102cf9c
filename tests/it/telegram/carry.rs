//! A conversation that begins on the page and goes on in the chat: by a link that works once.

use super::{
    bot::{Mode, Place},
    emulator::Emulator,
    person::Person,
};
use crate::world;

const QUICK: &str = "per_second = 1000\ngap_ms = 0\ndoubt_seconds = 1";

fn said(id: &str) -> String {
    let text = world::knowledge().library.messages.english(id).unwrap();
    text.lines().next().unwrap().to_owned()
}

/// A browser that keeps the conversation's cookie.
struct Browser {
    agent: ureq::Agent,
    home: String,
    cookie: String,
}

impl Browser {
    fn begins(place: &Place, words: &str) -> Self {
        let config = ureq::Agent::config_builder().max_redirects(0).build();
        let agent: ureq::Agent = config.into();
        let home = format!("http://127.0.0.1:{}", place.listen);
        let sent = agent
            .post(format!("{home}/chat"))
            .send_form([("text", words)])
            .unwrap();
        let cookie = sent.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self {
            agent,
            home,
            cookie,
        }
    }

    fn get(&self, path: &str) -> String {
        let asked = self.agent.get(format!("{}{path}", self.home));
        let mut got = asked.header("cookie", &self.cookie).call().unwrap();
        got.body_mut().read_to_string().unwrap()
    }

    /// What a link to the chat app opens it with.
    fn link(&self) -> String {
        let asked = self.agent.post(format!("{}/chat/carry", self.home));
        let mut got = asked.header("cookie", &self.cookie).send_empty().unwrap();
        let page = got.body_mut().read_to_string().unwrap();
        let after = page
            .split("href=\"https://t.me/waymark_test_bot?start=")
            .nth(1);
        let key = after.and_then(|rest| rest.split('"').next()).unwrap();
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(key.len() <= 64 && key.chars().all(good), "{key}");
        key.to_owned()
    }
}

#[test]
fn a_conversation_of_the_page_goes_on_in_the_chat_once() {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    let bot = place.start();
    emulator.wait("our name", |_| {
        (place.count("SELECT count(*) FROM bots WHERE name <> ''") == 1).then_some(())
    });
    let browser = Browser::begins(&place, "how much holiday does my PA get?");
    assert!(browser.get("/chat/keep").contains("Go on in Telegram"));
    let key = browser.link();

    // Before it, this phone has had a chat of its own.
    let ann = Person::new(&emulator, 7_401);
    ann.asks("/start", &said("push_start"));
    ann.asks(&format!("/start {key}"), &said("push_carried"));
    // What follows an answer of the page is understood, and stands on the page too.
    let follow = ann.asks("can she carry it over?", "Correct as of");
    assert!(
        follow.text.to_lowercase().contains("holiday"),
        "{}",
        follow.text
    );
    assert!(browser.get("/").contains("can she carry it over?"));
    assert_eq!(
        place.count("SELECT count(*) FROM conversations WHERE channel = 'web'"),
        1
    );

    // An adviser's reply reaches both.
    ann.asks("/human", "Your reference is");
    place.says(&[
        "cases",
        "reply",
        &place.case(),
        "I am Sam.",
        "--name",
        "Sam",
    ]);
    ann.hears_after(0, "I am Sam.");
    assert!(browser.get("/").contains("I am Sam."));

    // Used up, and worth nothing to anybody else.
    let bea = Person::new(&emulator, 7_402);
    let gone = bea.asks(&format!("/start {key}"), &said("push_link_gone"));
    assert!(gone.text.contains(&said("push_start")), "{}", gone.text);
    // A link runs out.
    let late = browser.link();
    let db = rusqlite::Connection::open(place.database()).unwrap();
    db.busy_timeout(super::emulator::PATIENCE).unwrap();
    let old = "UPDATE links SET expires = '2026-01-01T00:00:00.000000Z'";
    assert_eq!(db.execute(old, []).unwrap(), 1);
    bea.asks(&format!("/start {late}"), &said("push_link_gone"));
    bea.asks("/start c-", &said("push_link_gone"));
    emulator.nothing_wrong();
    bot.terminate();

    // Without a bot nothing of it is offered.
    let alone = place.start_without_token();
    let browser = Browser::begins(&place, "hello");
    assert!(!browser.get("/chat/keep").contains("Telegram"));
    alone.terminate();
}
