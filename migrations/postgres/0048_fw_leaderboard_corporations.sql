-- fw_leaderboard_corporations: GET /fw/leaderboards/corporations
CREATE TABLE fw_leaderboard_corporations (
    date DATE NOT NULL,
    metric TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    rank BIGINT NOT NULL,
    corporation_id BIGINT,
    amount BIGINT,
    PRIMARY KEY (date, metric, period, rank)
);
