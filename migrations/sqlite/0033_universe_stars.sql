-- universe_stars: GET /universe/stars/{star_id}
CREATE TABLE universe_stars (
    star_id INTEGER NOT NULL,
    name TEXT,
    solar_system_id INTEGER,
    type_id INTEGER,
    spectral_class TEXT,
    luminosity REAL,
    temperature INTEGER,
    radius INTEGER,
    age INTEGER,
    PRIMARY KEY (star_id)
) WITHOUT ROWID;
