//! Staff are alerted: when, whom, once for each step; by the real server to a mail server and a web server of the test's own.
//! What never lives here: what an alert says beyond its reference and codes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, ToSpan};
use sha2::Sha256;
use waymark::{
    base::{CaseReference, Ids, Lang, Stopwatch, TokenHash},
    casework::{
        AlertRules, AlertWay, AlertWhy, Caller, Case, CaseEventKind, CaseKind, CaseState, Channel,
        NewCase, OnCall, Packet, Priority, alerts_due, on_call_now,
    },
    store::{AdviserReply, Store},
};

use crate::{
    crash::Server,
    store::{begin, turn},
    world::Folder,
};

/// Longer than any machine needs; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(120);

fn rules() -> AlertRules {
    AlertRules {
        at_once: false,
        unopened_minutes: 15,
        late_before_minutes: 60,
        steps: vec![0, 30, 120],
    }
}

fn opened(ids: &mut Ids, priority: Priority, by: Option<Timestamp>) -> NewCase {
    NewCase {
        reference: ids.case(),
        conversation: ids.conversation(),
        priority,
        kind: CaseKind::Safeguarding,
        reason: "urgent".to_owned(),
        area: Some("kent".to_owned()),
        packet: Packet {
            own_words: vec!["my secret words".to_owned()],
            ..Packet::default()
        },
        reply_expected_by: by,
    }
}

#[test]
fn what_is_due_when() {
    let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let at = |minutes: i64| start + minutes.minutes();
    let mut ids = Ids::new([1; 32], start);
    let urgent = Case::new(
        opened(&mut ids, Priority::Urgent, None),
        Channel::Web,
        start,
    );
    let promised = opened(&mut ids, Priority::Normal, Some(at(240)));
    let promised = Case::new(promised, Channel::Web, start);
    use AlertWhy::{Late, Unopened, Urgent};
    let cases = [
        (&urgent, 14, vec![]),
        (&urgent, 15, vec![(Unopened, 0)]),
        (&urgent, 44, vec![(Unopened, 0)]),
        (&urgent, 45, vec![(Unopened, 1)]),
        // Who comes late is told once, of the highest step.
        (&urgent, 10_000, vec![(Unopened, 2)]),
        (&promised, 179, vec![]),
        (&promised, 180, vec![(Late, 0)]),
        (&promised, 300, vec![(Late, 2)]),
    ];
    for (case, minute, due) in cases {
        assert_eq!(alerts_due(case, &rules(), at(minute)), due, "{minute}");
    }
    let at_once = AlertRules {
        at_once: true,
        ..rules()
    };
    assert_eq!(alerts_due(&urgent, &at_once, at(0)), [(Urgent, 0)]);
    // Seen to, answered, closed: nothing more.
    let seen = Case {
        first_opened: Some(at(1)),
        ..urgent.clone()
    };
    assert!(alerts_due(&seen, &at_once, at(100)).is_empty());
    let answered = Case {
        first_replied: Some(at(1)),
        ..promised.clone()
    };
    assert!(alerts_due(&answered, &rules(), at(1000)).is_empty());
    let closed = Case {
        state: CaseState::Closed,
        ..promised
    };
    assert!(alerts_due(&closed, &rules(), at(1000)).is_empty());
}

#[test]
fn who_is_on_call_is_told_and_otherwise_the_list() {
    let list: Vec<OnCall> = [
        "mon-fri 09:00-17:00 day@example.org",
        "kent sat-sun 00:00-23:59 kent@example.org",
        "kent mon 09:00-10:00 day@example.org",
    ]
    .map(|o| OnCall::parse(o).unwrap())
    .into();
    let all = ["all@example.org".to_owned()];
    let told = |area, at: &str| on_call_now(&list, &all, area, at.parse().unwrap());
    assert_eq!(told(None, "2026-11-23T09:30Z"), ["day@example.org"]);
    assert_eq!(told(Some("kent"), "2026-11-23T09:30Z"), ["day@example.org"]);
    assert_eq!(
        told(Some("kent"), "2026-11-22T03:00Z"),
        ["kent@example.org"]
    );
    assert_eq!(
        told(Some("medway"), "2026-11-22T03:00Z"),
        ["all@example.org"]
    );
    for bad in ["always day@example.org", "mon-fri 9-5 x@example.org", ""] {
        assert!(OnCall::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_step_is_decided_once_and_kept_until_it_is_sent() {
    let folder = Folder::new("alerts");
    let db = folder.0.join("w.db");
    crate::store::run(async {
        let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let at = |minutes: i64| start + minutes.minutes();
        let store = Store::open(&db).unwrap();
        let reference = urgent_case(&store, start).await;
        let ways = [AlertWay::Email, AlertWay::Webhook];
        assert_eq!(
            store.decide_alerts(&rules(), &ways, at(14)).await.unwrap(),
            0
        );
        assert_eq!(
            store.decide_alerts(&rules(), &ways, at(15)).await.unwrap(),
            1
        );
        assert_eq!(
            store.decide_alerts(&rules(), &ways, at(16)).await.unwrap(),
            0
        );
        store.close().await;

        let store = Store::open(&db).unwrap();
        assert_eq!(
            store.decide_alerts(&rules(), &ways, at(17)).await.unwrap(),
            0,
            "not twice"
        );
        let waiting = store.alerts_to_send(at(17)).await.unwrap();
        assert_eq!(waiting.iter().map(|a| a.way).collect::<Vec<_>>(), ways);
        store.alert_sent(&waiting[0], at(17)).await.unwrap();
        store.alert_failed(&waiting[1], at(17)).await.unwrap();
        assert!(store.alerts_to_send(at(17)).await.unwrap().is_empty());
        let again = store.alerts_to_send(at(18)).await.unwrap();
        assert_eq!(
            (again.len(), again[0].way, again[0].tries),
            (1, AlertWay::Webhook, 1)
        );
        // Somebody opens it: what waits is done with, and nothing more is decided.
        let sam = waymark::casework::Caller::everywhere("sam");
        store.open_case(&sam, &reference, at(19)).await.unwrap();
        assert!(store.alerts_to_send(at(60)).await.unwrap().is_empty());
        assert_eq!(
            store.decide_alerts(&rules(), &ways, at(60)).await.unwrap(),
            0
        );
        let log = store.case_events(&reference).await.unwrap();
        let alerted = log
            .iter()
            .filter(|e| e.event.kind == CaseEventKind::Alerted);
        assert_eq!(
            alerted.map(|e| e.event.detail.as_str()).collect::<Vec<_>>(),
            ["why=unopened step=0"]
        );
        store.close().await;
    });
}

async fn urgent_case(store: &Store, at: Timestamp) -> CaseReference {
    let mut ids = Ids::new([u8::try_from(at.as_second() % 251).unwrap(); 32], at);
    let id = begin(store, &mut ids).await;
    let mut record = turn(&mut ids, &id, 0, "my secret words");
    record.at = at;
    let new = NewCase {
        conversation: id,
        ..opened(&mut ids, Priority::Urgent, None)
    };
    let reference = new.reference.clone();
    record.opened.push(new);
    store.commit_turn(record).await.unwrap();
    reference
}

/// A mail server that takes everything and hands each letter on, its envelope first.
pub(crate) fn mail_sink() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (letters, read) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let letters = letters.clone();
            std::thread::spawn(move || take_letter(stream.unwrap(), &letters));
        }
    });
    (port, read)
}

fn take_letter(mut out: TcpStream, letters: &Sender<String>) {
    let mut lines = BufReader::new(out.try_clone().unwrap()).lines();
    out.write_all(b"220 sink\r\n").unwrap();
    let (mut letter, mut inside) = (String::new(), false);
    while let Some(Ok(line)) = lines.next() {
        if inside && line == "." {
            inside = false;
            // Handed on before it is acknowledged: whoever reads it knows that it came.
            let _ = letters.send(std::mem::take(&mut letter));
            let _ = out.write_all(b"250 kept\r\n");
            continue;
        }
        let answer: &[u8] = if inside {
            b""
        } else if line.starts_with("EHLO") {
            b"250-sink\r\n250 8BITMIME\r\n"
        } else if line == "DATA" {
            inside = true;
            b"354 go on\r\n"
        } else if line.starts_with("RCPT TO:<nobody@") {
            b"550 no such person\r\n"
        } else if line == "QUIT" {
            let _ = out.write_all(b"221 bye\r\n");
            return;
        } else {
            b"250 ok\r\n"
        };
        letter.push_str(&line);
        letter.push('\n');
        if out.write_all(answer).is_err() {
            return;
        }
    }
}

/// A web server that fails once, then takes everything and hands each request on whole.
fn web_sink() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (requests, read) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                    break;
                }
                if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = n.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let _ = requests.send(format!("{head}\n{}", String::from_utf8(body).unwrap()));
            let answer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, read)
}

#[test]
fn the_server_tells_staff_by_mail_and_signed_request_once_over_restarts() {
    let folder = Folder::new("alerts");
    let ((mail, letters), (web, requests)) = (mail_sink(), web_sink());
    let more = format!(
        "[alerts]\nemail_to = [\"duty@example.org\"]\nwebhook_url = \"http://127.0.0.1:{web}/hook\"\n\
         [mail]\nhost = \"127.0.0.1\"\nport = {mail}\nsecurity = \"none\"\nfrom = \"Waymark <w@example.org>\"\n\
         [retention]\nanonymous_days = 0\ncase_years = 0\naudit_years = 0\n"
    );
    let environment = [("WAYMARK_WEBHOOK_SECRET", "quiet-key")];
    let db = folder.0.join("data/waymark.db");
    let add = |at: &str| {
        crate::store::run(async {
            let store = Store::open(&db).unwrap();
            let reference = urgent_case(&store, at.parse().unwrap()).await;
            store.close().await;
            reference
        })
    };
    let first = add("2020-01-06T09:00:00Z");
    let server = Server::start_with(&folder, &more, &environment);
    let letter = letters.recv_timeout(PATIENCE).unwrap();
    let request = requests.recv_timeout(PATIENCE).unwrap();
    for told in [&letter, &request] {
        assert!(told.contains(first.as_str()), "{told}");
        assert!(!told.contains("secret words"), "{told}");
    }
    assert!(
        letter.contains("RCPT TO:<duty@example.org>") && letter.contains("Message-ID: <"),
        "{letter}"
    );
    assert!(request.starts_with("POST /hook "), "{request}");
    signed_well(&request, b"quiet-key");
    wait_until_sent(&db);
    drop(server);

    // After a restart only what is new is told.
    let second = add("2020-01-06T10:00:00Z");
    let _server = Server::start_with(&folder, &more, &environment);
    let letter = letters.recv_timeout(PATIENCE).unwrap();
    let request = requests.recv_timeout(PATIENCE).unwrap();
    assert!(
        letter.contains(second.as_str()) && request.contains(second.as_str()),
        "{letter}{request}"
    );
    wait_until_sent(&db);
    assert!(letters.try_recv().is_err() && requests.try_recv().is_err());
}

/// A person who asked to be told there has an answer that they have not seen.
async fn answered(store: &Store, email: &str, at: Timestamp) -> CaseReference {
    let reference = urgent_case(store, at).await;
    let case = store.case(&reference).await.unwrap().unwrap();
    let id = case.opened.conversation;
    let to = Some(email.to_owned());
    store.ask_reply_mail(&id, to).await.unwrap();
    let mut ids = Ids::new([u8::try_from(at.as_second() % 249).unwrap(); 32], at);
    let reply = AdviserReply {
        case: reference.clone(),
        name: "Sam".to_owned(),
        text: "quite confidential".to_owned(),
        lang: Lang::english(),
        message: ids.message(),
        asks: false,
    };
    let sam = Caller::everywhere("sam");
    store.reply_to_case(&sam, reply, at).await.unwrap();
    reference
}

#[test]
fn a_person_who_asked_is_told_by_mail_and_what_cannot_be_sent_comes_back_into_the_case() {
    let folder = Folder::new("told");
    let (mail, letters) = mail_sink();
    let more = format!(
        "[console]\naddress = \"https://help.example.org/\"\n[mail]\nreplies = true\nhost = \"127.0.0.1\"\n\
         port = {mail}\nsecurity = \"none\"\nfrom = \"Waymark <w@example.org>\"\n\
         [retention]\nanonymous_days = 0\ncase_years = 0\naudit_years = 0\n"
    );
    let db = folder.0.join("data/waymark.db");
    let (told, lost) = crate::store::run(async {
        let store = Store::open(&db).unwrap();
        let at = |text: &str| text.parse().unwrap();
        let told = answered(&store, "kim@example.org", at("2020-01-06T09:00:00Z")).await;
        let lost = answered(&store, "nobody@example.org", at("2020-01-06T10:00:07Z")).await;
        store.close().await;
        (told, lost)
    });
    let _server = Server::start_with(&folder, &more, &[]);
    let letter = letters.recv_timeout(PATIENCE).unwrap();
    assert!(letter.contains("RCPT TO:<kim@example.org>"), "{letter}");
    for words in ["confidential", "secret words", told.as_str()] {
        assert!(!letter.contains(words), "{letter}");
    }
    // Long lines may be folded: a soft break is an equals sign at a line's end.
    let letter = letter.replace("=\n", "");
    let link = letter.split("https://help.example.org/return/").nth(1);
    let token: String = link
        .unwrap_or_else(|| panic!("no link: {letter}"))
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    crate::store::run(async {
        let store = Store::open(&db).unwrap();
        let case = store.case(&told).await.unwrap().unwrap();
        let opens = store.return_link(TokenHash::of(&token)).await;
        assert_eq!(opens.unwrap(), Some(case.opened.conversation));
        let watch = Stopwatch::start();
        while !store.case(&lost).await.unwrap().unwrap().undelivered {
            assert!(watch.elapsed() < PATIENCE, "nobody was told of it");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let sam = Caller::everywhere("sam");
        let file = store.open_case(&sam, &lost, Timestamp::UNIX_EPOCH).await;
        let notes = file.unwrap().notes;
        assert!(notes[0].text.contains("e-mail") && !notes[0].text.contains("nobody@"));
        // Each once.
        let later = "2099-01-01T00:00:00Z".parse().unwrap();
        while !store.reply_mails_due(later).await.unwrap().is_empty() {
            assert!(watch.elapsed() < PATIENCE, "it is still to be sent");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        store.close().await;
    });
    assert!(letters.try_recv().is_err());
}

/// Until the server has marked everything as sent.
fn wait_until_sent(db: &std::path::Path) {
    let watch = waymark::base::Stopwatch::start();
    let db = rusqlite::Connection::open(db).unwrap();
    while watch.elapsed() < PATIENCE {
        let sql = "SELECT count(*) FROM alerts WHERE sent IS NULL";
        let unsent: Option<i64> = db.query_row(sql, [], |row| row.get(0)).ok();
        if unsent == Some(0) {
            return;
        }
        std::thread::yield_now();
    }
    panic!("it was never marked as sent");
}

fn signed_well(request: &str, secret: &[u8]) {
    let (head, body) = request
        .split_once("\n\n")
        .or_else(|| request.split_once("\r\n\n"))
        .unwrap();
    let header = head
        .lines()
        .find_map(|l| l.strip_prefix("waymark-signature: "))
        .unwrap_or_else(|| panic!("no signature: {head}"));
    let (at, hex) = header.trim().split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(format!("{}.{body}", at.strip_prefix("t=").unwrap()).as_bytes());
    let ours: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(hex, ours);
}
