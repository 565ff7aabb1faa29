//! ESI's own status of its routes (`/meta/status`): a route that ESI calls down is not asked.
//!
//! The dataset `esi_route_status` reads it like any other. A reading counts for a quarter of an hour: if ESI
//! has not answered since, the routes that it called down may work again.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use tracing::info;

use crate::datasets::well_known::ROUTE_STATUS;
use crate::store::{Skip, StoreError};

use crate::sync::{Context, Job};

const OLDEST: TimeDelta = TimeDelta::minutes(15);
/// How far due targets of a down route are postponed: a few readings.
const LATER: TimeDelta = TimeDelta::minutes(2);
const WHY: &str = "ESI says this route is down";

/// Postpones the due targets of a dataset on routes that ESI calls down.
pub(in crate::sync) async fn skip_what_is_down(
    ctx: &Context,
    job: &Job,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // The status route itself is always asked; otherwise nobody would learn that a route is up again.
    if job.dataset.name == ROUTE_STATUS {
        return Ok(());
    }
    let operation = job.dataset.operation();
    match job.dataset.id_list() {
        Some(list) => {
            skip_if_down(ctx, job, &format!("GET {}", list.path), Some(true), now).await?;
            skip_if_down(ctx, job, &operation, Some(false), now).await
        }
        None => skip_if_down(ctx, job, &operation, None, now).await,
    }
}

async fn skip_if_down(
    ctx: &Context,
    job: &Job,
    operation: &str,
    list: Option<bool>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if !is_down(ctx, operation).await? {
        return Ok(());
    }
    let (store, skip) = (&ctx.store, Skip { dataset: job.dataset.name, list });
    let moved = ctx.patiently(|| store.skip(skip, now, now + LATER, WHY).boxed()).await?;
    if moved > 0 {
        info!(dataset = job.dataset.name, operation, targets = moved, "not asked: {WHY}");
    }
    Ok(())
}

async fn is_down(ctx: &Context, operation: &str) -> Result<bool, StoreError> {
    let Some(entry) = ctx.store.target(ROUTE_STATUS, "").await? else { return Ok(false) };
    let Some((method, path)) = operation.split_once(' ') else { return Ok(false) };
    let sql = "SELECT status FROM esi_route_status WHERE method = $1 AND path = $2";
    let rows = ctx.store.query(sql, &[method.into(), path.into()]).await?;
    let status = rows.first().map_or(Ok(None), |row| row.text("status"))?;
    Ok(says_down(status.as_deref(), entry.last_success_at, ctx.clock.now()))
}

/// Whether a reading from `read_at` with this status is a reason not to ask the route.
fn says_down(status: Option<&str>, read_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    status == Some("Down") && read_at.is_some_and(|read_at| now - read_at <= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recent_down_counts() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let read = |minutes| Some(now - TimeDelta::minutes(minutes));
        assert!(says_down(Some("Down"), read(0), now));
        assert!(says_down(Some("Down"), read(15), now));
        assert!(!says_down(Some("Down"), read(16), now), "old news");
        assert!(!says_down(Some("Down"), None, now), "never read");
        for status in ["OK", "Unknown", "Degraded", "Recovering", "down?", ""] {
            assert!(!says_down(Some(status), read(0), now), "{status}");
        }
        assert!(!says_down(None, read(0), now), "a route that is not named");
    }
}
