-- alliances: GET /alliances/{alliance_id}
CREATE TABLE alliances (
    alliance_id INTEGER NOT NULL,
    name TEXT,
    ticker TEXT,
    date_founded TEXT,
    creator_id INTEGER,
    creator_corporation_id INTEGER,
    executor_corporation_id INTEGER,
    faction_id INTEGER,
    PRIMARY KEY (alliance_id)
) WITHOUT ROWID;
