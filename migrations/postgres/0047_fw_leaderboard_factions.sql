-- fw_leaderboard_factions: GET /fw/leaderboards
CREATE TABLE fw_leaderboard_factions (
    date DATE NOT NULL,
    metric TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    rank BIGINT NOT NULL,
    faction_id BIGINT,
    amount BIGINT,
    PRIMARY KEY (date, metric, period, rank)
);
