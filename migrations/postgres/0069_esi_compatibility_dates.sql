-- esi_compatibility_dates: GET /meta/compatibility-dates
CREATE TABLE esi_compatibility_dates (
    date DATE NOT NULL,
    PRIMARY KEY (date)
);
