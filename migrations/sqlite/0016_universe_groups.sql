-- universe_groups: GET /universe/groups/{group_id}
CREATE TABLE universe_groups (
    group_id INTEGER NOT NULL,
    name TEXT,
    category_id INTEGER,
    published INTEGER,
    types TEXT,
    PRIMARY KEY (group_id)
) WITHOUT ROWID;
CREATE INDEX universe_groups_category_id_idx ON universe_groups (category_id);
