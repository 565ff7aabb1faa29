-- universe_groups: GET /universe/groups/{group_id}
CREATE TABLE universe_groups (
    group_id BIGINT NOT NULL,
    name TEXT,
    category_id BIGINT,
    published BOOLEAN,
    types JSONB,
    PRIMARY KEY (group_id)
);
CREATE INDEX universe_groups_category_id_idx ON universe_groups (category_id);
