-- character_corporation_history: GET /characters/{character_id}/corporationhistory
CREATE TABLE character_corporation_history (
    character_id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    start_date TEXT,
    corporation_id INTEGER,
    is_deleted INTEGER,
    PRIMARY KEY (character_id, record_id)
) WITHOUT ROWID;
