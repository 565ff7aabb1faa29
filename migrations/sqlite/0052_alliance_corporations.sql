-- alliance_corporations: GET /alliances/{alliance_id}/corporations
CREATE TABLE alliance_corporations (
    alliance_id INTEGER NOT NULL,
    corporation_id INTEGER NOT NULL,
    PRIMARY KEY (alliance_id, corporation_id)
) WITHOUT ROWID;
