-- universe_races: GET /universe/races
CREATE TABLE universe_races (
    race_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    alliance_id INTEGER,
    PRIMARY KEY (race_id)
) WITHOUT ROWID;
