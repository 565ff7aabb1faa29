-- fw_faction_stats: GET /fw/stats
CREATE TABLE fw_faction_stats (
    date DATE NOT NULL,
    faction_id BIGINT NOT NULL,
    pilots BIGINT,
    systems_controlled BIGINT,
    kills_yesterday BIGINT,
    kills_last_week BIGINT,
    kills_total BIGINT,
    victory_points_yesterday BIGINT,
    victory_points_last_week BIGINT,
    victory_points_total BIGINT,
    PRIMARY KEY (date, faction_id)
);
