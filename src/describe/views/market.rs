//! Views for traders.

use crate::declare::{DocumentedColumn, View};

const LOWEST_SELL: DocumentedColumn =
    DocumentedColumn::real("lowest_sell", "cheapest offer; NULL without any").unit("ISK").nullable();
const HIGHEST_BUY: DocumentedColumn =
    DocumentedColumn::real("highest_buy", "highest bid; NULL without any").unit("ISK").nullable();
const SELL_VOLUME: DocumentedColumn = DocumentedColumn::int("sell_volume", "units offered").unit("units");
const BUY_VOLUME: DocumentedColumn = DocumentedColumn::int("buy_volume", "units bid for").unit("units");
const SELL_ORDERS: DocumentedColumn = DocumentedColumn::int("sell_orders", "offers").unit("orders");
const BUY_ORDERS: DocumentedColumn = DocumentedColumn::int("buy_orders", "bids").unit("orders");
const ORDERS: DocumentedColumn = DocumentedColumn::int("orders", "offers and bids").unit("orders");
const REGION: DocumentedColumn =
    DocumentedColumn::int("region_id", "region").of("universe_regions.region_id");
const TYPE: DocumentedColumn = DocumentedColumn::int("type_id", "kind of item").of("universe_types.type_id");

const fn offer(name: &'static str) -> DocumentedColumn {
    DocumentedColumn::real(name, "cheapest offer there; NULL without any").unit("ISK").nullable()
}

const fn bid(name: &'static str) -> DocumentedColumn {
    DocumentedColumn::real(name, "highest bid there; NULL without any").unit("ISK").nullable()
}

pub(in crate::describe::views) static VIEWS: &[View] = &[
    View {
        name: "market_best_prices",
        doc: "The best prices of every type in a region, and how much there is of it.",
        columns: &[
            REGION,
            TYPE,
            LOWEST_SELL,
            HIGHEST_BUY,
            SELL_VOLUME,
            BUY_VOLUME,
            SELL_ORDERS,
            BUY_ORDERS,
            ORDERS,
        ],
        example: "SELECT type_id, lowest_sell, highest_buy FROM market_best_prices \
                  WHERE region_id = 10000002 AND type_id = 34",
    },
    View {
        name: "market_station_prices",
        doc: "The best prices of every type in a station or structure; bids count where they lie, whatever their range.",
        columns: &[
            REGION,
            DocumentedColumn::int("location_id", "station, or structure of players")
                .of("universe_stations.station_id"),
            TYPE,
            LOWEST_SELL,
            HIGHEST_BUY,
            SELL_VOLUME,
            BUY_VOLUME,
            SELL_ORDERS,
            BUY_ORDERS,
            ORDERS,
        ],
        example: "SELECT lowest_sell, highest_buy FROM market_station_prices \
                  WHERE region_id = 10000002 AND location_id = 60003760 AND type_id = 34",
    },
    View {
        name: "market_hub_spread",
        doc: "The five hubs side by side, and the best trade between two of them: bought from an offer here, sold to a \
              bid there, before tax and transport.",
        columns: &[
            TYPE,
            offer("jita_sell"),
            bid("jita_buy"),
            offer("amarr_sell"),
            bid("amarr_buy"),
            offer("dodixie_sell"),
            bid("dodixie_buy"),
            offer("rens_sell"),
            bid("rens_buy"),
            offer("hek_sell"),
            bid("hek_buy"),
            DocumentedColumn::int("arbitrage_from_station_id", "where to buy; NULL if no two hubs trade it")
                .of("universe_stations.station_id")
                .nullable(),
            DocumentedColumn::real("arbitrage_buy_at", "offer that is bought from").unit("ISK").nullable(),
            DocumentedColumn::int("arbitrage_to_station_id", "where to sell")
                .of("universe_stations.station_id")
                .nullable(),
            DocumentedColumn::real("arbitrage_sell_at", "bid that is sold to").unit("ISK").nullable(),
            DocumentedColumn::real("arbitrage_gain", "what a unit earns; negative where it loses")
                .unit("ISK")
                .nullable(),
        ],
        example: "SELECT type_id, jita_sell, amarr_sell, arbitrage_gain FROM market_hub_spread \
                  WHERE arbitrage_gain IS NOT NULL ORDER BY arbitrage_gain DESC, type_id LIMIT 10",
    },
];
