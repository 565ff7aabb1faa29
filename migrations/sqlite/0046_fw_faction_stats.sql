-- fw_faction_stats: GET /fw/stats
CREATE TABLE fw_faction_stats (
    date TEXT NOT NULL,
    faction_id INTEGER NOT NULL,
    pilots INTEGER,
    systems_controlled INTEGER,
    kills_yesterday INTEGER,
    kills_last_week INTEGER,
    kills_total INTEGER,
    victory_points_yesterday INTEGER,
    victory_points_last_week INTEGER,
    victory_points_total INTEGER,
    PRIMARY KEY (date, faction_id)
) WITHOUT ROWID;
