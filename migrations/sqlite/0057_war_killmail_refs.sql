-- war_killmail_refs: GET /wars/{war_id}/killmails
CREATE TABLE war_killmail_refs (
    war_id INTEGER NOT NULL,
    killmail_id INTEGER NOT NULL,
    killmail_hash TEXT,
    PRIMARY KEY (war_id, killmail_id)
) WITHOUT ROWID;
