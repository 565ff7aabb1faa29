-- industry_facilities: GET /industry/facilities
CREATE TABLE industry_facilities (
    facility_id INTEGER NOT NULL,
    type_id INTEGER,
    owner_id INTEGER,
    region_id INTEGER,
    solar_system_id INTEGER,
    tax REAL,
    PRIMARY KEY (facility_id)
) WITHOUT ROWID;
CREATE INDEX industry_facilities_solar_system_id_idx ON industry_facilities (solar_system_id);
