-- universe_ancestries: GET /universe/ancestries
CREATE TABLE universe_ancestries (
    ancestry_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    short_description TEXT,
    bloodline_id BIGINT,
    icon_id BIGINT,
    PRIMARY KEY (ancestry_id)
);
