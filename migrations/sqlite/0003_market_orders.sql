-- market_orders: GET /markets/{region_id}/orders
CREATE TABLE market_orders (
    region_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    type_id INTEGER,
    is_buy_order INTEGER,
    price REAL,
    volume_remain INTEGER,
    volume_total INTEGER,
    min_volume INTEGER,
    range TEXT,
    location_id INTEGER,
    system_id INTEGER,
    issued TEXT,
    duration INTEGER,
    PRIMARY KEY (region_id, order_id)
) WITHOUT ROWID;
CREATE INDEX market_orders_region_id_type_id_idx ON market_orders (region_id, type_id);
