-- corporations: GET /corporations/{corporation_id}
CREATE TABLE corporations (
    corporation_id BIGINT NOT NULL,
    name TEXT,
    ticker TEXT,
    type TEXT,
    state TEXT,
    member_count BIGINT,
    alliance_id BIGINT,
    ceo_id BIGINT,
    creator_id BIGINT,
    date_founded TIMESTAMPTZ,
    home_station_id BIGINT,
    enlisted_faction_id BIGINT,
    tax_rates_isk DOUBLE PRECISION,
    tax_rates_loyalty_point DOUBLE PRECISION,
    shares BIGINT,
    war_eligible BOOLEAN,
    friendly_fire TEXT,
    url TEXT,
    description TEXT,
    palette JSONB,
    PRIMARY KEY (corporation_id)
);
CREATE INDEX corporations_alliance_id_idx ON corporations (alliance_id);
