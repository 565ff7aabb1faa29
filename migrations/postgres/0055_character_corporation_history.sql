-- character_corporation_history: GET /characters/{character_id}/corporationhistory
CREATE TABLE character_corporation_history (
    character_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    start_date TIMESTAMPTZ,
    corporation_id BIGINT,
    is_deleted BOOLEAN,
    PRIMARY KEY (character_id, record_id)
);
