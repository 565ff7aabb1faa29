-- wars: GET /wars/{war_id}
CREATE TABLE wars (
    war_id INTEGER NOT NULL,
    declared TEXT,
    started TEXT,
    finished TEXT,
    retracted TEXT,
    mutual INTEGER,
    open_for_allies INTEGER,
    aggressor_alliance_id INTEGER,
    aggressor_corporation_id INTEGER,
    aggressor_isk_destroyed REAL,
    aggressor_ships_killed INTEGER,
    defender_alliance_id INTEGER,
    defender_corporation_id INTEGER,
    defender_isk_destroyed REAL,
    defender_ships_killed INTEGER,
    PRIMARY KEY (war_id)
) WITHOUT ROWID;
CREATE INDEX wars_finished_idx ON wars (finished);

CREATE TABLE war_allies (
    war_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    alliance_id INTEGER,
    corporation_id INTEGER,
    PRIMARY KEY (war_id, ordinal)
) WITHOUT ROWID;
