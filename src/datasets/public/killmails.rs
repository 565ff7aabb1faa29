//! Tag *Killmails*.

use crate::declare::{Dataset, IdColumns, Retention, Table, TableIds, Targets, boolean, int, real, time};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[Dataset::get(
    "killmails",
    "/killmails/{killmail_id}/{killmail_hash}",
)
.doc("Killmails of wars, and those you list under `ids` as \"id/hash\". Each is asked once, because killmails never change.")
.group("killmail", 3600)
.ttl(2_592_000)
.object()
.targets(Targets::FromTables(TableIds::of(&[IdColumns::of(
    "war_killmail_refs",
    &["killmail_id", "killmail_hash"],
)])))
.detail()
.opt_in()
.once()
.retention(Retention::Upsert)
.size(20_000, 1, 20)
.tables(TABLES)];

static TABLES: &[Table] = &[
    Table::new(
        "killmails",
        &["killmail_id"],
        &[
            int("killmail_id"),
            time("killmail_time"),
            int("solar_system_id").named(),
            int("moon_id").optional(),
            int("war_id").optional(),
            int("victim_character_id").from("victim.character_id").optional().named(),
            int("victim_corporation_id").from("victim.corporation_id").optional().named(),
            int("victim_alliance_id").from("victim.alliance_id").optional().named(),
            int("victim_faction_id").from("victim.faction_id").optional().named(),
            int("victim_ship_type_id").from("victim.ship_type_id").named(),
            int("victim_damage_taken").from("victim.damage_taken"),
            real("victim_position_x").from("victim.position.x").optional(),
            real("victim_position_y").from("victim.position.y").optional(),
            real("victim_position_z").from("victim.position.z").optional(),
        ],
    )
    .indexes(&[&["killmail_time"], &["war_id"], &["solar_system_id"], &["victim_ship_type_id"]]),
    Table::new(
        "killmail_attackers",
        &["killmail_id", "ordinal"],
        &[
            int("killmail_id").above(1),
            int("ordinal").ordinal(),
            int("character_id").optional().named(),
            int("corporation_id").optional().named(),
            int("alliance_id").optional().named(),
            int("faction_id").optional().named(),
            int("ship_type_id").optional().named(),
            int("weapon_type_id").optional().named(),
            int("damage_done"),
            boolean("final_blow"),
            real("security_status"),
        ],
    )
    .doc("The attackers of each kill, with their ships and weapons.")
    .at("attackers"),
    Table::new(
        "killmail_items",
        &["killmail_id", "ordinal"],
        &[
            int("killmail_id").above(1),
            int("ordinal").ordinal(),
            int("item_type_id").named(),
            int("flag"),
            int("quantity_dropped").optional(),
            int("quantity_destroyed").optional(),
            int("singleton"),
        ],
    )
    .doc("The items that the victim had fitted or carried, destroyed or dropped.")
    .at("victim/items")
    .optional(),
    Table::new(
        "killmail_item_contents",
        &["killmail_id", "item_ordinal", "ordinal"],
        &[
            int("killmail_id").above(2),
            int("item_ordinal").ordinal_above(1),
            int("ordinal").ordinal(),
            int("item_type_id").named(),
            int("flag"),
            int("quantity_dropped").optional(),
            int("quantity_destroyed").optional(),
            int("singleton"),
        ],
    )
    .doc("The contents of containers among the victim's items.")
    .at("victim/items.items")
    .optional(),
];
