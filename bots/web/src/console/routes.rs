//! Every address of the console, each with who may come in: one table, which a test walks with every role.
//! What never lives here: handlers, the check itself (guard.rs).

use axum::{
    middleware,
    routing::{MethodRouter, get, post},
};
use waymark::casework::Act;

use super::{
    account, accounts, acts, case, copy, deciding, enquiry, gaps,
    guard::{Access, guard},
    invitation, live, log, prove, queue, reply, reports, requests, saved, sign_in, standing,
};
use crate::app::App;

type Route = (&'static str, &'static str, Access, MethodRouter<App>);

const GET: &str = "get";
const POST: &str = "post";

fn table() -> Vec<Route> {
    let mut all = doors();
    all.extend(own());
    all.extend(cases());
    all.extend(rights());
    all.extend(content());
    all.extend(keeping());
    all
}

/// Coming in and going out.
fn doors() -> Vec<Route> {
    use Access::{Anyone, Staff};
    const SIGN_IN: &str = "/console/sign-in";
    const INVITED: &str = "/console/invitation/{token}";
    const PROVE: &str = "/console/prove";
    vec![
        ("/console", GET, Staff, get(sign_in::landing)),
        (SIGN_IN, GET, Anyone, get(sign_in::show)),
        (SIGN_IN, POST, Anyone, post(sign_in::submit)),
        (
            "/console/sign-in/elsewhere",
            GET,
            Anyone,
            get(sign_in::elsewhere),
        ),
        ("/console/sign-in/back", GET, Anyone, get(sign_in::back)),
        ("/console/sign-out", POST, Staff, post(sign_in::out)),
        (INVITED, GET, Anyone, get(invitation::show)),
        (INVITED, POST, Anyone, post(invitation::submit)),
        (PROVE, GET, Staff, get(prove::show)),
        (PROVE, POST, Staff, post(prove::submit)),
    ]
}

/// One's own account.
fn own() -> Vec<Route> {
    use Access::{Staff, StaffAgain};
    const PASSWORD: &str = "/console/account/password";
    const FACTOR: &str = "/console/account/second-factor";
    vec![
        ("/console/account", GET, Staff, get(account::show)),
        (
            "/console/account/sessions/end",
            POST,
            Staff,
            post(account::end),
        ),
        (
            "/console/account/sessions/end-others",
            POST,
            Staff,
            post(account::end_others),
        ),
        (PASSWORD, GET, StaffAgain, get(account::password)),
        (PASSWORD, POST, StaffAgain, post(account::change_password)),
        (FACTOR, GET, StaffAgain, get(account::second_factor)),
        (
            FACTOR,
            POST,
            StaffAgain,
            post(account::change_second_factor),
        ),
    ]
}

/// The queue and its cases.
fn cases() -> Vec<Route> {
    const QUEUE: Access = Access::May(Act::SeeQueue);
    const OPEN: Access = Access::May(Act::OpenCase);
    const WORK: Access = Access::May(Act::WorkCase);
    const ONE: &str = "/console/cases/{reference}";
    vec![
        ("/console/queue", GET, QUEUE, get(queue::show)),
        ("/console/queue/live", GET, QUEUE, get(live::queue)),
        ("/console/cases/new", GET, WORK, get(enquiry::show)),
        ("/console/cases/new", POST, WORK, post(enquiry::log)),
        (ONE, GET, OPEN, get(case::show)),
        (
            "/console/cases/{reference}/live",
            GET,
            OPEN,
            get(live::case),
        ),
        (
            "/console/cases/{reference}/act",
            POST,
            WORK,
            post(acts::act),
        ),
        (
            "/console/cases/{reference}/reply",
            POST,
            WORK,
            post(reply::submit),
        ),
        (
            "/console/cases/{reference}/draft",
            POST,
            WORK,
            post(reply::draft),
        ),
        (
            "/console/cases/{reference}/reject",
            POST,
            WORK,
            post(reply::reject),
        ),
    ]
}

/// What people ask about their own data.
fn rights() -> Vec<Route> {
    const SEE: Access = Access::May(Act::DecidePersonalData);
    const DECIDE: Access = Access::MayAgain(Act::DecidePersonalData);
    const ONE: &str = "/console/requests/{reference}";
    vec![
        ("/console/requests", GET, SEE, get(requests::list)),
        (ONE, GET, DECIDE, get(requests::show)),
        (ONE, POST, DECIDE, post(deciding::submit)),
        (
            "/console/requests/{reference}/copy/{form}",
            GET,
            DECIDE,
            get(copy::show),
        ),
    ]
}

/// What advisers give back to the content, and figures.
fn content() -> Vec<Route> {
    const SAVED: Access = Access::May(Act::KeepSavedReplies);
    const GAPS: Access = Access::May(Act::SeeGaps);
    const FIGURES: Access = Access::May(Act::SeeReports);
    vec![
        ("/console/replies", GET, SAVED, get(saved::show)),
        ("/console/replies", POST, SAVED, post(saved::save)),
        (
            "/console/replies/{id}/delete",
            POST,
            SAVED,
            post(saved::delete),
        ),
        ("/console/gaps", GET, GAPS, get(gaps::show)),
        ("/console/gaps/export", GET, GAPS, get(gaps::export)),
        ("/console/gaps/{id}/done", POST, GAPS, post(gaps::done)),
        ("/console/standing", GET, FIGURES, get(standing::show)),
        ("/console/reports", GET, FIGURES, get(reports::show)),
        ("/console/reports/file", GET, FIGURES, get(reports::file)),
        (
            "/console/reports/dictionary",
            GET,
            FIGURES,
            get(reports::meanings),
        ),
    ]
}

/// Other people's accounts, and the log.
fn keeping() -> Vec<Route> {
    const KEEP: Access = Access::MayAgain(Act::KeepAccounts);
    const ONE: &str = "/console/accounts/{name}";
    vec![
        ("/console/accounts", GET, KEEP, get(accounts::list)),
        ("/console/accounts", POST, KEEP, post(accounts::add)),
        (ONE, GET, KEEP, get(accounts::show)),
        (ONE, POST, KEEP, post(accounts::change)),
        (
            "/console/accounts/{name}/reset",
            POST,
            KEEP,
            post(accounts::reset),
        ),
        (
            "/console/accounts/{name}/disable",
            POST,
            KEEP,
            post(accounts::disable),
        ),
        (
            "/console/log",
            GET,
            Access::May(Act::ReadLog),
            get(log::show),
        ),
    ]
}

/// Method, path and who may come in, of every route of the console.
pub fn console_routes() -> Vec<(&'static str, &'static str, Access)> {
    let routes = table().into_iter();
    routes
        .map(|(path, method, access, _)| (method, path, access))
        .collect()
}

/// Each behind its guard.
pub(crate) fn routes(app: &App) -> impl Iterator<Item = (&'static str, MethodRouter<App>)> {
    table().into_iter().map(move |(path, _, access, handler)| {
        let gate = middleware::from_fn_with_state((app.clone(), access), guard);
        (path, handler.route_layer(gate))
    })
}
