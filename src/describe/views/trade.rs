//! Views for those who buy here and sell there: the book in depth, trades between places, what things are worth.

use crate::declare::{DocumentedColumn, View};

const LOCATION: &str = "universe_stations.station_id";

pub(in crate::describe::views) static VIEWS: &[View] = &[
    View {
        name: "market_order_depth",
        doc: "The order book of a type in a station or structure, a row for each price, the best first.",
        columns: &[
            DocumentedColumn::int("region_id", "region").of("universe_regions.region_id"),
            DocumentedColumn::int("location_id", "station, or structure of players").of(LOCATION),
            DocumentedColumn::int("type_id", "kind of item").of("universe_types.type_id"),
            DocumentedColumn::boolean("is_buy_order", "which side: bids, or offers"),
            DocumentedColumn::int("step", "1 for the cheapest offer or the highest bid, and so on"),
            DocumentedColumn::real("price", "price of a unit at this step").unit("ISK"),
            DocumentedColumn::int("orders", "orders at this price").unit("orders"),
            DocumentedColumn::int("volume", "units at this price").unit("units"),
            DocumentedColumn::int("cumulative_volume", "units at this price or a better one").unit("units"),
            DocumentedColumn::real("cumulative_isk", "what all of them cost or bring, without tax and fees")
                .unit("ISK"),
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
            DocumentedColumn::int("type_id", "kind of item").of("universe_types.type_id"),
            DocumentedColumn::text("type_name", "name of the type").nullable(),
            DocumentedColumn::int("from_region_id", "region where it is bought")
                .of("universe_regions.region_id"),
            DocumentedColumn::int("from_location_id", "station or structure where it is bought").of(LOCATION),
            DocumentedColumn::text("from_location_name", "name of the station; NULL for structures")
                .nullable(),
            DocumentedColumn::int("to_region_id", "region where it is sold").of("universe_regions.region_id"),
            DocumentedColumn::int("to_location_id", "station or structure where it is sold").of(LOCATION),
            DocumentedColumn::text("to_location_name", "name of the station; NULL for structures").nullable(),
            DocumentedColumn::real("buy_at", "cheapest offer where it is bought").unit("ISK"),
            DocumentedColumn::real("sell_at", "highest bid where it is sold").unit("ISK"),
            DocumentedColumn::real(
                "list_at",
                "cheapest offer where it is sold: what a listing competes with",
            )
            .unit("ISK")
            .nullable(),
            DocumentedColumn::real("sales_tax", "share of a sale that tax takes").unit("0..1"),
            DocumentedColumn::real("broker_fee", "share of a listing that the station takes").unit("0..1"),
            DocumentedColumn::int("volume", "units that both have at these prices").unit("units"),
            DocumentedColumn::real("unit_volume", "room that a unit takes, packaged").unit("m³").nullable(),
            DocumentedColumn::real("profit_per_unit", "sold to the bid: sell_at less sales tax and buy_at")
                .unit("ISK"),
            DocumentedColumn::real("profit_per_m3", "the same for each m³ hauled").unit("ISK").nullable(),
            DocumentedColumn::real("profit", "the same for the whole volume").unit("ISK"),
            DocumentedColumn::real(
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
            DocumentedColumn::int("type_id", "kind of item").of("universe_types.type_id"),
            DocumentedColumn::real("jita_sell", "cheapest offer in Jita's hub").unit("ISK").nullable(),
            DocumentedColumn::real("jita_buy", "highest bid there").unit("ISK").nullable(),
            DocumentedColumn::real("average_price", "CCP's average price").unit("ISK").nullable(),
            DocumentedColumn::real("unit_value", "jita_sell, else average_price").unit("ISK").nullable(),
        ],
        example: "SELECT jita_sell, jita_buy, average_price, unit_value FROM type_values WHERE type_id = 34",
    },
    View {
        name: "public_contract_values",
        doc: "Public contracts with names and with what their items are worth by `type_values`; copies of blueprints \
              have no value.",
        columns: &[
            DocumentedColumn::int("region_id", "region").of("universe_regions.region_id"),
            DocumentedColumn::text("region_name", "name of the region").nullable(),
            DocumentedColumn::int("contract_id", "contract").of("public_contracts.contract_id"),
            DocumentedColumn::text("type", "item_exchange, auction, courier, ..").nullable(),
            DocumentedColumn::text("title", "title that its issuer gave").nullable(),
            DocumentedColumn::int("issuer_id", "character who issued it").of("entity_names.id").nullable(),
            DocumentedColumn::text("issuer_name", "name of the issuer").nullable(),
            DocumentedColumn::int("issuer_corporation_id", "corporation of the issuer")
                .of("entity_names.id")
                .nullable(),
            DocumentedColumn::text("issuer_corporation_name", "name of that corporation").nullable(),
            DocumentedColumn::int("start_location_id", "where the items are").of(LOCATION).nullable(),
            DocumentedColumn::text("start_location_name", "name of that station; NULL for structures")
                .nullable(),
            DocumentedColumn::int("end_location_id", "where a courier brings them").of(LOCATION).nullable(),
            DocumentedColumn::text("end_location_name", "name of that station; NULL for structures")
                .nullable(),
            DocumentedColumn::time("date_issued", "when it was issued").nullable(),
            DocumentedColumn::time("date_expired", "when its offer ends").nullable(),
            DocumentedColumn::time("last_seen_at", "when it was last among the open ones; NULL while it is")
                .nullable(),
            DocumentedColumn::real("price", "what the taker pays, or the first bid of an auction")
                .unit("ISK")
                .nullable(),
            DocumentedColumn::real("buyout", "what ends an auction at once").unit("ISK").nullable(),
            DocumentedColumn::real("reward", "what the taker gets").unit("ISK").nullable(),
            DocumentedColumn::real("collateral", "what a courier leaves as a pledge").unit("ISK").nullable(),
            DocumentedColumn::real("volume", "room that the items take").unit("m³").nullable(),
            DocumentedColumn::int("items", "lines of items; 0 if they have not been read or there are none")
                .unit("lines"),
            DocumentedColumn::int("unvalued_items", "lines without a value: copies, and what nobody trades")
                .unit("lines"),
            DocumentedColumn::real("included_value", "what the taker gets in items").unit("ISK").nullable(),
            DocumentedColumn::real("requested_value", "what the taker gives in items").unit("ISK").nullable(),
            DocumentedColumn::real(
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
