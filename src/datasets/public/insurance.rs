//! Tag *Insurance*.

use crate::declare::{Dataset, Table, int, real, text};

pub(in crate::datasets) static DATASETS: &[Dataset] =
    &[Dataset::get("insurance_prices", "/insurance/prices")
        .doc("Cost and payout of ship insurance, a row per ship type and level.")
        .group("insurance", 150)
        .ttl(3600)
        .every(24 * 3600)
        .size(1, 1, 3300)
        .tables(&[Table::new(
            "insurance_prices",
            &["type_id", "name"],
            &[int("type_id").above(1).named(), text("name"), real("cost"), real("payout")],
        )
        .at("levels")])];
