//! A database that somebody else has filled.

use super::{Exit, Failure};
use crate::app::supervisor::location;
use crate::config::Config;
use crate::store::Store;

/// Opens it for reading; where there is none, or nothing in it yet, says what creates it.
pub(super) async fn existing(config: &Config) -> Result<Store, Failure> {
    let store = Store::open_to_read(&location(config)).await?;
    let version = store.schema_version().await;
    if version.as_ref().is_ok_and(|version| *version > 0) {
        return Ok(store);
    }
    store.close().await;
    version?;
    let why = "the database has no tables yet: `esi-syncd` or `esi-syncd sync` creates them";
    Err(Failure::new(Exit::Failed, why))
}
