-- paragon_listings: GET /paragon-hub/skinr
CREATE TABLE paragon_listings (
    listing_id TEXT NOT NULL,
    skinr_id TEXT,
    seller_id INTEGER,
    state TEXT,
    quantity INTEGER,
    price_kind TEXT,
    price_isk REAL,
    price_plex INTEGER,
    price TEXT,
    created TEXT,
    expires TEXT,
    last_modified TEXT,
    first_seen_at TEXT,
    last_seen_at TEXT,
    PRIMARY KEY (listing_id)
) WITHOUT ROWID;
CREATE INDEX paragon_listings_skinr_id_idx ON paragon_listings (skinr_id);
