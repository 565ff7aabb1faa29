-- military_campaigns: GET /military-campaigns/{campaign_id}
CREATE TABLE military_campaigns (
    campaign_id TEXT NOT NULL,
    state TEXT,
    progress INTEGER,
    started TEXT,
    finished TEXT,
    PRIMARY KEY (campaign_id)
) WITHOUT ROWID;
