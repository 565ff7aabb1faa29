-- public_structures: GET /universe/structures
CREATE TABLE public_structures (
    structure_id INTEGER NOT NULL,
    PRIMARY KEY (structure_id)
) WITHOUT ROWID;
