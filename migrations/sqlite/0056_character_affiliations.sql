-- character_affiliations: POST /characters/affiliation
CREATE TABLE character_affiliations (
    character_id INTEGER NOT NULL,
    corporation_id INTEGER,
    alliance_id INTEGER,
    faction_id INTEGER,
    PRIMARY KEY (character_id)
) WITHOUT ROWID;
CREATE INDEX character_affiliations_corporation_id_idx ON character_affiliations (corporation_id);

CREATE TABLE character_affiliation_changes (
    character_id INTEGER NOT NULL,
    observed_at TEXT NOT NULL,
    corporation_id INTEGER,
    alliance_id INTEGER,
    faction_id INTEGER,
    PRIMARY KEY (character_id, observed_at)
) WITHOUT ROWID;
