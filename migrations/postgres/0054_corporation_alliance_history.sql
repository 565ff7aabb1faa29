-- corporation_alliance_history: GET /corporations/{corporation_id}/alliancehistory
CREATE TABLE corporation_alliance_history (
    corporation_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    start_date TIMESTAMPTZ,
    alliance_id BIGINT,
    is_deleted BOOLEAN,
    PRIMARY KEY (corporation_id, record_id)
);
