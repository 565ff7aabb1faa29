//! Tag *Faction Warfare*: the systems, and the daily statistics.
//!
//! ESI replaces the statistics every day; the tables keep them by date as a history.

use crate::declare::{Dataset, Retention, Table, date, int, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("fw_systems", "/fw/systems")
        .doc("The systems of faction warfare: who holds each, and how contested it is.")
        .group("factional-warfare", 150)
        .ttl(1800)
        .size(1, 1, 180)
        .tables(&[Table::new(
            "fw_systems",
            &["solar_system_id"],
            &[
                int("solar_system_id").named(),
                int("owner_faction_id").named(),
                int("occupier_faction_id").named(),
                text("contested"),
                int("victory_points"),
                int("victory_points_threshold"),
            ],
        )]),
    Dataset::get("fw_wars", "/fw/wars")
        .doc("Which factions are at war with each other.")
        .group("factional-warfare", 150)
        .size(1, 1, 8)
        .tables(&[Table::new(
            "fw_wars",
            &["faction_id", "against_id"],
            &[int("faction_id").named(), int("against_id").named()],
        )]),
    Dataset::get("fw_faction_stats", "/fw/stats")
        .doc("Pilots, systems, kills and victory points of each faction at war, day by day.")
        .group("factional-warfare", 150)
        .retention(Retention::Append)
        .size(1, 1, 6)
        .tables(&[Table::new(
            "fw_faction_stats",
            &["date", "faction_id"],
            &[
                date("date").observed(),
                int("faction_id").named(),
                int("pilots"),
                int("systems_controlled"),
                int("kills_yesterday").from("kills.yesterday"),
                int("kills_last_week").from("kills.last_week"),
                int("kills_total").from("kills.total"),
                int("victory_points_yesterday").from("victory_points.yesterday"),
                int("victory_points_last_week").from("victory_points.last_week"),
                int("victory_points_total").from("victory_points.total"),
            ],
        )]),
    Dataset::get("fw_leaderboard_factions", "/fw/leaderboards")
        .doc(
            "Factions by kills and by victory points: of yesterday, of the last week and in total, day by day.",
        )
        .group("factional-warfare", 150)
        .object()
        .retention(Retention::Append)
        .size(1, 1, 24)
        .tables(&[Table::new(
            "fw_leaderboard_factions",
            &["date", "metric", "period", "rank"],
            &[
                date("date").observed(),
                text("metric").key(0),
                text("period").key(1),
                int("rank").ordinal(),
                int("faction_id").optional().named(),
                int("amount").optional(),
            ],
        )
        .at("*/*")]),
    Dataset::get("fw_leaderboard_corporations", "/fw/leaderboards/corporations")
        .doc("The ten best corporations of faction warfare, by kills and by victory points, day by day.")
        .group("factional-warfare", 150)
        .object()
        .retention(Retention::Append)
        .size(1, 1, 60)
        .tables(&[Table::new(
            "fw_leaderboard_corporations",
            &["date", "metric", "period", "rank"],
            &[
                date("date").observed(),
                text("metric").key(0),
                text("period").key(1),
                int("rank").ordinal(),
                int("corporation_id").optional().named(),
                int("amount").optional(),
            ],
        )
        .at("*/*")]),
    Dataset::get("fw_leaderboard_characters", "/fw/leaderboards/characters")
        .doc("The hundred best pilots of faction warfare, by kills and by victory points, day by day.")
        .group("factional-warfare", 150)
        .object()
        .retention(Retention::Append)
        .size(1, 1, 600)
        .tables(&[Table::new(
            "fw_leaderboard_characters",
            &["date", "metric", "period", "rank"],
            &[
                date("date").observed(),
                text("metric").key(0),
                text("period").key(1),
                int("rank").ordinal(),
                int("character_id").optional().named(),
                int("amount").optional(),
            ],
        )
        .at("*/*")]),
];
