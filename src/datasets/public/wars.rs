//! Tag *Wars*.

use crate::declare::{
    Dataset, Gone, IdColumns, IdList, Retention, Table, TableIds, Targets, boolean, int, real, text, time,
};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("wars", "/wars/{war_id}")
        .doc("The newest 2,000 wars and all later ones, asked until they end; `backfill = true` adds all earlier wars.")
        .group("killmail", 3600)
        .ttl(3600)
        .object()
        .targets(Targets::Listed(IdList::walked("/wars", "max_war_id")))
        .detail()
        .until("finished")
        .size(2_000, 1, 2)
        .tables(&[
            Table::new(
                "wars",
                &["war_id"],
                &[
                    int("war_id").from("id"),
                    time("declared"),
                    time("started").optional(),
                    time("finished").optional(),
                    time("retracted").optional(),
                    boolean("mutual"),
                    boolean("open_for_allies"),
                    int("aggressor_alliance_id").from("aggressor.alliance_id").optional().named(),
                    int("aggressor_corporation_id").from("aggressor.corporation_id").optional().named(),
                    real("aggressor_isk_destroyed").from("aggressor.isk_destroyed"),
                    int("aggressor_ships_killed").from("aggressor.ships_killed"),
                    int("defender_alliance_id").from("defender.alliance_id").optional().named(),
                    int("defender_corporation_id").from("defender.corporation_id").optional().named(),
                    real("defender_isk_destroyed").from("defender.isk_destroyed"),
                    int("defender_ships_killed").from("defender.ships_killed"),
                ],
            )
            .indexes(&[&["finished"]]),
            Table::new(
                "war_allies",
                &["war_id", "ordinal"],
                &[
                    int("war_id").above(1).from("id"),
                    int("ordinal").ordinal(),
                    int("alliance_id").optional().named(),
                    int("corporation_id").optional().named(),
                ],
            )
            .doc("The allies of the defender in each war.")
            .at("allies")
.optional(),
        ]),
    Dataset::get("war_killmail_refs", "/wars/{war_id}/killmails")
        .doc("Ids and hashes of the kills in wars that are running or ended less than a week ago; `killmails` reads them.")
        .group("killmail", 3600)
        .ttl(3600)
        .paged()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("wars", &["war_id"]).open("finished")]).gone(Gone::LastLook)))
        .detail()
        .opt_in()
        .retention(Retention::Append)
        .size(800, 1, 30)
        .tables(&[Table::new(
            "war_killmail_refs",
            &["war_id", "killmail_id"],
            &[int("war_id").param(), int("killmail_id"), text("killmail_hash")],
        )]),
];
