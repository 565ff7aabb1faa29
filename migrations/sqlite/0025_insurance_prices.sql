-- insurance_prices: GET /insurance/prices
CREATE TABLE insurance_prices (
    type_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    cost REAL,
    payout REAL,
    PRIMARY KEY (type_id, name)
) WITHOUT ROWID;
