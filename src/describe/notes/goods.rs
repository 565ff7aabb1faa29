//! Markets, contracts, industry, insurance, loyalty stores.

use crate::declare::{Note, note};

pub(in crate::describe::notes) static NOTES: &[Note] = &[
    note("order_id", "the order"),
    note("is_buy_order", "true: buy order (bid); false: sell order (offer)"),
    note("volume_remain", "units not traded yet").unit("units"),
    note("volume_total", "units when it was placed").unit("units"),
    note("min_volume", "smallest number of units in one trade").unit("units"),
    note(
        "range",
        "how far a bid reaches from its location: station, solarsystem, a number of jumps, or region; offers have region",
    ),
    note("issued", "when it was placed or last changed"),
    note("adjusted_price", "CCP's smoothed price, used to calculate job costs").unit("ISK"),
    note("average_price", "average price of recent trades").unit("ISK"),
    note("average", "average price of the day").unit("ISK"),
    note("lowest", "lowest price of the day").unit("ISK"),
    note("highest", "highest price of the day").unit("ISK"),
    note("order_count", "trades of the day").unit("trades"),
    note("parent_group_id", "group above it; NULL at the top").of("market_groups.market_group_id"),
    note("activity", "what is done there: manufacturing, copying, invention, .."),
    note("cost_index", "share of an item's value that a job there costs").unit("0..1"),
    note("facility_id", "station with the facility").of("universe_stations.station_id"),
    note("tax", "share that the owner takes").unit("0..1"),
    note("cost", "what it costs").unit("ISK"),
    note("payout", "what is paid when the ship is lost").unit("ISK"),
    note("contract_id", "contract").of("public_contracts.contract_id"),
    note("record_id", "number of the record in its list"),
    note("buyout", "price that ends an auction at once").unit("ISK"),
    note("collateral", "what the carrier leaves as security").unit("ISK"),
    note("reward", "what the carrier is paid").unit("ISK"),
    note("days_to_complete", "time in which the carrier must deliver").unit("days"),
    note("date_issued", "when it was issued"),
    note("date_expired", "when it can no longer be accepted"),
    note("start_location_id", "location of the goods: an NPC station or a player structure")
        .of("universe_stations.station_id"),
    note("end_location_id", "destination of the goods: an NPC station or a player structure")
        .of("universe_stations.station_id"),
    note("for_corporation", "whether it was issued for the issuer's corporation"),
    note("issuer_id", "character who issued it").of("characters.character_id"),
    note("issuer_corporation_id", "corporation of that character").of("corporations.corporation_id"),
    note("is_blueprint_copy", "whether it is a copy of a blueprint"),
    note("is_included", "true: the issuer gives it; false: the issuer asks for it"),
    note("material_efficiency", "share of materials that the blueprint saves").unit("%"),
    note("time_efficiency", "share of time that the blueprint saves").unit("%"),
    note("runs", "runs left on a copy; -1 on an original").unit("runs"),
    note("bid_id", "the bid"),
    note("date_bid", "when it was made"),
    note("offer_id", "the offer"),
    note("lp_cost", "price in loyalty points").unit("LP"),
    note("isk_cost", "additional price in ISK").unit("ISK"),
    note("ak_cost", "additional price in analysis kredits").unit("AK"),
];

pub(in crate::describe::notes) static TABLES: &[(&str, &[Note])] = &[
    (
        "market_orders",
        &[
            note("region_id", "region of its market").of("universe_regions.region_id"),
            note("price", "price of a unit").unit("ISK"),
            note("duration", "how long it stays open, counted from `issued`").unit("days"),
        ],
    ),
    (
        "market_groups",
        &[
            note("name", "name in the market window"),
            note("description", "text of the market window"),
            note("types", "ids of the types directly in this group"),
        ],
    ),
    (
        "market_history",
        &[note("date", "the day, in UTC"), note("volume", "units traded that day").unit("units")],
    ),
    (
        "market_region_types",
        &[note("type_id", "kind of item with orders there").of("universe_types.type_id")],
    ),
    (
        "industry_facilities",
        &[
            note("owner_id", "corporation it belongs to").of("corporations.corporation_id"),
            note("type_id", "kind of station").of("universe_types.type_id"),
        ],
    ),
    (
        "insurance_prices",
        &[
            note("type_id", "kind of ship").of("universe_types.type_id"),
            note("name", "level of insurance: Basic, Standard, .. Platinum"),
        ],
    ),
    (
        "public_contracts",
        &[
            note("price", "price; for an auction, the starting bid").unit("ISK"),
            note("title", "title given by its issuer"),
            note("type", "item_exchange, auction, courier, loan or unknown"),
            note("volume", "volume of its goods").unit("m3"),
        ],
    ),
    ("public_contract_items", &[note("quantity", "units").unit("units")]),
    ("public_contract_bids", &[note("amount", "amount of the bid").unit("ISK")]),
    (
        "loyalty_offers",
        &[
            note("corporation_id", "corporation that owns the store").of("corporations.corporation_id"),
            note("quantity", "units in one purchase").unit("units"),
        ],
    ),
    (
        "loyalty_offer_items",
        &[
            note("corporation_id", "corporation that owns the store").of("corporations.corporation_id"),
            note("quantity", "units that must be handed in").unit("units"),
        ],
    ),
];
