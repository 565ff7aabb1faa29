-- fw_wars: GET /fw/wars
CREATE TABLE fw_wars (
    faction_id INTEGER NOT NULL,
    against_id INTEGER NOT NULL,
    PRIMARY KEY (faction_id, against_id)
) WITHOUT ROWID;
