-- universe_graphics: GET /universe/graphics/{graphic_id}
CREATE TABLE universe_graphics (
    graphic_id BIGINT NOT NULL,
    graphic_file TEXT,
    collision_file TEXT,
    icon_folder TEXT,
    sof_dna TEXT,
    sof_fation_name TEXT,
    sof_hull_name TEXT,
    sof_race_name TEXT,
    PRIMARY KEY (graphic_id)
);
