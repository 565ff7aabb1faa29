-- sovereignty_systems: GET /sovereignty/systems
CREATE TABLE sovereignty_systems (
    solar_system_id BIGINT NOT NULL,
    claim_kind TEXT,
    claim_faction_faction_id BIGINT,
    claim_alliance_alliance_id BIGINT,
    claim_alliance_corporation_id BIGINT,
    claim_alliance_claimed_since TIMESTAMPTZ,
    claim_alliance_is_capital_system BOOLEAN,
    claim_alliance_development_activity_defense_multiplier DOUBLE PRECISION,
    claim_alliance_development_industrial_level BIGINT,
    claim_alliance_development_military_level BIGINT,
    claim_alliance_development_strategic_level BIGINT,
    claim_alliance_sovereignty_hub_id BIGINT,
    claim_alliance_sovereignty_hub_vulnerability_window_start TIMESTAMPTZ,
    claim_alliance_sovereignty_hub_vulnerability_window_end TIMESTAMPTZ,
    claim JSONB,
    PRIMARY KEY (solar_system_id)
);
