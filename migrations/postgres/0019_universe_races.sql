-- universe_races: GET /universe/races
CREATE TABLE universe_races (
    race_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    alliance_id BIGINT,
    PRIMARY KEY (race_id)
);
