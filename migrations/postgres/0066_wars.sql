-- wars: GET /wars/{war_id}
CREATE TABLE wars (
    war_id BIGINT NOT NULL,
    declared TIMESTAMPTZ,
    started TIMESTAMPTZ,
    finished TIMESTAMPTZ,
    retracted TIMESTAMPTZ,
    mutual BOOLEAN,
    open_for_allies BOOLEAN,
    aggressor_alliance_id BIGINT,
    aggressor_corporation_id BIGINT,
    aggressor_isk_destroyed DOUBLE PRECISION,
    aggressor_ships_killed BIGINT,
    defender_alliance_id BIGINT,
    defender_corporation_id BIGINT,
    defender_isk_destroyed DOUBLE PRECISION,
    defender_ships_killed BIGINT,
    PRIMARY KEY (war_id)
);
CREATE INDEX wars_finished_idx ON wars (finished);

CREATE TABLE war_allies (
    war_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    alliance_id BIGINT,
    corporation_id BIGINT,
    PRIMARY KEY (war_id, ordinal)
);
