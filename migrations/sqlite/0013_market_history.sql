-- market_history: GET /markets/{region_id}/history
CREATE TABLE market_history (
    region_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    date TEXT NOT NULL,
    average REAL,
    lowest REAL,
    highest REAL,
    order_count INTEGER,
    volume INTEGER,
    PRIMARY KEY (region_id, type_id, date)
) WITHOUT ROWID;
