-- market_prices: GET /markets/prices
CREATE TABLE market_prices (
    type_id INTEGER NOT NULL,
    adjusted_price REAL,
    average_price REAL,
    PRIMARY KEY (type_id)
) WITHOUT ROWID;
