-- market_groups: GET /markets/groups/{market_group_id}
CREATE TABLE market_groups (
    market_group_id INTEGER NOT NULL,
    name TEXT,
    parent_group_id INTEGER,
    description TEXT,
    types TEXT,
    PRIMARY KEY (market_group_id)
) WITHOUT ROWID;
CREATE INDEX market_groups_parent_group_id_idx ON market_groups (parent_group_id);
