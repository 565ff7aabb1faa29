//! Tag *Status*.

use crate::declare::{Dataset, Retention, Table, boolean, int, text, time};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[Dataset::get("server_status", "/status")
    .doc("Players online and the game's build, a row a minute. ESI only has the current values; the table keeps all.")
    .group("status", 600)
    .ttl(30)
    .every(60)
    .object()
    .retention(Retention::Append)
    .tables(&[Table::new(
        "server_status",
        &["observed_at"],
        &[
            time("observed_at").observed(),
            int("players"),
            text("server_version"),
            time("start_time"),
            boolean("vip"),
        ],
    )])];
