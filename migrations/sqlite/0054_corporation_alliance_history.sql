-- corporation_alliance_history: GET /corporations/{corporation_id}/alliancehistory
CREATE TABLE corporation_alliance_history (
    corporation_id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    start_date TEXT,
    alliance_id INTEGER,
    is_deleted INTEGER,
    PRIMARY KEY (corporation_id, record_id)
) WITHOUT ROWID;
