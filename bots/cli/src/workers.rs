//! What runs beside the pages in `waymark serve`: waking cases, alerting staff, deleting by age.
//! What never lives here: when and what (casework), how it is sent (alerts.rs).

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use jiff::civil::Date;
use waymark::{assistant::Desk, base::Lang, casework::Retained, config::Config};

use crate::{alerts::Sender, backup::Ledger};

/// How often cases are looked at.
const CASES: Duration = Duration::from_secs(20);
/// How often erasures are listed for older backups.
const ERASURES: Duration = Duration::from_secs(2);
/// How often it is asked whether today's retention has run.
const RETENTION: Duration = Duration::from_secs(600);

/// Starts the workers. They end with the process: whatever they do is whole at every moment.
///
/// # Errors
/// When alerts are configured and cannot be sent so.
pub(crate) async fn start(desk: &Desk, config: &Config) -> Result<()> {
    let sender = Arc::new(Sender::new(config)?);
    // Before anybody is served: a database that was put back holds whoever was erased since.
    let mut erasures = Ledger::of(config);
    list(desk, &mut erasures).await;
    tokio::spawn(cases(desk.clone(), config.clone(), sender));
    tokio::spawn(retention(desk.clone(), config.clone()));
    tokio::spawn(ledger(desk.clone(), erasures));
    Ok(())
}

/// Cases that were put aside come back; staff are alerted.
async fn cases(desk: Desk, config: Config, sender: Arc<Sender>) {
    let mut tick = tokio::time::interval(CASES);
    loop {
        tick.tick().await;
        let now = desk.clock().now().instant;
        if let Err(error) = desk.store().wake_cases(now).await {
            tracing::warn!(%error, "cases that were put aside could not be woken");
        }
        if let Err(error) = alert(&desk, &config, &sender).await {
            tracing::error!("alerts cannot be decided: {error:#}");
        }
        if config.mail.replies
            && let Err(error) = tell(&desk, &config, &sender).await
        {
            tracing::error!("people cannot be told that a reply waits: {error:#}");
        }
    }
}

/// Decides, then sends what waits. What was sent is marked at once: a crash between the two may send one alert a second time, under
/// the same name; none is lost.
async fn alert(desk: &Desk, config: &Config, sender: &Arc<Sender>) -> Result<()> {
    let (store, ways) = (desk.store(), config.alerts.ways());
    let now = desk.clock().now().instant;
    let rules = config.alerts.rules(desk.staffing().duty_adviser);
    store.decide_alerts(&rules, &ways, now).await?;
    for alert in store.alerts_to_send(now).await? {
        let (one, sender) = (alert.clone(), sender.clone());
        let sent = tokio::task::spawn_blocking(move || sender.send(&one, now)).await?;
        let now = desk.clock().now().instant;
        match sent {
            Ok(()) => {
                tracing::info!(case = %alert.case, why = ?alert.why, way = ?alert.way, "staff alerted");
                store.alert_sent(&alert, now).await?;
            }
            Err(error) => {
                tracing::error!(case = %alert.case, why = ?alert.why, way = ?alert.way, "staff not alerted: {error:#}");
                store.alert_failed(&alert, now).await?;
            }
        }
    }
    Ok(())
}

/// Tells people that a reply waits: a link back, no word of it. What cannot be sent comes back into the case.
async fn tell(desk: &Desk, config: &Config, sender: &Arc<Sender>) -> Result<()> {
    let (store, library) = (desk.store(), desk.library());
    for mail in store.reply_mails_due(desk.clock().now().instant).await? {
        let link = desk.give_return_link(&mail.conversation).await?;
        let address = config.console.address.trim_end_matches('/');
        let link = format!("{address}/return/{}", link.reveal());
        let holes = [
            ("service", config.service.name.as_str()),
            ("link", link.as_str()),
        ];
        let say = |id| library.messages.say(&mail.lang, id, &holes);
        let (subject, body) = (say("reply_mail_subject"), say("reply_mail_body"));
        let (to, sender) = (mail.email.clone(), sender.clone());
        let sent = tokio::task::spawn_blocking(move || sender.tell(&to, &subject, &body)).await?;
        let now = desk.clock().now().instant;
        let Err(untold) = sent else {
            store.reply_mail_told(&mail.conversation, now).await?;
            continue;
        };
        tracing::warn!(
            tries = mail.tries,
            "a person was not told that a reply waits: {}",
            untold.why
        );
        if let Some(again) = mail.again(now).filter(|_| !untold.for_ever) {
            store.reply_mail_failed(&mail.conversation, again).await?;
            continue;
        }
        let why = library
            .messages
            .say(&Lang::english(), "reply_mail_failed", &[]);
        let note = desk.note_id()?;
        store
            .delivery_failed(&mail.message, note, &why, now)
            .await?;
        store.reply_mail_told(&mail.conversation, now).await?;
    }
    Ok(())
}

/// What was erased is listed outside the database.
async fn ledger(desk: Desk, mut ledger: Ledger) {
    let mut tick = tokio::time::interval(ERASURES);
    loop {
        tick.tick().await;
        list(&desk, &mut ledger).await;
    }
}

async fn list(desk: &Desk, ledger: &mut Ledger) {
    if let Err(error) = ledger.keep(desk.store()).await {
        tracing::error!("erasures could not be listed; tried again: {error:#}");
    }
}

/// Once a day, and soon after the start.
async fn retention(desk: Desk, config: Config) {
    let mut tick = tokio::time::interval(RETENTION);
    let mut done: Option<Date> = None;
    loop {
        tick.tick().await;
        let now = desk.clock().now();
        if done == Some(now.today) {
            continue;
        }
        let cut = config.retention.rules().cut_off(now.instant);
        match desk.store().run_retention(cut, false, now.instant).await {
            Ok(went) => {
                done = Some(now.today);
                report(&went);
            }
            Err(error) => {
                tracing::error!(%error, "what is past its time could not be deleted; tried again")
            }
        }
    }
}

fn report(went: &Retained) {
    tracing::info!(
        conversations = went.conversations,
        cases = went.cases,
        events = went.events,
        staff_events = went.staff_events,
        "deleted by age"
    );
}
