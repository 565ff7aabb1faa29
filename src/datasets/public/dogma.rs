//! Tag *Dogma*: the attributes and effects of types, and items with attributes of their own.

use crate::declare::{
    Dataset, IdColumns, IdList, Retention, RowCondition, Table, TableIds, Targets, boolean, int, real, text,
};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("dogma_attributes", "/dogma/attributes/{attribute_id}")
        .doc("The attributes that types can have: name, unit, and whether a higher value is better.")
        .object()
        .targets(Targets::Listed(IdList::new("/dogma/attributes")))
        .detail()
        .with_build()
        .size(2_800, 1, 1)
        .tables(&[Table::new(
            "dogma_attributes",
            &["attribute_id"],
            &[
                int("attribute_id"),
                text("name").optional(),
                text("display_name").optional(),
                text("description").optional(),
                int("unit_id").optional(),
                real("default_value").optional(),
                boolean("high_is_good").optional(),
                boolean("stackable").optional(),
                boolean("published").optional(),
                int("icon_id").optional(),
            ],
        )]),
    Dataset::get("dogma_effects", "/dogma/effects/{effect_id}")
        .doc("The effects that types can have, and the attributes that they modify.")
        .object()
        .targets(Targets::Listed(IdList::new("/dogma/effects")))
        .detail()
        .with_build()
        .size(3_300, 1, 3)
        .tables(&[
            Table::new(
                "dogma_effects",
                &["effect_id"],
                &[
                    int("effect_id"),
                    text("name").optional(),
                    text("display_name").optional(),
                    text("description").optional(),
                    int("effect_category").optional(),
                    boolean("published").optional(),
                    boolean("is_offensive").optional(),
                    boolean("is_assistance").optional(),
                    boolean("is_warp_safe").optional(),
                    boolean("disallow_auto_repeat").optional(),
                    boolean("electronic_chance").optional(),
                    boolean("range_chance").optional(),
                    int("duration_attribute_id").optional(),
                    int("discharge_attribute_id").optional(),
                    int("range_attribute_id").optional(),
                    int("falloff_attribute_id").optional(),
                    int("tracking_speed_attribute_id").optional(),
                    int("pre_expression").optional(),
                    int("post_expression").optional(),
                    int("icon_id").optional(),
                ],
            ),
            Table::new(
                "dogma_effect_modifiers",
                &["effect_id", "ordinal"],
                &[
                    int("effect_id").above(1),
                    int("ordinal").ordinal(),
                    text("func"),
                    text("domain").optional(),
                    int("operator").optional(),
                    int("modified_attribute_id").optional(),
                    int("modifying_attribute_id").optional(),
                    int("modified_effect_id").from("effect_id").optional(),
                ],
            )
            .doc("The changes that each effect makes to attributes.")
            .at("modifiers")
.optional(),
        ]),
    Dataset::get("dynamic_items", "/dogma/dynamic/items/{type_id}/{item_id}")
        .doc("Mutated (abyssal) items in public contracts, with the attributes of each item. Each is asked once.")
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("public_contract_items", &["type_id", "item_id"])
            .only(&[RowCondition::Among(
                "type_id",
                ("entity_names", "id"),
                &[RowCondition::Is("category", &["inventory_type"]), RowCondition::Contains("name", "Abyssal")],
            )])])))
        .detail()
        .once()
        .retention(Retention::Upsert)
        .size(3_000, 1, 40)
        .tables(&[
            Table::new(
                "dynamic_items",
                &["item_id"],
                &[
                    int("item_id").param(),
                    int("type_id").param(),
                    int("source_type_id").named(),
                    int("mutator_type_id").named(),
                    int("created_by").named(),
                ],
            )
            .indexes(&[&["type_id"]]),
            Table::new(
                "dynamic_item_attributes",
                &["item_id", "attribute_id"],
                &[int("item_id").param(), int("attribute_id"), real("value")],
            )
            .doc("The attributes of each mutated item.")
            .at("dogma_attributes"),
            Table::new(
                "dynamic_item_effects",
                &["item_id", "effect_id"],
                &[int("item_id").param(), int("effect_id"), boolean("is_default")],
            )
            .doc("The effects of each mutated item.")
            .at("dogma_effects"),
        ]),
];
