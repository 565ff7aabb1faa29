-- universe_ancestries: GET /universe/ancestries
CREATE TABLE universe_ancestries (
    ancestry_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    short_description TEXT,
    bloodline_id INTEGER,
    icon_id INTEGER,
    PRIMARY KEY (ancestry_id)
) WITHOUT ROWID;
