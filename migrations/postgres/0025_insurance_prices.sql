-- insurance_prices: GET /insurance/prices
CREATE TABLE insurance_prices (
    type_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    cost DOUBLE PRECISION,
    payout DOUBLE PRECISION,
    PRIMARY KEY (type_id, name)
);
