-- universe_stars: GET /universe/stars/{star_id}
CREATE TABLE universe_stars (
    star_id BIGINT NOT NULL,
    name TEXT,
    solar_system_id BIGINT,
    type_id BIGINT,
    spectral_class TEXT,
    luminosity DOUBLE PRECISION,
    temperature BIGINT,
    radius BIGINT,
    age BIGINT,
    PRIMARY KEY (star_id)
);
