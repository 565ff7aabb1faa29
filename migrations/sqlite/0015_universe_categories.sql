-- universe_categories: GET /universe/categories/{category_id}
CREATE TABLE universe_categories (
    category_id INTEGER NOT NULL,
    name TEXT,
    published INTEGER,
    groups TEXT,
    PRIMARY KEY (category_id)
) WITHOUT ROWID;
