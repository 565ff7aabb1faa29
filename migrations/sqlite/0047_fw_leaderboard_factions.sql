-- fw_leaderboard_factions: GET /fw/leaderboards
CREATE TABLE fw_leaderboard_factions (
    date TEXT NOT NULL,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    rank INTEGER NOT NULL,
    faction_id INTEGER,
    amount INTEGER,
    PRIMARY KEY (date, metric, period, rank)
) WITHOUT ROWID;
