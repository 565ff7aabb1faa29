-- universe_categories: GET /universe/categories/{category_id}
CREATE TABLE universe_categories (
    category_id BIGINT NOT NULL,
    name TEXT,
    published BOOLEAN,
    groups JSONB,
    PRIMARY KEY (category_id)
);
