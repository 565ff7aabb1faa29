-- skinr_designs: GET /cosmetics/skinr/{skinr_id}
CREATE TABLE skinr_designs (
    skinr_id TEXT COLLATE "C" NOT NULL,
    name TEXT,
    line TEXT,
    tier_level BIGINT,
    ship_type_id BIGINT,
    creator_id BIGINT,
    layout JSONB,
    PRIMARY KEY (skinr_id)
);
