-- dogma_effects: GET /dogma/effects/{effect_id}
CREATE TABLE dogma_effects (
    effect_id BIGINT NOT NULL,
    name TEXT,
    display_name TEXT,
    description TEXT,
    effect_category BIGINT,
    published BOOLEAN,
    is_offensive BOOLEAN,
    is_assistance BOOLEAN,
    is_warp_safe BOOLEAN,
    disallow_auto_repeat BOOLEAN,
    electronic_chance BOOLEAN,
    range_chance BOOLEAN,
    duration_attribute_id BIGINT,
    discharge_attribute_id BIGINT,
    range_attribute_id BIGINT,
    falloff_attribute_id BIGINT,
    tracking_speed_attribute_id BIGINT,
    pre_expression BIGINT,
    post_expression BIGINT,
    icon_id BIGINT,
    PRIMARY KEY (effect_id)
);

CREATE TABLE dogma_effect_modifiers (
    effect_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    func TEXT,
    domain TEXT,
    operator BIGINT,
    modified_attribute_id BIGINT,
    modifying_attribute_id BIGINT,
    modified_effect_id BIGINT,
    PRIMARY KEY (effect_id, ordinal)
);
