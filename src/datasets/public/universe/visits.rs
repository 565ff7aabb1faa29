//! Hourly counts per system. ESI only has the last hour; the tables keep all hours.

use crate::declare::{Dataset, Retention, Table, int, time};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("system_jumps", "/universe/system_jumps")
        .doc("Jumps into each system, hour by hour; systems without jumps are left out.")
        .ttl(3600)
        .retention(Retention::Append)
        .size(1, 1, 4500)
        .tables(&[Table::new(
            "system_jumps",
            &["observed_at", "system_id"],
            &[time("observed_at").observed(), int("system_id"), int("ship_jumps")],
        )]),
    Dataset::get("system_kills", "/universe/system_kills")
        .doc("Ships, pods and NPCs killed in each system, hour by hour.")
        .ttl(3600)
        .retention(Retention::Append)
        .size(1, 1, 2500)
        .tables(&[Table::new(
            "system_kills",
            &["observed_at", "system_id"],
            &[
                time("observed_at").observed(),
                int("system_id"),
                int("ship_kills"),
                int("pod_kills"),
                int("npc_kills"),
            ],
        )]),
];
