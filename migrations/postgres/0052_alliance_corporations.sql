-- alliance_corporations: GET /alliances/{alliance_id}/corporations
CREATE TABLE alliance_corporations (
    alliance_id BIGINT NOT NULL,
    corporation_id BIGINT NOT NULL,
    PRIMARY KEY (alliance_id, corporation_id)
);
