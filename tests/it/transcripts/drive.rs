//! Drives one conversation: through the desk, or through the HTTP API over the same desk. Replies come back as the JSON of
//! contract.md either way, so that what judges them cannot tell which.
//! What never lives here: expectations.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::{Value, json};
use tower::ServiceExt;
use waymark::{
    assistant::{Desk, Input, Said, Stated},
    base::{CaseReference, ConversationId, Lang, ReceiptId},
    casework::{Caller, Case, Channel, Feedback, Reach},
    store::{AdviserReply, CaseFilter},
};
use waymark_web::{Settings, Web};

use super::{judge::Kept, read::Transcript};

/// Which way a conversation goes.
pub(super) enum Driver {
    /// `Desk` itself.
    Desk(Desk),
    /// The API's router over a desk, in process.
    Api(Desk, Router),
}

/// A conversation under way.
pub(super) struct Talk<'a> {
    driver: &'a Driver,
    id: ConversationId,
    token: String,
    client_ids: u32,
}

impl Driver {
    /// The HTTP API over a desk.
    pub(super) fn api(desk: Desk) -> Self {
        let settings = Settings {
            requests_per_minute: 0,
            ..Settings::default()
        };
        let router = Web::new(desk.clone(), settings).router();
        Self::Api(desk, router)
    }

    /// Starts the conversation of a transcript.
    pub(super) async fn start(&self, transcript: &Transcript) -> Talk<'_> {
        let (id, token) = match self {
            Self::Desk(desk) => {
                let lang = transcript.lang.as_deref().map(|l| l.parse().unwrap());
                let stated = Stated {
                    area: transcript.area.clone(),
                    audience: transcript.audience,
                    lang,
                    ..Stated::default()
                };
                let (id, token) = desk.start(Channel::Web, stated).await.unwrap();
                (id, token.reveal().to_owned())
            }
            Self::Api(_, router) => {
                let stated = json!({"area": transcript.area, "lang": transcript.lang});
                let started = post(router, "/api/v1/conversations", "", &stated)
                    .await
                    .unwrap();
                let id = started["id"].as_str().unwrap().parse().unwrap();
                (id, started["token"].as_str().unwrap().to_owned())
            }
        };
        Talk {
            driver: self,
            id,
            token,
            client_ids: 0,
        }
    }

    fn desk(&self) -> &Desk {
        match self {
            Self::Desk(desk) | Self::Api(desk, _) => desk,
        }
    }
}

/// A JSON body posted; the answer's body, or what was said against it.
async fn post(router: &Router, path: &str, token: &str, body: &Value) -> Result<Value, String> {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    if !status.is_success() {
        return Err(format!("{status} {}", String::from_utf8_lossy(&bytes)));
    }
    Ok(serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

impl Talk<'_> {
    /// One new turn.
    pub(super) async fn say(&mut self, said: &Said) -> Value {
        self.client_ids += 1;
        self.send(said).await
    }

    /// The last turn once more, under the same client id.
    pub(super) async fn again(&mut self, said: &Said) -> Value {
        self.send(said).await
    }

    async fn send(&self, said: &Said) -> Value {
        let client_id = format!("turn-{}", self.client_ids);
        match self.driver {
            Driver::Desk(desk) => {
                let input = Input {
                    what: said.clone(),
                    channel: Channel::Web,
                    stated: Stated::default(),
                };
                let reply = desk.turn(&self.id, Some(&client_id), input).await.unwrap();
                serde_json::to_value(reply).unwrap()
            }
            Driver::Api(_, router) => {
                let body = match said {
                    Said::Text(text) => json!({"text": text, "client_id": client_id}),
                    Said::Action(action) => json!({"action": action, "client_id": client_id}),
                    // The API takes sound here, and no test has the weights.
                    Said::Heard(heard) => json!({"text": heard.text, "client_id": client_id}),
                };
                let path = format!("/api/v1/conversations/{}/messages", self.id);
                post(router, &path, &self.token, &body).await.unwrap()
            }
        }
    }

    /// Whether an answer helped.
    pub(super) async fn helpful(&self, receipt: &str, helpful: bool) -> Result<(), String> {
        match self.driver {
            Driver::Desk(desk) => {
                let receipt: ReceiptId = receipt.parse().map_err(|_| "there is no receipt")?;
                let feedback = Feedback {
                    receipt,
                    helpful,
                    comment: None,
                };
                let kept = desk.feedback(&self.id, feedback).await;
                kept.map_err(|e| e.to_string())
            }
            Driver::Api(_, router) => {
                let path = format!("/api/v1/conversations/{}/feedback", self.id);
                let body = json!({"receipt": receipt, "helpful": helpful});
                let kept = post(router, &path, &self.token, &body).await;
                kept.map(|_| ())
            }
        }
    }

    /// An adviser's reply, as `waymark cases reply` writes it.
    pub(super) async fn adviser(&self, text: &str) -> Result<(), String> {
        let desk = self.driver.desk();
        let reply = AdviserReply {
            case: self.case().await?,
            name: "Sam, adviser".to_owned(),
            text: text.to_owned(),
            lang: Lang::english(),
            message: desk.ids().unwrap().message(),
            asks: false,
        };
        let at = desk.clock().now().instant;
        let sent = desk
            .store()
            .reply_to_case(&Caller::everywhere("sam"), reply, at)
            .await;
        sent.map(|_| ()).map_err(|e| e.to_string())
    }

    /// An adviser closes the case.
    pub(super) async fn close(&self, outcome: &str) -> Result<(), String> {
        let desk = self.driver.desk();
        let case = self.case().await?;
        let closed = desk
            .close_case(&Caller::everywhere("sam"), &case, outcome)
            .await;
        closed.map(|_| ()).map_err(|e| e.to_string())
    }

    async fn case(&self) -> Result<CaseReference, String> {
        let cases = self.cases().await;
        let last = cases.last().ok_or("there is no case")?;
        Ok(last.opened.reference.clone())
    }

    async fn cases(&self) -> Vec<Case> {
        let filter = CaseFilter::of_conversation(&self.id);
        let mut cases = self
            .driver
            .desk()
            .store()
            .cases(&Reach::Everywhere, filter)
            .await
            .unwrap();
        // The clock stands still in a transcript: the open one is the later.
        cases.sort_by_key(|c| (c.created, c.closed.is_none()));
        cases
    }

    /// What the store holds now.
    pub(super) async fn kept(&self) -> Kept {
        let desk = self.driver.desk();
        let messages = desk.history(&self.id, 0, 1000).await.unwrap();
        let cases = self.cases().await;
        let mut events = Vec::new();
        for case in &cases {
            for event in desk
                .store()
                .case_events(&case.opened.reference)
                .await
                .unwrap()
            {
                events.push(format!(
                    "{} {}",
                    event.event.kind.as_str(),
                    event.event.detail
                ));
            }
        }
        Kept {
            messages: messages.into_iter().map(|m| m.message.text).collect(),
            cases: cases
                .iter()
                .map(|c| serde_json::to_value(c).unwrap())
                .collect(),
            events,
        }
    }
}
