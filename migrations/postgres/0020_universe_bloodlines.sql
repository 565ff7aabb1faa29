-- universe_bloodlines: GET /universe/bloodlines
CREATE TABLE universe_bloodlines (
    bloodline_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    race_id BIGINT,
    corporation_id BIGINT,
    ship_type_id BIGINT,
    charisma BIGINT,
    intelligence BIGINT,
    memory BIGINT,
    perception BIGINT,
    willpower BIGINT,
    PRIMARY KEY (bloodline_id)
);
