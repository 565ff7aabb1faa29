-- universe_bloodlines: GET /universe/bloodlines
CREATE TABLE universe_bloodlines (
    bloodline_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    race_id INTEGER,
    corporation_id INTEGER,
    ship_type_id INTEGER,
    charisma INTEGER,
    intelligence INTEGER,
    memory INTEGER,
    perception INTEGER,
    willpower INTEGER,
    PRIMARY KEY (bloodline_id)
) WITHOUT ROWID;
