-- alliances: GET /alliances/{alliance_id}
CREATE TABLE alliances (
    alliance_id BIGINT NOT NULL,
    name TEXT,
    ticker TEXT,
    date_founded TIMESTAMPTZ,
    creator_id BIGINT,
    creator_corporation_id BIGINT,
    executor_corporation_id BIGINT,
    faction_id BIGINT,
    PRIMARY KEY (alliance_id)
);
