//! Single sign-on against a real identity provider (npm oidc-provider, tests/identity), started here.
//! What never lives here: tokens that are wrong on purpose (forged.rs).

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
};

use axum::http::StatusCode;
use waymark::{
    base::{Clock, Secret},
    store::Store,
};
use waymark_web::{ConsoleSettings, SingleSignOnSettings};

use super::{Office, run};
use crate::world::root;

const ADDRESS: &str = "http://127.0.0.1:1";

/// The provider's process; ends with the test.
struct Provider {
    child: Child,
    issuer: String,
    /// Kept open: it writes there later, and would end if it could not.
    _said: BufReader<ChildStdout>,
}

impl Provider {
    /// `None`, said aloud, where Node or the packages are absent.
    fn start() -> Option<Self> {
        let folder = root().join("tests/identity");
        let spawned = folder.join("node_modules/oidc-provider").is_dir().then(|| {
            Command::new("node")
                .arg("provider.mjs")
                .current_dir(&folder)
                .env("REDIRECT", format!("{ADDRESS}/console/sign-in/back"))
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
        });
        let Some(Ok(mut child)) = spawned else {
            let line = "\nSKIPPED single sign-on with a real provider: Node or tests/identity/node_modules is missing (sh tests/setup.sh test)\n";
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            return None;
        };
        let mut issuer = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut issuer).unwrap();
        Some(Self {
            child,
            issuer: issuer.trim().to_owned(),
            _said: said,
        })
    }

    /// Follows the provider's own redirects as a browser does; the address it leads back to.
    fn walk(&self, from: &str, who: &str) -> String {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        let mut cookies = BTreeMap::from([("who".to_owned(), who.to_owned())]);
        let mut at = from.to_owned();
        for _ in 0..10 {
            let sent: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            let answer = agent
                .get(&at)
                .header("cookie", sent.join("; "))
                .call()
                .unwrap();
            for set in answer.headers().get_all("set-cookie") {
                let (name, value) = set
                    .to_str()
                    .unwrap()
                    .split(';')
                    .next()
                    .unwrap()
                    .split_once('=')
                    .unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let to = answer
                .headers()
                .get("location")
                .unwrap_or_else(|| panic!("{} at {at}", answer.status()));
            let to = url::Url::parse(&at)
                .unwrap()
                .join(to.to_str().unwrap())
                .unwrap();
            at = to.to_string();
            if let Some(path) = at.strip_prefix(ADDRESS) {
                return path.to_owned();
            }
        }
        panic!("the provider never led back: {at}")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn somebody_signs_in_with_a_real_provider() {
    let Some(provider) = Provider::start() else {
        return;
    };
    run(async {
        let settings = ConsoleSettings {
            address: ADDRESS.to_owned(),
            single_sign_on: Some(SingleSignOnSettings {
                issuer: provider.issuer.clone(),
                client_id: "waymark".to_owned(),
                client_secret: Some(Secret::new("a secret of the tests".to_owned())),
                roles: BTreeMap::from([(
                    "Waymark.Kent".to_owned(),
                    "adviser@kent".parse().unwrap(),
                )]),
            }),
            ..ConsoleSettings::default()
        };
        // The provider's tokens are of now.
        let office = Office::with(Store::open_in_memory().unwrap(), settings, Clock::System);
        let mut kim = office.browser();
        let begun = kim
            .get("/console/sign-in/elsewhere?onward=/console/account")
            .await;
        let back = provider.walk(&begun.to, "kim");
        let inside = kim.get(&back).await;
        assert_eq!(
            (inside.status, inside.to.as_str()),
            (StatusCode::SEE_OTHER, "/console/account"),
            "{}",
            inside.body
        );
        let own = kim.get("/console/account").await;
        assert!(own.body.contains("Kim Marsh") && own.body.contains("Adviser in Kent"));
        let replayed = kim.get(&back).await;
        assert_eq!(
            replayed.status,
            StatusCode::FORBIDDEN,
            "a state counts once"
        );

        let asked = kim.get("/console/account/sessions/end").await;
        assert_eq!(asked.status, StatusCode::METHOD_NOT_ALLOWED);
        let again = kim
            .get("/console/sign-in/elsewhere?onward=/console/account")
            .await;
        assert!(again.to.contains("prompt=login"));
        let before = kim.session().to_owned();
        let proved = kim.get(&provider.walk(&again.to, "kim")).await;
        assert_eq!(proved.to, "/console/account", "{}", proved.body);
        assert_ne!(kim.session(), before);
        let accounts = office.store.accounts().await.unwrap();
        assert_eq!(accounts.len(), 1, "the same person");

        let mut outsider = office.browser();
        let begun = outsider.get("/console/sign-in/elsewhere").await;
        let refused = outsider.get(&provider.walk(&begun.to, "outsider")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "no role of ours");
        assert_eq!(office.store.accounts().await.unwrap().len(), 1);
    });
}
