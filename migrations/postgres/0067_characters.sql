-- characters: GET /characters/{character_id}
CREATE TABLE characters (
    character_id BIGINT NOT NULL,
    name TEXT,
    corporation_id BIGINT,
    alliance_id BIGINT,
    faction_id BIGINT,
    birthday TIMESTAMPTZ,
    gender TEXT,
    race_id BIGINT,
    bloodline_id BIGINT,
    security_status DOUBLE PRECISION,
    achievement_score BIGINT,
    corporation_title TEXT,
    character_title_id TEXT,
    description TEXT,
    PRIMARY KEY (character_id)
);
CREATE INDEX characters_corporation_id_idx ON characters (corporation_id);
