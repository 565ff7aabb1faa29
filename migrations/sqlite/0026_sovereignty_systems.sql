-- sovereignty_systems: GET /sovereignty/systems
CREATE TABLE sovereignty_systems (
    solar_system_id INTEGER NOT NULL,
    claim_kind TEXT,
    claim_faction_faction_id INTEGER,
    claim_alliance_alliance_id INTEGER,
    claim_alliance_corporation_id INTEGER,
    claim_alliance_claimed_since TEXT,
    claim_alliance_is_capital_system INTEGER,
    claim_alliance_development_activity_defense_multiplier REAL,
    claim_alliance_development_industrial_level INTEGER,
    claim_alliance_development_military_level INTEGER,
    claim_alliance_development_strategic_level INTEGER,
    claim_alliance_sovereignty_hub_id INTEGER,
    claim_alliance_sovereignty_hub_vulnerability_window_start TEXT,
    claim_alliance_sovereignty_hub_vulnerability_window_end TEXT,
    claim TEXT,
    PRIMARY KEY (solar_system_id)
) WITHOUT ROWID;
