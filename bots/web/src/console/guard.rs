//! Stands before every console route: same site, signed in, allowed, and lately proved where the act is sensitive.
//! What never lives here: which route needs what (routes.rs), the matrix itself (casework).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::Serialize;
use waymark::casework::Act;

use super::session::{Staff, staff};
use crate::{app::App, trouble::Trouble};

/// Who may come in by a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Access {
    /// Anyone: signing in.
    Anyone,
    /// Whoever is signed in.
    Staff,
    /// Whoever is signed in and has shown lately who they are.
    StaffAgain,
    /// Whoever may do this.
    May(Act),
    /// Whoever may do this and has shown lately who they are.
    MayAgain(Act),
}

impl Access {
    /// The act that has to be allowed, if any.
    pub fn act(self) -> Option<Act> {
        match self {
            Self::May(act) | Self::MayAgain(act) => Some(act),
            Self::Anyone | Self::Staff | Self::StaffAgain => None,
        }
    }

    /// Whether a recent proof is asked for.
    pub fn again(self) -> bool {
        matches!(self, Self::StaffAgain | Self::MayAgain(_))
    }
}

/// Lets a request through or says why not.
pub(crate) async fn guard(
    State((app, access)): State<(App, Access)>,
    request: Request,
    next: Next,
) -> Response {
    // Its body is nobody's business here, and must not be held while we wait.
    let (mut head, body) = request.into_parts();
    match admit(&app, access, &head).await {
        Ok(Admitted::In(staff)) => {
            if let Some(staff) = staff {
                head.extensions.insert(*staff);
            }
            next.run(Request::from_parts(head, body)).await
        }
        Ok(Admitted::Elsewhere(to)) => Redirect::to(&to).into_response(),
        Err(trouble) => trouble.into_response(),
    }
}

enum Admitted {
    In(Option<Box<Staff>>),
    Elsewhere(String),
}

async fn admit(app: &App, access: Access, request: &Parts) -> Result<Admitted, Trouble> {
    let reads = request.method == Method::GET;
    if !reads && !same_site(&request.headers) {
        return Err(Trouble::OtherSite);
    }
    let staff = staff(app, &request.headers).await?;
    let path = request.uri.path();
    // After a form there is nothing to come back to but the console.
    let onward = match reads {
        true => path,
        false => "/console",
    };
    let Some(staff) = staff else {
        return Ok(match access {
            Access::Anyone => Admitted::In(None),
            _ => Admitted::Elsewhere(format!("/console/sign-in?onward={onward}")),
        });
    };
    if access
        .act()
        .is_some_and(|act| !staff.account.grants.may(act))
    {
        return Err(Trouble::NotAllowed);
    }
    let now = app.desk.clock().now().instant;
    let age = now.duration_since(staff.session.proved).as_secs();
    let lasts = i64::try_from(app.settings.console.proof.as_secs()).unwrap_or(i64::MAX);
    if access.again() && age >= lasts {
        return Ok(Admitted::Elsewhere(format!(
            "/console/prove?onward={onward}"
        )));
    }
    Ok(Admitted::In(Some(Box::new(staff))))
}

/// Whether the browser says that the form came from this very site. One that says nothing is no browser of today.
fn same_site(headers: &HeaderMap) -> bool {
    let get = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let from_here = |origin: &str| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_some() && host == get("host")
    };
    match (get("sec-fetch-site"), get("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => from_here(origin),
        (None, None) => false,
    }
}

/// Where to go on to: a page of the console and nothing else.
pub(crate) fn onward(asked: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    let ours = asked == "/console" || asked.starts_with("/console/");
    match ours && asked.chars().all(plain) && !asked.contains("..") {
        true => asked,
        false => "/console",
    }
}

#[cfg(test)]
mod tests {
    use super::onward;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(
            onward("/console/cases/WM-7Q4K2D"),
            "/console/cases/WM-7Q4K2D"
        );
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/console@evil",
            "/console/../",
            "/console/%2f",
            "/console/\\evil",
            "/consoles",
            "/console/a?b=c",
            "/console/\r\nx",
        ] {
            assert_eq!(onward(bad), "/console", "{bad}");
        }
    }
}
