-- military_campaigns: GET /military-campaigns/{campaign_id}
CREATE TABLE military_campaigns (
    campaign_id TEXT COLLATE "C" NOT NULL,
    state TEXT,
    progress BIGINT,
    started TIMESTAMPTZ,
    finished TIMESTAMPTZ,
    PRIMARY KEY (campaign_id)
);
