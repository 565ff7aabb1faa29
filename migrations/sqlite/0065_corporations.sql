-- corporations: GET /corporations/{corporation_id}
CREATE TABLE corporations (
    corporation_id INTEGER NOT NULL,
    name TEXT,
    ticker TEXT,
    type TEXT,
    state TEXT,
    member_count INTEGER,
    alliance_id INTEGER,
    ceo_id INTEGER,
    creator_id INTEGER,
    date_founded TEXT,
    home_station_id INTEGER,
    enlisted_faction_id INTEGER,
    tax_rates_isk REAL,
    tax_rates_loyalty_point REAL,
    shares INTEGER,
    war_eligible INTEGER,
    friendly_fire TEXT,
    url TEXT,
    description TEXT,
    palette TEXT,
    PRIMARY KEY (corporation_id)
) WITHOUT ROWID;
CREATE INDEX corporations_alliance_id_idx ON corporations (alliance_id);
