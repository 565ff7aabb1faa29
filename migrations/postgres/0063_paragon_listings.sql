-- paragon_listings: GET /paragon-hub/skinr
CREATE TABLE paragon_listings (
    listing_id TEXT COLLATE "C" NOT NULL,
    skinr_id TEXT,
    seller_id BIGINT,
    state TEXT,
    quantity BIGINT,
    price_kind TEXT,
    price_isk DOUBLE PRECISION,
    price_plex BIGINT,
    price JSONB,
    created TIMESTAMPTZ,
    expires TIMESTAMPTZ,
    last_modified TIMESTAMPTZ,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (listing_id)
);
CREATE INDEX paragon_listings_skinr_id_idx ON paragon_listings (skinr_id);
