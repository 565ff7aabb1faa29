//! What validators save: the same market read with a validator for every page, and read whole.
//!
//! How much depends on how the changes are spread. The simulator spreads them evenly, which is the worst case: of a
//! thousand orders on a page, one in a hundred changes, and hardly any page stays as it was. So the measurement is
//! made for several shares, and the shares are those of a real market by day, at night, and at rest.

use crate::database::Server;
use crate::report::Report;
use crate::world::World;
use crate::{Fault, MIB, expire, new, ours};

/// Shares of orders that change from version to version, and how they are shown.
const SHARES: [(&str, &str); 4] =
    [("0", "nothing"), ("0.0001", "0.01 %"), ("0.001", "0.1 %"), ("0.01", "1 %")];

/// Reads two versions for each share, one with validators and one without, and compares what that took.
pub async fn saved(
    report: &mut Report,
    kind: &str,
    server: Option<&Server>,
    regions: &[i64],
) -> Result<(), Fault> {
    for (share, shown) in SHARES {
        let world = World::real_size(share)?;
        let db = new(server).await?;
        ours(&world, &db, regions).await?;
        let mut passes = Vec::new();
        for whole in [false, true] {
            world.next_version().await?;
            expire(&db).await?;
            if whole {
                db.execute("DELETE FROM sync_pages").await?;
            }
            let before = world.cost().await?;
            let cost = ours(&world, &db, regions).await?.0;
            let after = world.cost().await?;
            passes.push((after.0 - before.0, after.1 - before.1, cost));
        }
        let [(tokens, bytes, cost), (all_tokens, all_bytes, all_cost)] = passes[..] else {
            return Err("two passes".into());
        };
        let line = |what: &str| format!("{kind}, {shown} changed, read whole / with validators: {what}");
        report.compare(&line("tokens"), "", all_tokens, tokens, None);
        report.compare(&line("bodies"), "MiB", all_bytes / MIB, bytes / MIB, None);
        report.compare(&line("CPU"), "s", all_cost.cpu, cost.cpu, None);
        report.compare(&line("peak memory"), "MiB", all_cost.peak, cost.peak, None);
        db.remove().await?;
    }
    Ok(())
}
