//! The store's verbs of alerts: decide what staff are told, hand out what is to be sent, mark what was.
//! What never lives here: SQL, when to alert (casework::alerts), sending (bots).

use jiff::Timestamp;

use super::{Store, error::Result, sql::alerts};
use crate::casework::{Alert, AlertRules, AlertWay};

impl Store {
    /// Decides what staff are told now, in each of `ways`; each (case, reason, step) once, whatever restarts in between. Logged
    /// on the case. Says how many were decided.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn decide_alerts(
        &self,
        rules: &AlertRules,
        ways: &[AlertWay],
        now: Timestamp,
    ) -> Result<usize> {
        let (rules, ways) = (rules.clone(), ways.to_vec());
        self.write(move |w| alerts::decide(w.db, &rules, &ways, now))
            .await
    }

    /// What is to be sent now, at most 100. What somebody has seen to meanwhile is done with and not among it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn alerts_to_send(&self, now: Timestamp) -> Result<Vec<Alert>> {
        self.write(move |w| alerts::to_send(w.db, now)).await
    }

    /// It was sent: never again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn alert_sent(&self, alert: &Alert, at: Timestamp) -> Result<()> {
        let alert = alert.clone();
        self.write(move |w| alerts::sent(w.db, &alert, at)).await
    }

    /// It could not be sent: again after a minute, then two, four, at most an hour.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn alert_failed(&self, alert: &Alert, at: Timestamp) -> Result<()> {
        let alert = alert.clone();
        self.write(move |w| alerts::failed(w.db, &alert, at)).await
    }
}
