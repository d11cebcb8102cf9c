//! News for open pages of the console, as server-sent events: that something has changed since the page was drawn, never what.
//! What never lives here: drawing (the pages ask again and are drawn as always).

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;
use tokio::sync::watch;
use waymark::{
    base::CaseReference,
    casework::{Act, CaseEventKind},
};

use super::{case::reference, session::Staff};
use crate::{app::App, follow::last_seen, trouble::Trouble};

/// How often the log is looked at: also what other processes and nodes write is seen so, within a second.
const LOOK: Duration = Duration::from_millis(500);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A stream ends after so many looks (ten minutes); the browser comes again, and its session is checked again.
const LOOKS: u32 = 1200;

/// Up to where the page knows the log. What happens between its drawing and the stream's beginning is news too.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    after: u64,
}

/// What a stream tells of.
enum About {
    Queue,
    /// One case, and who looks at it: their own doings are no news to them.
    Case(CaseReference, String),
}

struct Follower {
    app: App,
    about: About,
    /// The newest event that the page knows of.
    seen: u64,
    /// The newest event of any case at the last look: while nothing is newer, no case has to be read.
    newest: Option<u64>,
    looks: u32,
    closing: watch::Receiver<bool>,
}

/// `GET /console/queue/live`.
pub(crate) async fn queue(
    State(app): State<App>,
    _: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    follow(app, About::Queue, seen(asked, &headers))
}

/// `GET /console/cases/{reference}/live`.
pub(crate) async fn case(
    State(app): State<App>,
    staff: Staff,
    Path(case): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let reference = reference(&case)?;
    let case = app.desk.store().case(&reference).await?;
    let reach = staff.account.grants.reach(Act::OpenCase);
    case.filter(|c| reach.covers(c.opened.area.as_deref()))
        .ok_or(Trouble::UnknownCase)?;
    let about = About::Case(reference, staff.account.name);
    Ok(follow(app, about, seen(asked, &headers)))
}

fn seen(asked: Result<Query<Asked>, QueryRejection>, headers: &HeaderMap) -> u64 {
    last_seen(headers, asked.map_or(0, |Query(asked)| asked.after))
}

fn follow(app: App, about: About, seen: u64) -> Response {
    let closing = app.closing.clone();
    let follower = Follower {
        app,
        about,
        seen,
        newest: None,
        looks: 0,
        closing,
    };
    let open = Event::default()
        .retry(Duration::from_secs(3))
        .comment("open");
    let events = stream::iter([Ok::<_, Infallible>(open)])
        .chain(stream::unfold(follower, |f| async { f.next().await }));
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    let alive = KeepAlive::new().interval(KEEP_ALIVE);
    (unbuffered, Sse::new(events).keep_alive(alive)).into_response()
}

impl Follower {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        while self.looks < LOOKS {
            self.looks += 1;
            // A passing fault: the next look makes up for it.
            if let Ok((newest, news)) = self.look().await
                && newest > self.seen
            {
                self.seen = newest;
                let event = Event::default().event("changed").data(news);
                return Some((Ok(event.id(newest.to_string())), self));
            }
            tokio::select! {
                _ = self.closing.wait_for(|closing| *closing) => return None,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        None
    }

    /// The newest event that matters here, and what it is.
    async fn look(&mut self) -> Result<(u64, String), Trouble> {
        let store = self.app.desk.store();
        let newest = store.last_case_event().await?;
        if self.newest == Some(newest) {
            return Ok((0, String::new()));
        }
        let looked = match &self.about {
            About::Queue => (newest, "queue".to_owned()),
            About::Case(reference, own) => {
                let events = store.case_events(reference).await?;
                let news = events.iter().rev().find(|e| e.event.actor != *own);
                news.map_or((0, String::new()), |e| {
                    let by = &e.event.actor;
                    let told = match e.event.kind {
                        CaseEventKind::PersonWrote => "The person has written.".to_owned(),
                        CaseEventKind::Read => format!("{by} is looking at this case too."),
                        CaseEventKind::Replied => format!("{by} has replied."),
                        CaseEventKind::Claimed => format!("{by} has claimed this case."),
                        _ => format!("{by} has changed this case."),
                    };
                    (e.seq, told)
                })
            }
        };
        self.newest = Some(newest);
        Ok(looked)
    }
}
