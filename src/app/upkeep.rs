//! Small tasks that run beside the drivers until the context's `stop`.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, error};

use super::systemd;
use crate::esi::{Condition, ConditionState};
use crate::sync::{Context, Outage};

/// How often the state of the limits is saved if no commit saves it.
const BUDGET_CHECK: Duration = Duration::from_secs(5);
/// A process in which no dataset loop has run for this long is stuck and gets no watchdog ping.
const STUCK: Duration = Duration::from_mins(2);
/// How often the database's statistics are refreshed where they are out of date.
const STATISTICS_CHECK: Duration = Duration::from_hours(1);

/// Saves spent tokens regularly, and new pauses at once.
pub async fn keep_budgets(ctx: Arc<Context>) {
    let mut saved = ctx.client.limits().revision();
    loop {
        tokio::select! {
            () = ctx.client.limits().pauses_changed() => {}
            () = tokio::time::sleep(BUDGET_CHECK) => {}
            () = ctx.stop.cancelled() => return,
        }
        let revision = ctx.client.limits().revision();
        if revision == saved {
            continue;
        }
        match ctx.save_budgets().await {
            Ok(()) => saved = revision,
            Err(error) => debug!(%error, "could not save the spent tokens; trying again in {BUDGET_CHECK:?}"),
        }
    }
}

/// Refreshes the statistics of the database's query planner for tables that have grown or shrunk.
pub async fn keep_statistics(ctx: Arc<Context>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(STATISTICS_CHECK) => {}
            () = ctx.stop.cancelled() => return,
        }
        if let Err(error) = ctx.store.gather_statistics().await {
            debug!(%error, "could not refresh the query planner's statistics; trying again in {STATISTICS_CHECK:?}");
        }
    }
}

/// Updates the line that `systemctl status` shows.
pub async fn tell_of_outages(ctx: Arc<Context>, datasets: usize) {
    let (mut outage, mut esi) = (ctx.outage(), ctx.client.conditions());
    loop {
        systemd::status(&line(&outage.borrow_and_update(), &esi.borrow_and_update(), datasets));
        tokio::select! {
            changed = outage.changed() => if changed.is_err() { return },
            changed = esi.changed() => if changed.is_err() { return },
            () = ctx.stop.cancelled() => return,
        }
    }
}

fn line(database: &Outage, esi: &Condition, datasets: usize) -> String {
    match (database.waiting, esi.state) {
        (0, ConditionState::Up) => format!("keeping {datasets} datasets"),
        (0, ConditionState::Downtime | ConditionState::Vip) => {
            format!("live data waits for ESI: {}", esi.reason)
        }
        (0, ConditionState::Outage | ConditionState::ErrorLimited) => {
            format!("waiting for ESI: {}", esi.reason)
        }
        _ => format!("waiting for the database: {}", database.why),
    }
}

/// Sends systemd's watchdog ping as long as dataset loops run.
pub async fn watchdog(ctx: Arc<Context>) {
    let Some(period) = systemd::watchdog_period() else { return };
    let (mut last, mut since) = (0, Instant::now());
    loop {
        tokio::select! {
            () = tokio::time::sleep(period / 2) => {}
            () = ctx.stop.cancelled() => return,
        }
        let turns = ctx.turns.load(Ordering::Relaxed);
        if turns != last {
            (last, since) = (turns, Instant::now());
        }
        if since.elapsed() < STUCK {
            systemd::watchdog_ping();
        } else {
            let seconds = since.elapsed().as_secs();
            error!(seconds, "no dataset loop has run for this long; withholding the systemd watchdog ping");
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_status_line_says_what_everything_waits_for() {
        let (fine, away) = (Outage::default(), Outage { waiting: 1, why: "the disk is full".to_owned() });
        let esi = |state| Condition {
            state,
            since: DateTime::UNIX_EPOCH,
            until: None,
            reason: "nobody answers".to_owned(),
            closed: false,
        };
        assert_eq!(line(&fine, &esi(ConditionState::Up), 60), "keeping 60 datasets");
        assert_eq!(line(&fine, &esi(ConditionState::Outage), 60), "waiting for ESI: nobody answers");
        assert_eq!(
            line(&fine, &esi(ConditionState::Downtime), 60),
            "live data waits for ESI: nobody answers"
        );
        assert_eq!(
            line(&away, &esi(ConditionState::Outage), 60),
            "waiting for the database: the disk is full"
        );
    }
}
