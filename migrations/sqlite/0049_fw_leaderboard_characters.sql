-- fw_leaderboard_characters: GET /fw/leaderboards/characters
CREATE TABLE fw_leaderboard_characters (
    date TEXT NOT NULL,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    rank INTEGER NOT NULL,
    character_id INTEGER,
    amount INTEGER,
    PRIMARY KEY (date, metric, period, rank)
) WITHOUT ROWID;
