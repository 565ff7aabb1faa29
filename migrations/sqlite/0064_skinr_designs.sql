-- skinr_designs: GET /cosmetics/skinr/{skinr_id}
CREATE TABLE skinr_designs (
    skinr_id TEXT NOT NULL,
    name TEXT,
    line TEXT,
    tier_level INTEGER,
    ship_type_id INTEGER,
    creator_id INTEGER,
    layout TEXT,
    PRIMARY KEY (skinr_id)
) WITHOUT ROWID;
