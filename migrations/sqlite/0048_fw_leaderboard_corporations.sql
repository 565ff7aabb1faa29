-- fw_leaderboard_corporations: GET /fw/leaderboards/corporations
CREATE TABLE fw_leaderboard_corporations (
    date TEXT NOT NULL,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    rank INTEGER NOT NULL,
    corporation_id INTEGER,
    amount INTEGER,
    PRIMARY KEY (date, metric, period, rank)
) WITHOUT ROWID;
