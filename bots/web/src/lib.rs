//! HTTP: the chat page, the JSON API, the adviser console, health and metrics. It asks the `Desk` and draws what comes back.
//! What never lives here: deciding what to say, SQL, the wall clock.

mod address;
mod api;
mod app;
mod assets;
mod body;
mod console;
mod dress;
mod follow;
mod headers;
mod limiter;
mod markdown;
mod metrics;
mod ops;
mod packing;
mod pages;
mod post;
mod reports;
mod routes;
mod serve;
mod settings;
mod specimens;
mod taps;
mod theme;
mod trouble;

pub use console::{
    Access, SealError, console_routes, seal_second_factors, second_factors_resealed,
};
pub use post::{Post, Unsent};
pub use reports::{
    BadFormat, Entry, Format as ReportFormat, Line, ReportTold, Sheet, Time, dictionary,
    tell as report,
};
pub use routes::machine_routes;
pub use serve::{Web, serve};
pub use settings::{ChatApp, ConsoleSettings, Settings, SingleSignOnSettings, Statement};
pub use specimens::specimens;
pub use theme::{Colours, Logo, Theme};
