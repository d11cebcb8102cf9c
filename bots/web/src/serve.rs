//! Puts the pieces together and listens.
//! What never lives here: which port, which signals (bots/cli).

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, sync::watch};
use waymark::assistant::Desk;

use crate::{app::App, post::Post, routes, settings::Settings};

/// How long requests under way may take to end once the server is to stop.
const GRACE: Duration = Duration::from_secs(10);

/// The web face over one desk.
pub struct Web {
    app: App,
    closing: watch::Sender<bool>,
    beside: Router,
}

impl Web {
    /// Makes it ready; nothing listens yet.
    pub fn new(desk: Desk, settings: Settings) -> Self {
        let (closing, closes) = watch::channel(false);
        Self {
            app: App::new(desk, settings, closes),
            closing,
            beside: Router::new(),
        }
    }

    /// Lets people have letters, by this mail server.
    #[must_use]
    pub fn with_post(self, post: Arc<dyn Post>) -> Self {
        self.app.post.get_or_init(|| post);
        self
    }

    /// Serves another bot's routes beside its own: where a channel delivers its events.
    #[must_use]
    pub fn beside(self, router: Router) -> Self {
        Self {
            beside: self.beside.merge(router),
            ..self
        }
    }

    /// Pages, API and health. Also for tests in process (`tower::ServiceExt::oneshot`).
    pub fn router(&self) -> Router {
        routes::public(&self.app).merge(self.beside.clone())
    }

    /// `/metrics`, for a loopback port of its own.
    pub fn metrics_router(&self) -> Router {
        routes::operators(&self.app)
    }
}

/// Serves until `shutdown` ends; then takes no new connection, ends event streams and lets requests under way finish.
///
/// # Errors
/// When a listener fails.
pub async fn serve(
    web: Web,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let people = web.router();
    let Web { app, closing, .. } = web;
    let over = ended(&closing);
    let people = people.into_make_service_with_connect_info::<SocketAddr>();
    let people = axum::serve(listener, people).with_graceful_shutdown(ended(&closing));
    let operators = {
        let (router, over) = (routes::operators(&app), ended(&closing));
        async move {
            match metrics {
                Some(listener) => {
                    axum::serve(listener, router)
                        .with_graceful_shutdown(over)
                        .await
                }
                None => Ok(()),
            }
        }
    };
    tokio::spawn(async move {
        shutdown.await;
        // Nobody listening any more is as good as told.
        let _ = closing.send(true);
    });
    let both = async { tokio::try_join!(people, operators).map(|_| ()) };
    tokio::select! {
        ended = both => ended,
        () = async { over.await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

fn ended(closing: &watch::Sender<bool>) -> impl Future<Output = ()> + Send + 'static {
    let mut closes = closing.subscribe();
    async move {
        // An error means that the sender is gone: then, too, it is over.
        let _ = closes.wait_for(|closing| *closing).await;
    }
}
