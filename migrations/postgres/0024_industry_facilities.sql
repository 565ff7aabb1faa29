-- industry_facilities: GET /industry/facilities
CREATE TABLE industry_facilities (
    facility_id BIGINT NOT NULL,
    type_id BIGINT,
    owner_id BIGINT,
    region_id BIGINT,
    solar_system_id BIGINT,
    tax DOUBLE PRECISION,
    PRIMARY KEY (facility_id)
);
CREATE INDEX industry_facilities_solar_system_id_idx ON industry_facilities (solar_system_id);
