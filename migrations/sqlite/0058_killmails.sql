-- killmails: GET /killmails/{killmail_id}/{killmail_hash}
CREATE TABLE killmails (
    killmail_id INTEGER NOT NULL,
    killmail_time TEXT,
    solar_system_id INTEGER,
    moon_id INTEGER,
    war_id INTEGER,
    victim_character_id INTEGER,
    victim_corporation_id INTEGER,
    victim_alliance_id INTEGER,
    victim_faction_id INTEGER,
    victim_ship_type_id INTEGER,
    victim_damage_taken INTEGER,
    victim_position_x REAL,
    victim_position_y REAL,
    victim_position_z REAL,
    PRIMARY KEY (killmail_id)
) WITHOUT ROWID;
CREATE INDEX killmails_killmail_time_idx ON killmails (killmail_time);
CREATE INDEX killmails_war_id_idx ON killmails (war_id);
CREATE INDEX killmails_solar_system_id_idx ON killmails (solar_system_id);
CREATE INDEX killmails_victim_ship_type_id_idx ON killmails (victim_ship_type_id);

CREATE TABLE killmail_attackers (
    killmail_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    character_id INTEGER,
    corporation_id INTEGER,
    alliance_id INTEGER,
    faction_id INTEGER,
    ship_type_id INTEGER,
    weapon_type_id INTEGER,
    damage_done INTEGER,
    final_blow INTEGER,
    security_status REAL,
    PRIMARY KEY (killmail_id, ordinal)
) WITHOUT ROWID;

CREATE TABLE killmail_items (
    killmail_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    item_type_id INTEGER,
    flag INTEGER,
    quantity_dropped INTEGER,
    quantity_destroyed INTEGER,
    singleton INTEGER,
    PRIMARY KEY (killmail_id, ordinal)
) WITHOUT ROWID;

CREATE TABLE killmail_item_contents (
    killmail_id INTEGER NOT NULL,
    item_ordinal INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    item_type_id INTEGER,
    flag INTEGER,
    quantity_dropped INTEGER,
    quantity_destroyed INTEGER,
    singleton INTEGER,
    PRIMARY KEY (killmail_id, item_ordinal, ordinal)
) WITHOUT ROWID;
