-- fw_leaderboard_characters: GET /fw/leaderboards/characters
CREATE TABLE fw_leaderboard_characters (
    date DATE NOT NULL,
    metric TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    rank BIGINT NOT NULL,
    character_id BIGINT,
    amount BIGINT,
    PRIMARY KEY (date, metric, period, rank)
);
