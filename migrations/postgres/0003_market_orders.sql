-- market_orders: GET /markets/{region_id}/orders
CREATE TABLE market_orders (
    region_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    type_id BIGINT,
    is_buy_order BOOLEAN,
    price DOUBLE PRECISION,
    volume_remain BIGINT,
    volume_total BIGINT,
    min_volume BIGINT,
    range TEXT,
    location_id BIGINT,
    system_id BIGINT,
    issued TIMESTAMPTZ,
    duration BIGINT,
    PRIMARY KEY (region_id, order_id)
);
CREATE INDEX market_orders_region_id_type_id_idx ON market_orders (region_id, type_id);
