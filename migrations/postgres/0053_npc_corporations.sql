-- npc_corporations: GET /corporations/npccorps
CREATE TABLE npc_corporations (
    corporation_id BIGINT NOT NULL,
    PRIMARY KEY (corporation_id)
);
