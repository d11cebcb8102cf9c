//! A letter to oneself: by the real server to a mail server of the test's own, once, and the address is kept nowhere.
//! What never lives here: alerts to staff (alerts.rs), how the page looks (tests/browser).

use std::{sync::mpsc::Receiver, time::Duration};

use ureq::{Agent, http::StatusCode};

use crate::{
    alerts::mail_sink,
    crash::Server,
    world::{Folder, free_port},
};

/// Longer than any machine needs; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(120);
const ADDRESS: &str = "somebody.quiet@example.org";

/// `[mail]` for a mail server on this machine.
pub(crate) fn mail(port: u16) -> String {
    format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"Waymark <w@example.org>\"\n"
    )
}

/// Somebody with a conversation on the page, as a browser without scripts has it.
struct Visitor {
    agent: Agent,
    url: String,
    cookie: String,
}

impl Visitor {
    fn new(server: &Server) -> Self {
        let agent: Agent = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        let asked = agent
            .post(format!("{}/chat", server.url))
            .send_form([("text", "My PA is off sick. Do I have to pay her?")])
            .unwrap();
        let cookie = asked.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self {
            agent,
            url: server.url.clone(),
            cookie,
        }
    }

    fn get(&self, path: &str) -> (StatusCode, String) {
        let request = self.agent.get(format!("{}{path}", self.url));
        let mut response = request.header("cookie", &self.cookie).call().unwrap();
        let body = response.body_mut().read_to_string().unwrap();
        (response.status(), body)
    }

    fn letter(&self, to: &str) -> (StatusCode, String) {
        let request = self.agent.post(format!("{}/chat/letter", self.url));
        let request = request.header("cookie", &self.cookie);
        let mut response = request.send_form([("email", to)]).unwrap();
        let body = response.body_mut().read_to_string().unwrap();
        (response.status(), body)
    }
}

/// A letter as people read it: the lines that mail servers break are whole again.
fn read(letters: &Receiver<String>) -> String {
    letters
        .recv_timeout(PATIENCE)
        .unwrap()
        .replace("=\n", "")
        .replace("=C2=A3", "£")
}

#[test]
fn a_conversation_is_e_mailed_once_and_the_address_is_kept_nowhere() {
    let folder = Folder::new("letter");
    let (port, letters) = mail_sink();
    let server = Server::with(&folder, &mail(port));
    let visitor = Visitor::new(&server);
    assert!(visitor.get("/chat/keep").1.contains("/chat/letter"));
    let page = visitor.get("/chat/letter").1;
    assert!(page.contains("E-mail is not secret."), "{page}");
    // No address, several, a header inside: nothing leaves.
    for bad in ["", "nobody", "a@example.org, b@example.org"] {
        let (status, page) = visitor.letter(bad);
        assert_eq!(status, StatusCode::OK, "{bad}");
        assert!(page.contains("Enter one e-mail address"), "{bad}: {page}");
    }
    let (status, _) = visitor.letter(ADDRESS);
    assert_eq!(status, StatusCode::SEE_OTHER);
    let letter = read(&letters);
    assert!(letter.contains(&format!("RCPT TO:<{ADDRESS}>")), "{letter}");
    for words in ["off sick", "£123.25", "the address was not kept"] {
        assert!(letter.contains(words), "{words}: {letter}");
    }
    // One conversation cannot be made to write to people again and again; what it says goes on.
    let (status, page) = visitor.letter(ADDRESS);
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{page}");
    assert!(letters.try_recv().is_err(), "only one letter left");
    assert_eq!(visitor.get("/").0, StatusCode::OK);
    drop(server);
    kept_nowhere(&folder.0);
}

/// No file of the service holds the address.
fn kept_nowhere(folder: &std::path::Path) {
    let mut files = 0;
    for entry in std::fs::read_dir(folder.join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(ADDRESS.len())
                .any(|w| w == ADDRESS.as_bytes());
            assert!(!found, "{} holds it", path.display());
        }
    }
    assert!(files > 0, "there is a database");
}

#[test]
fn a_mail_server_that_does_not_answer_is_told_and_without_one_none_is_offered() {
    let folder = Folder::new("letter");
    let server = Server::with(&folder, &mail(free_port()));
    let visitor = Visitor::new(&server);
    let (status, page) = visitor.letter(ADDRESS);
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("The e-mail was not sent"), "{page}");
    drop(server);

    let folder = Folder::new("letter");
    let server = Server::start(&folder);
    let visitor = Visitor::new(&server);
    assert_eq!(visitor.get("/chat/letter").0, StatusCode::NOT_FOUND);
    assert_eq!(visitor.letter(ADDRESS).0, StatusCode::NOT_FOUND);
    let keep = visitor.get("/chat/keep").1;
    assert!(keep.contains("mailto:") && !keep.contains("/chat/letter"));
}
