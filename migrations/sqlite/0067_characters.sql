-- characters: GET /characters/{character_id}
CREATE TABLE characters (
    character_id INTEGER NOT NULL,
    name TEXT,
    corporation_id INTEGER,
    alliance_id INTEGER,
    faction_id INTEGER,
    birthday TEXT,
    gender TEXT,
    race_id INTEGER,
    bloodline_id INTEGER,
    security_status REAL,
    achievement_score INTEGER,
    corporation_title TEXT,
    character_title_id TEXT,
    description TEXT,
    PRIMARY KEY (character_id)
) WITHOUT ROWID;
CREATE INDEX characters_corporation_id_idx ON characters (corporation_id);
