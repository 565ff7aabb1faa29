//! Categories, groups and types of items, with their dogma.

use crate::declare::{Dataset, IdList, Table, Targets, boolean, int, json, real, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("universe_categories", "/universe/categories/{category_id}")
        .doc("Categories of types: ship, module, blueprint, ...")
        .object()
        .targets(Targets::Listed(IdList::new("/universe/categories")))
        .detail()
        .with_build()
        .size(48, 1, 1)
        .tables(&[Table::new(
            "universe_categories",
            &["category_id"],
            &[int("category_id"), text("name"), boolean("published"), json("groups")],
        )]),
    Dataset::get("universe_groups", "/universe/groups/{group_id}")
        .doc("Groups of types, with their categories.")
        .object()
        .targets(Targets::Listed(IdList::paged("/universe/groups")))
        .detail()
        .with_build()
        .size(1600, 1, 1)
        .tables(&[Table::new(
            "universe_groups",
            &["group_id"],
            &[int("group_id"), text("name"), int("category_id"), boolean("published"), json("types")],
        )
        .indexes(&[&["category_id"]])]),
    Dataset::get("universe_types", "/universe/types/{type_id}")
        .doc("Every type of item, with its volume, group and dogma. One of the largest background fills.")
        .object()
        .targets(Targets::Listed(IdList::paged("/universe/types")))
        .detail()
        .with_build()
        .size(50_000, 1, 25)
        .tables(&[
            Table::new(
                "universe_types",
                &["type_id"],
                &[
                    int("type_id"),
                    text("name"),
                    int("group_id"),
                    int("market_group_id").optional(),
                    boolean("published"),
                    real("volume").optional(),
                    real("packaged_volume").optional(),
                    real("capacity").optional(),
                    real("mass").optional(),
                    real("radius").optional(),
                    int("portion_size").optional(),
                    int("icon_id").optional(),
                    int("graphic_id").optional(),
                    text("description"),
                ],
            )
            .indexes(&[&["group_id"], &["market_group_id"]]),
            Table::new(
                "type_dogma_attributes",
                &["type_id", "attribute_id"],
                &[int("type_id").above(1), int("attribute_id"), real("value")],
            )
            .at("dogma_attributes")
            .doc("The attributes of each type: damage, capacity, slots, ...")
            .optional(),
            Table::new(
                "type_dogma_effects",
                &["type_id", "effect_id"],
                &[int("type_id").above(1), int("effect_id"), boolean("is_default")],
            )
            .at("dogma_effects")
            .doc("The effects of each type.")
            .optional(),
        ]),
];
