//! Views for those who buy here and sell there: the book in depth, trades between places, what things are worth.

use crate::declare::{Field, View};

const LOCATION: &str = "universe_stations.station_id";

pub(in crate::describe::views) static VIEWS: &[View] = &[
    View {
        name: "market_order_depth",
        doc: "The order book of a type in a station or structure, a row for each price, the best first.",
        columns: &[
            Field::int("region_id", "region").of("universe_regions.region_id"),
            Field::int("location_id", "station, or structure of players").of(LOCATION),
            Field::int("type_id", "kind of item").of("universe_types.type_id"),
            Field::boolean("is_buy_order", "which side: bids, or offers"),
            Field::int("step", "1 for the cheapest offer or the highest bid, and so on"),
            Field::real("price", "price of a unit at this step").unit("ISK"),
            Field::int("orders", "orders at this price").unit("orders"),
            Field::int("volume", "units at this price").unit("units"),
            Field::int("cumulative_volume", "units at this price or a better one").unit("units"),
            Field::real("cumulative_isk", "what all of them cost or bring, without tax and fees").unit("ISK"),
        ],
        example: "SELECT step, price, cumulative_volume, cumulative_isk FROM market_order_depth \
                  WHERE region_id = 10000002 AND location_id = 60003760 AND type_id = 34 AND NOT is_buy_order \
                  ORDER BY step LIMIT 10",
    },
    View {
        name: "market_arbitrage",
        doc: "What is offered in one place under a bid in another, and what that earns after sales tax and broker's fee \
              of a pilot without skills; with other rates, compute from the prices.",
        columns: &[
            Field::int("type_id", "kind of item").of("universe_types.type_id"),
            Field::text("type_name", "name of the type").nullable(),
            Field::int("from_region_id", "region where it is bought").of("universe_regions.region_id"),
            Field::int("from_location_id", "station or structure where it is bought").of(LOCATION),
            Field::text("from_location_name", "name of the station; NULL for structures").nullable(),
            Field::int("to_region_id", "region where it is sold").of("universe_regions.region_id"),
            Field::int("to_location_id", "station or structure where it is sold").of(LOCATION),
            Field::text("to_location_name", "name of the station; NULL for structures").nullable(),
            Field::real("buy_at", "cheapest offer where it is bought").unit("ISK"),
            Field::real("sell_at", "highest bid where it is sold").unit("ISK"),
            Field::real("list_at", "cheapest offer where it is sold: what a listing competes with")
                .unit("ISK")
                .nullable(),
            Field::real("sales_tax", "share of a sale that tax takes").unit("0..1"),
            Field::real("broker_fee", "share of a listing that the station takes").unit("0..1"),
            Field::int("volume", "units that both have at these prices").unit("units"),
            Field::real("unit_volume", "room that a unit takes, packaged").unit("m³").nullable(),
            Field::real("profit_per_unit", "sold to the bid: sell_at less sales tax and buy_at").unit("ISK"),
            Field::real("profit_per_m3", "the same for each m³ hauled").unit("ISK").nullable(),
            Field::real("profit", "the same for the whole volume").unit("ISK"),
            Field::real(
                "listing_profit_per_unit",
                "listed instead: list_at less sales tax, broker's fee and buy_at",
            )
            .unit("ISK")
            .nullable(),
        ],
        example: "SELECT type_name, from_location_name, to_location_name, volume, profit_per_m3, profit \
                  FROM market_arbitrage WHERE from_region_id = 10000002 AND to_region_id = 10000043 AND profit > 0 \
                  ORDER BY profit DESC, type_id, from_location_id, to_location_id LIMIT 10",
    },
    View {
        name: "type_values",
        doc: "What a unit of a type is worth: by the market of Jita, else by CCP's average price.",
        columns: &[
            Field::int("type_id", "kind of item").of("universe_types.type_id"),
            Field::real("jita_sell", "cheapest offer in Jita's hub").unit("ISK").nullable(),
            Field::real("jita_buy", "highest bid there").unit("ISK").nullable(),
            Field::real("average_price", "CCP's average price").unit("ISK").nullable(),
            Field::real("unit_value", "jita_sell, else average_price").unit("ISK").nullable(),
        ],
        example: "SELECT jita_sell, jita_buy, average_price, unit_value FROM type_values WHERE type_id = 34",
    },
    View {
        name: "public_contract_values",
        doc: "Public contracts with names and with what their items are worth by `type_values`; copies of blueprints \
              have no value.",
        columns: &[
            Field::int("region_id", "region").of("universe_regions.region_id"),
            Field::text("region_name", "name of the region").nullable(),
            Field::int("contract_id", "contract").of("public_contracts.contract_id"),
            Field::text("type", "item_exchange, auction, courier, ..").nullable(),
            Field::text("title", "title that its issuer gave").nullable(),
            Field::int("issuer_id", "character who issued it").of("entity_names.id").nullable(),
            Field::text("issuer_name", "name of the issuer").nullable(),
            Field::int("issuer_corporation_id", "corporation of the issuer").of("entity_names.id").nullable(),
            Field::text("issuer_corporation_name", "name of that corporation").nullable(),
            Field::int("start_location_id", "where the items are").of(LOCATION).nullable(),
            Field::text("start_location_name", "name of that station; NULL for structures").nullable(),
            Field::int("end_location_id", "where a courier brings them").of(LOCATION).nullable(),
            Field::text("end_location_name", "name of that station; NULL for structures").nullable(),
            Field::time("date_issued", "when it was issued").nullable(),
            Field::time("date_expired", "when its offer ends").nullable(),
            Field::time("last_seen_at", "when it was last among the open ones; NULL while it is").nullable(),
            Field::real("price", "what the taker pays, or the first bid of an auction")
                .unit("ISK")
                .nullable(),
            Field::real("buyout", "what ends an auction at once").unit("ISK").nullable(),
            Field::real("reward", "what the taker gets").unit("ISK").nullable(),
            Field::real("collateral", "what a courier leaves as a pledge").unit("ISK").nullable(),
            Field::real("volume", "room that the items take").unit("m³").nullable(),
            Field::int("items", "lines of items; 0 if they have not been read or there are none")
                .unit("lines"),
            Field::int("unvalued_items", "lines without a value: copies, and what nobody trades")
                .unit("lines"),
            Field::real("included_value", "what the taker gets in items").unit("ISK").nullable(),
            Field::real("requested_value", "what the taker gives in items").unit("ISK").nullable(),
            Field::real(
                "gain",
                "value and reward that the taker gets, less price and value given; NULL without items",
            )
            .unit("ISK")
            .nullable(),
        ],
        example: "SELECT contract_id, title, price, included_value, gain FROM public_contract_values \
                  WHERE last_seen_at IS NULL AND type = 'item_exchange' AND items > 0 \
                  ORDER BY gain DESC, contract_id LIMIT 10",
    },
];
