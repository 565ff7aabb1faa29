-- military_campaign_objectives: GET /military-campaigns/{campaign_id}/objectives
CREATE TABLE military_campaign_objectives (
    objective_id TEXT COLLATE "C" NOT NULL,
    campaign_id TEXT,
    state TEXT,
    progress BIGINT,
    last_modified TIMESTAMPTZ,
    started TIMESTAMPTZ,
    finished TIMESTAMPTZ,
    participants_committed BIGINT,
    participants_contributors BIGINT,
    participants_total BIGINT,
    PRIMARY KEY (objective_id)
);
CREATE INDEX military_campaign_objectives_campaign_id_idx ON military_campaign_objectives (campaign_id);
