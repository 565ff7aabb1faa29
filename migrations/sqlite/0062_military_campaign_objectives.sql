-- military_campaign_objectives: GET /military-campaigns/{campaign_id}/objectives
CREATE TABLE military_campaign_objectives (
    objective_id TEXT NOT NULL,
    campaign_id TEXT,
    state TEXT,
    progress INTEGER,
    last_modified TEXT,
    started TEXT,
    finished TEXT,
    participants_committed INTEGER,
    participants_contributors INTEGER,
    participants_total INTEGER,
    PRIMARY KEY (objective_id)
) WITHOUT ROWID;
CREATE INDEX military_campaign_objectives_campaign_id_idx ON military_campaign_objectives (campaign_id);
