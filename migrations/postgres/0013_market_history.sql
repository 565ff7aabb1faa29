-- market_history: GET /markets/{region_id}/history
CREATE TABLE market_history (
    region_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    date DATE NOT NULL,
    average DOUBLE PRECISION,
    lowest DOUBLE PRECISION,
    highest DOUBLE PRECISION,
    order_count BIGINT,
    volume BIGINT,
    PRIMARY KEY (region_id, type_id, date)
);
