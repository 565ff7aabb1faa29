-- sovereignty_campaigns: GET /sovereignty/campaigns
CREATE TABLE sovereignty_campaigns (
    campaign_id BIGINT NOT NULL,
    event_type TEXT,
    solar_system_id BIGINT,
    constellation_id BIGINT,
    structure_id BIGINT,
    start_time TIMESTAMPTZ,
    defender_id BIGINT,
    defender_score DOUBLE PRECISION,
    attackers_score DOUBLE PRECISION,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (campaign_id)
);

CREATE TABLE sovereignty_campaign_participants (
    campaign_id BIGINT NOT NULL,
    alliance_id BIGINT NOT NULL,
    score DOUBLE PRECISION,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (campaign_id, alliance_id)
);
