-- fw_wars: GET /fw/wars
CREATE TABLE fw_wars (
    faction_id BIGINT NOT NULL,
    against_id BIGINT NOT NULL,
    PRIMARY KEY (faction_id, against_id)
);
