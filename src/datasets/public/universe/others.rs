//! Public structures, graphics, and the schematics of planetary factories.

use crate::declare::{Dataset, IdList, Table, TableIds, Targets, int, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("public_structures", "/universe/structures")
        .doc("Ids of public player structures. ESI gives their names only to characters with access.")
        .ttl(3600)
        .size(1, 1, 1_000)
        .tables(&[Table::new("public_structures", &["structure_id"], &[int("structure_id").element()])]),
    Dataset::get("universe_graphics", "/universe/graphics/{graphic_id}")
        .doc("The files of the game client's graphics.")
        .object()
        .targets(Targets::Listed(IdList::new("/universe/graphics")))
        .detail()
        .with_build()
        .opt_in()
        .size(6_000, 1, 1)
        .tables(&[Table::new(
            "universe_graphics",
            &["graphic_id"],
            &[
                int("graphic_id"),
                text("graphic_file").optional(),
                text("collision_file").optional(),
                text("icon_folder").optional(),
                text("sof_dna").optional(),
                text("sof_fation_name").optional(),
                text("sof_hull_name").optional(),
                text("sof_race_name").optional(),
            ],
        )]),
    Dataset::get("planet_schematics", "/universe/schematics/{schematic_id}")
        .doc("Schematics of planetary factories that you list under `ids`; ESI has no list of them.")
        .ttl(3600)
        .every(24 * 3600)
        .object()
        .targets(Targets::FromTables(TableIds::of(&[])))
        .detail()
        .opt_in()
        .size(70, 1, 1)
        .tables(&[Table::new(
            "planet_schematics",
            &["schematic_id"],
            &[int("schematic_id").param(), text("schematic_name"), int("cycle_time")],
        )]),
];
