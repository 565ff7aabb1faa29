//! One task that looks after ESI: probes it while it is not there, and writes down in what condition it is, so that a
//! reader of the database sees why everything is stale.

use std::sync::Arc;

use futures_util::FutureExt as _;
use tracing::warn;

use crate::sync::Context;

/// Runs until the context's `stop`. The condition is written when it changes, and once at the start, because what the
/// run before left may be over.
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
                Err(error) => warn!(%error, "the condition of ESI cannot be written"),
            }
        }
        tokio::select! {
            () = ctx.clock.sleep_until(next) => {}
            _ = conditions.changed() => {}
            () = ctx.stop.cancelled() => {}
        }
    }
}
