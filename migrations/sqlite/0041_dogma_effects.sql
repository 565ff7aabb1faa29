-- dogma_effects: GET /dogma/effects/{effect_id}
CREATE TABLE dogma_effects (
    effect_id INTEGER NOT NULL,
    name TEXT,
    display_name TEXT,
    description TEXT,
    effect_category INTEGER,
    published INTEGER,
    is_offensive INTEGER,
    is_assistance INTEGER,
    is_warp_safe INTEGER,
    disallow_auto_repeat INTEGER,
    electronic_chance INTEGER,
    range_chance INTEGER,
    duration_attribute_id INTEGER,
    discharge_attribute_id INTEGER,
    range_attribute_id INTEGER,
    falloff_attribute_id INTEGER,
    tracking_speed_attribute_id INTEGER,
    pre_expression INTEGER,
    post_expression INTEGER,
    icon_id INTEGER,
    PRIMARY KEY (effect_id)
) WITHOUT ROWID;

CREATE TABLE dogma_effect_modifiers (
    effect_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    func TEXT,
    domain TEXT,
    operator INTEGER,
    modified_attribute_id INTEGER,
    modifying_attribute_id INTEGER,
    modified_effect_id INTEGER,
    PRIMARY KEY (effect_id, ordinal)
) WITHOUT ROWID;
