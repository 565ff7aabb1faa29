//! The game's build: static content changes only with a new build.

use chrono::{DateTime, Days, NaiveTime, Utc};

use crate::store::StoreError;

use crate::sync::Context;

impl Context {
    /// The build of the newest reading in `server_status`; `None` if there is no reading yet.
    pub(in crate::sync) async fn server_version(&self) -> Result<Option<String>, StoreError> {
        let sql = "SELECT server_version FROM server_status ORDER BY observed_at DESC LIMIT 1";
        let rows = self.store.query(sql, &[]).await?;
        rows.first().map_or(Ok(None), |row| row.text("server_version"))
    }
}

/// The next expiry of the daily routes: 11:05 UTC, after the downtime.
pub(in crate::sync) fn next_daily_expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(11, 5, 0).expect("a time of day");
    let today = now.date_naive().and_time(time).and_utc();
    if today > now { today } else { today + Days::new(1) }
}
