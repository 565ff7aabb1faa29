-- dogma_attributes: GET /dogma/attributes/{attribute_id}
CREATE TABLE dogma_attributes (
    attribute_id BIGINT NOT NULL,
    name TEXT,
    display_name TEXT,
    description TEXT,
    unit_id BIGINT,
    default_value DOUBLE PRECISION,
    high_is_good BOOLEAN,
    stackable BOOLEAN,
    published BOOLEAN,
    icon_id BIGINT,
    PRIMARY KEY (attribute_id)
);
