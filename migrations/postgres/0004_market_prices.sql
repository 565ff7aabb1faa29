-- market_prices: GET /markets/prices
CREATE TABLE market_prices (
    type_id BIGINT NOT NULL,
    adjusted_price DOUBLE PRECISION,
    average_price DOUBLE PRECISION,
    PRIMARY KEY (type_id)
);
