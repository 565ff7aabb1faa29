-- sovereignty_campaigns: GET /sovereignty/campaigns
CREATE TABLE sovereignty_campaigns (
    campaign_id INTEGER NOT NULL,
    event_type TEXT,
    solar_system_id INTEGER,
    constellation_id INTEGER,
    structure_id INTEGER,
    start_time TEXT,
    defender_id INTEGER,
    defender_score REAL,
    attackers_score REAL,
    first_seen_at TEXT,
    last_seen_at TEXT,
    PRIMARY KEY (campaign_id)
) WITHOUT ROWID;

CREATE TABLE sovereignty_campaign_participants (
    campaign_id INTEGER NOT NULL,
    alliance_id INTEGER NOT NULL,
    score REAL,
    first_seen_at TEXT,
    last_seen_at TEXT,
    PRIMARY KEY (campaign_id, alliance_id)
) WITHOUT ROWID;
