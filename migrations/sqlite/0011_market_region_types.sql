-- market_region_types: GET /markets/{region_id}/types
CREATE TABLE market_region_types (
    region_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    PRIMARY KEY (region_id, type_id)
) WITHOUT ROWID;
