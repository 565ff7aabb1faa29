-- esi_compatibility_dates: GET /meta/compatibility-dates
CREATE TABLE esi_compatibility_dates (
    date TEXT NOT NULL,
    PRIMARY KEY (date)
) WITHOUT ROWID;
