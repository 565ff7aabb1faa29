//! One task that watches ESI: it probes ESI while it is away, and records ESI's condition, so that a reader
//! of the database sees why everything is stale.

use std::sync::Arc;

use futures_util::FutureExt as _;
use tracing::warn;

use crate::sync::Context;

/// Runs until the context's `stop`. It writes the condition when it changes, and once at the start, because
/// the condition that the last run wrote may be over.
pub async fn watch_esi(ctx: Arc<Context>) {
    let mut conditions = ctx.client.conditions();
    let mut written = None;
    while !ctx.stop.is_cancelled() {
        ctx.turned();
        let next = ctx.client.look().await;
        let condition = conditions.borrow_and_update().clone();
        if written.as_ref() != Some(&condition) {
            let (store, condition) = (&ctx.store, &condition);
            match ctx.patiently(|| store.put_esi(condition).boxed()).await {
                Ok(()) => written = Some(condition.clone()),
                Err(_) if ctx.stop.is_cancelled() => return,
                Err(error) => warn!(%error, "cannot write the condition of ESI"),
            }
        }
        tokio::select! {
            () = ctx.clock.sleep_until(next) => {}
            _ = conditions.changed() => {}
            () = ctx.stop.cancelled() => {}
        }
    }
}
