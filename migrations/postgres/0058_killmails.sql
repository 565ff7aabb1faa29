-- killmails: GET /killmails/{killmail_id}/{killmail_hash}
CREATE TABLE killmails (
    killmail_id BIGINT NOT NULL,
    killmail_time TIMESTAMPTZ,
    solar_system_id BIGINT,
    moon_id BIGINT,
    war_id BIGINT,
    victim_character_id BIGINT,
    victim_corporation_id BIGINT,
    victim_alliance_id BIGINT,
    victim_faction_id BIGINT,
    victim_ship_type_id BIGINT,
    victim_damage_taken BIGINT,
    victim_position_x DOUBLE PRECISION,
    victim_position_y DOUBLE PRECISION,
    victim_position_z DOUBLE PRECISION,
    PRIMARY KEY (killmail_id)
);
CREATE INDEX killmails_killmail_time_idx ON killmails (killmail_time);
CREATE INDEX killmails_war_id_idx ON killmails (war_id);
CREATE INDEX killmails_solar_system_id_idx ON killmails (solar_system_id);
CREATE INDEX killmails_victim_ship_type_id_idx ON killmails (victim_ship_type_id);

CREATE TABLE killmail_attackers (
    killmail_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    character_id BIGINT,
    corporation_id BIGINT,
    alliance_id BIGINT,
    faction_id BIGINT,
    ship_type_id BIGINT,
    weapon_type_id BIGINT,
    damage_done BIGINT,
    final_blow BOOLEAN,
    security_status DOUBLE PRECISION,
    PRIMARY KEY (killmail_id, ordinal)
);

CREATE TABLE killmail_items (
    killmail_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    item_type_id BIGINT,
    flag BIGINT,
    quantity_dropped BIGINT,
    quantity_destroyed BIGINT,
    singleton BIGINT,
    PRIMARY KEY (killmail_id, ordinal)
);

CREATE TABLE killmail_item_contents (
    killmail_id BIGINT NOT NULL,
    item_ordinal BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    item_type_id BIGINT,
    flag BIGINT,
    quantity_dropped BIGINT,
    quantity_destroyed BIGINT,
    singleton BIGINT,
    PRIMARY KEY (killmail_id, item_ordinal, ordinal)
);
