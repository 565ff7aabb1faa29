-- character_affiliations: POST /characters/affiliation
CREATE TABLE character_affiliations (
    character_id BIGINT NOT NULL,
    corporation_id BIGINT,
    alliance_id BIGINT,
    faction_id BIGINT,
    PRIMARY KEY (character_id)
);
CREATE INDEX character_affiliations_corporation_id_idx ON character_affiliations (corporation_id);

CREATE TABLE character_affiliation_changes (
    character_id BIGINT NOT NULL,
    observed_at TIMESTAMPTZ NOT NULL,
    corporation_id BIGINT,
    alliance_id BIGINT,
    faction_id BIGINT,
    PRIMARY KEY (character_id, observed_at)
);
