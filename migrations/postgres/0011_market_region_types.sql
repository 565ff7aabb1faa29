-- market_region_types: GET /markets/{region_id}/types
CREATE TABLE market_region_types (
    region_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    PRIMARY KEY (region_id, type_id)
);
