-- server_status: GET /status
CREATE TABLE server_status (
    observed_at TIMESTAMPTZ NOT NULL,
    players BIGINT,
    server_version TEXT,
    start_time TIMESTAMPTZ,
    vip BOOLEAN,
    PRIMARY KEY (observed_at)
);

-- market_orders: GET /markets/{region_id}/orders
CREATE TABLE market_orders (
    region_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    type_id BIGINT,
    is_buy_order BOOLEAN,
    price DOUBLE PRECISION,
    volume_remain BIGINT,
    volume_total BIGINT,
    min_volume BIGINT,
    range TEXT,
    location_id BIGINT,
    system_id BIGINT,
    issued TIMESTAMPTZ,
    duration BIGINT,
    PRIMARY KEY (region_id, order_id)
);
CREATE INDEX market_orders_region_id_type_id_idx ON market_orders (region_id, type_id);

-- market_prices: GET /markets/prices
CREATE TABLE market_prices (
    type_id BIGINT NOT NULL,
    adjusted_price DOUBLE PRECISION,
    average_price DOUBLE PRECISION,
    PRIMARY KEY (type_id)
);

-- universe_regions: GET /universe/regions/{region_id}
CREATE TABLE universe_regions (
    region_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    constellations JSONB,
    PRIMARY KEY (region_id)
);

-- universe_constellations: GET /universe/constellations/{constellation_id}
CREATE TABLE universe_constellations (
    constellation_id BIGINT NOT NULL,
    name TEXT,
    region_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    systems JSONB,
    PRIMARY KEY (constellation_id)
);
CREATE INDEX universe_constellations_region_id_idx ON universe_constellations (region_id);

-- universe_systems: GET /universe/systems/{system_id}
CREATE TABLE universe_systems (
    system_id BIGINT NOT NULL,
    name TEXT,
    constellation_id BIGINT,
    security_status DOUBLE PRECISION,
    security_class TEXT,
    star_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (system_id)
);
CREATE INDEX universe_systems_constellation_id_idx ON universe_systems (constellation_id);

CREATE TABLE universe_system_planets (
    system_id BIGINT NOT NULL,
    planet_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, planet_id)
);

CREATE TABLE universe_system_moons (
    system_id BIGINT NOT NULL,
    planet_id BIGINT NOT NULL,
    moon_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, planet_id, moon_id)
);

CREATE TABLE universe_system_belts (
    system_id BIGINT NOT NULL,
    planet_id BIGINT NOT NULL,
    asteroid_belt_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, planet_id, asteroid_belt_id)
);

CREATE TABLE universe_system_stargates (
    system_id BIGINT NOT NULL,
    stargate_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, stargate_id)
);

CREATE TABLE universe_system_stations (
    system_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, station_id)
);

-- entity_names: POST /universe/names
CREATE TABLE entity_names (
    id BIGINT NOT NULL,
    name TEXT,
    category TEXT,
    PRIMARY KEY (id)
);
CREATE INDEX entity_names_name_idx ON entity_names (name);

-- industry_cost_indices: GET /industry/systems
CREATE TABLE industry_cost_indices (
    solar_system_id BIGINT NOT NULL,
    activity TEXT COLLATE "C" NOT NULL,
    cost_index DOUBLE PRECISION,
    PRIMARY KEY (solar_system_id, activity)
);

-- incursions: GET /incursions
CREATE TABLE incursions (
    constellation_id BIGINT NOT NULL,
    faction_id BIGINT,
    has_boss BOOLEAN,
    influence DOUBLE PRECISION,
    staging_solar_system_id BIGINT,
    state TEXT,
    type TEXT,
    PRIMARY KEY (constellation_id)
);

CREATE TABLE incursion_systems (
    constellation_id BIGINT NOT NULL,
    solar_system_id BIGINT NOT NULL,
    PRIMARY KEY (constellation_id, solar_system_id)
);

-- market_region_types: GET /markets/{region_id}/types
CREATE TABLE market_region_types (
    region_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    PRIMARY KEY (region_id, type_id)
);

-- market_groups: GET /markets/groups/{market_group_id}
CREATE TABLE market_groups (
    market_group_id BIGINT NOT NULL,
    name TEXT,
    parent_group_id BIGINT,
    description TEXT,
    types JSONB,
    PRIMARY KEY (market_group_id)
);
CREATE INDEX market_groups_parent_group_id_idx ON market_groups (parent_group_id);

-- market_history: GET /markets/{region_id}/history
CREATE TABLE market_history (
    region_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    date DATE NOT NULL,
    average DOUBLE PRECISION,
    lowest DOUBLE PRECISION,
    highest DOUBLE PRECISION,
    order_count BIGINT,
    volume BIGINT,
    PRIMARY KEY (region_id, type_id, date)
);

-- universe_stations: GET /universe/stations/{station_id}
CREATE TABLE universe_stations (
    station_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    type_id BIGINT,
    owner BIGINT,
    race_id BIGINT,
    max_dockable_ship_volume DOUBLE PRECISION,
    office_rental_cost DOUBLE PRECISION,
    reprocessing_efficiency DOUBLE PRECISION,
    reprocessing_stations_take DOUBLE PRECISION,
    services JSONB,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (station_id)
);
CREATE INDEX universe_stations_system_id_idx ON universe_stations (system_id);

-- universe_categories: GET /universe/categories/{category_id}
CREATE TABLE universe_categories (
    category_id BIGINT NOT NULL,
    name TEXT,
    published BOOLEAN,
    groups JSONB,
    PRIMARY KEY (category_id)
);

-- universe_groups: GET /universe/groups/{group_id}
CREATE TABLE universe_groups (
    group_id BIGINT NOT NULL,
    name TEXT,
    category_id BIGINT,
    published BOOLEAN,
    types JSONB,
    PRIMARY KEY (group_id)
);
CREATE INDEX universe_groups_category_id_idx ON universe_groups (category_id);

-- universe_types: GET /universe/types/{type_id}
CREATE TABLE universe_types (
    type_id BIGINT NOT NULL,
    name TEXT,
    group_id BIGINT,
    market_group_id BIGINT,
    published BOOLEAN,
    volume DOUBLE PRECISION,
    packaged_volume DOUBLE PRECISION,
    capacity DOUBLE PRECISION,
    mass DOUBLE PRECISION,
    radius DOUBLE PRECISION,
    portion_size BIGINT,
    icon_id BIGINT,
    graphic_id BIGINT,
    description TEXT,
    PRIMARY KEY (type_id)
);
CREATE INDEX universe_types_group_id_idx ON universe_types (group_id);
CREATE INDEX universe_types_market_group_id_idx ON universe_types (market_group_id);

CREATE TABLE type_dogma_attributes (
    type_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    value DOUBLE PRECISION,
    PRIMARY KEY (type_id, attribute_id)
);

CREATE TABLE type_dogma_effects (
    type_id BIGINT NOT NULL,
    effect_id BIGINT NOT NULL,
    is_default BOOLEAN,
    PRIMARY KEY (type_id, effect_id)
);

-- universe_factions: GET /universe/factions
CREATE TABLE universe_factions (
    faction_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    corporation_id BIGINT,
    militia_corporation_id BIGINT,
    solar_system_id BIGINT,
    size_factor DOUBLE PRECISION,
    station_count BIGINT,
    station_system_count BIGINT,
    is_unique BOOLEAN,
    PRIMARY KEY (faction_id)
);

-- universe_races: GET /universe/races
CREATE TABLE universe_races (
    race_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    alliance_id BIGINT,
    PRIMARY KEY (race_id)
);

-- universe_bloodlines: GET /universe/bloodlines
CREATE TABLE universe_bloodlines (
    bloodline_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    race_id BIGINT,
    corporation_id BIGINT,
    ship_type_id BIGINT,
    charisma BIGINT,
    intelligence BIGINT,
    memory BIGINT,
    perception BIGINT,
    willpower BIGINT,
    PRIMARY KEY (bloodline_id)
);

-- universe_ancestries: GET /universe/ancestries
CREATE TABLE universe_ancestries (
    ancestry_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    short_description TEXT,
    bloodline_id BIGINT,
    icon_id BIGINT,
    PRIMARY KEY (ancestry_id)
);

-- system_jumps: GET /universe/system_jumps
CREATE TABLE system_jumps (
    observed_at TIMESTAMPTZ NOT NULL,
    system_id BIGINT NOT NULL,
    ship_jumps BIGINT,
    PRIMARY KEY (observed_at, system_id)
);

-- system_kills: GET /universe/system_kills
CREATE TABLE system_kills (
    observed_at TIMESTAMPTZ NOT NULL,
    system_id BIGINT NOT NULL,
    ship_kills BIGINT,
    pod_kills BIGINT,
    npc_kills BIGINT,
    PRIMARY KEY (observed_at, system_id)
);

-- industry_facilities: GET /industry/facilities
CREATE TABLE industry_facilities (
    facility_id BIGINT NOT NULL,
    type_id BIGINT,
    owner_id BIGINT,
    region_id BIGINT,
    solar_system_id BIGINT,
    tax DOUBLE PRECISION,
    PRIMARY KEY (facility_id)
);
CREATE INDEX industry_facilities_solar_system_id_idx ON industry_facilities (solar_system_id);

-- insurance_prices: GET /insurance/prices
CREATE TABLE insurance_prices (
    type_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    cost DOUBLE PRECISION,
    payout DOUBLE PRECISION,
    PRIMARY KEY (type_id, name)
);

-- sovereignty_systems: GET /sovereignty/systems
CREATE TABLE sovereignty_systems (
    solar_system_id BIGINT NOT NULL,
    claim_kind TEXT,
    claim_faction_faction_id BIGINT,
    claim_alliance_alliance_id BIGINT,
    claim_alliance_corporation_id BIGINT,
    claim_alliance_claimed_since TIMESTAMPTZ,
    claim_alliance_is_capital_system BOOLEAN,
    claim_alliance_development_activity_defense_multiplier DOUBLE PRECISION,
    claim_alliance_development_industrial_level BIGINT,
    claim_alliance_development_military_level BIGINT,
    claim_alliance_development_strategic_level BIGINT,
    claim_alliance_sovereignty_hub_id BIGINT,
    claim_alliance_sovereignty_hub_vulnerability_window_start TIMESTAMPTZ,
    claim_alliance_sovereignty_hub_vulnerability_window_end TIMESTAMPTZ,
    claim JSONB,
    PRIMARY KEY (solar_system_id)
);

-- sovereignty_campaigns: GET /sovereignty/campaigns
CREATE TABLE sovereignty_campaigns (
    campaign_id BIGINT NOT NULL,
    event_type TEXT,
    solar_system_id BIGINT,
    constellation_id BIGINT,
    structure_id BIGINT,
    start_time TIMESTAMPTZ,
    defender_id BIGINT,
    defender_score DOUBLE PRECISION,
    attackers_score DOUBLE PRECISION,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (campaign_id)
);

CREATE TABLE sovereignty_campaign_participants (
    campaign_id BIGINT NOT NULL,
    alliance_id BIGINT NOT NULL,
    score DOUBLE PRECISION,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (campaign_id, alliance_id)
);

-- public_contracts: GET /contracts/public/{region_id}
CREATE TABLE public_contracts (
    region_id BIGINT NOT NULL,
    contract_id BIGINT NOT NULL,
    type TEXT,
    title TEXT,
    issuer_id BIGINT,
    issuer_corporation_id BIGINT,
    for_corporation BOOLEAN,
    date_issued TIMESTAMPTZ,
    date_expired TIMESTAMPTZ,
    days_to_complete BIGINT,
    price DOUBLE PRECISION,
    buyout DOUBLE PRECISION,
    reward DOUBLE PRECISION,
    collateral DOUBLE PRECISION,
    volume DOUBLE PRECISION,
    start_location_id BIGINT,
    end_location_id BIGINT,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (region_id, contract_id)
);
CREATE INDEX public_contracts_contract_id_idx ON public_contracts (contract_id);

-- public_contract_items: GET /contracts/public/items/{contract_id}
CREATE TABLE public_contract_items (
    contract_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    type_id BIGINT,
    quantity BIGINT,
    is_included BOOLEAN,
    item_id BIGINT,
    is_blueprint_copy BOOLEAN,
    runs BIGINT,
    material_efficiency BIGINT,
    time_efficiency BIGINT,
    PRIMARY KEY (contract_id, record_id)
);
CREATE INDEX public_contract_items_type_id_idx ON public_contract_items (type_id);

-- public_contract_bids: GET /contracts/public/bids/{contract_id}
CREATE TABLE public_contract_bids (
    contract_id BIGINT NOT NULL,
    bid_id BIGINT NOT NULL,
    amount DOUBLE PRECISION,
    date_bid TIMESTAMPTZ,
    PRIMARY KEY (contract_id, bid_id)
);

-- universe_stargates: GET /universe/stargates/{stargate_id}
CREATE TABLE universe_stargates (
    stargate_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    type_id BIGINT,
    destination_stargate_id BIGINT,
    destination_system_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (stargate_id)
);
CREATE INDEX universe_stargates_system_id_idx ON universe_stargates (system_id);
CREATE INDEX universe_stargates_destination_system_id_idx ON universe_stargates (destination_system_id);

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

-- universe_planets: GET /universe/planets/{planet_id}
CREATE TABLE universe_planets (
    planet_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    type_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (planet_id)
);
CREATE INDEX universe_planets_system_id_idx ON universe_planets (system_id);

-- universe_moons: GET /universe/moons/{moon_id}
CREATE TABLE universe_moons (
    moon_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (moon_id)
);
CREATE INDEX universe_moons_system_id_idx ON universe_moons (system_id);

-- universe_asteroid_belts: GET /universe/asteroid_belts/{asteroid_belt_id}
CREATE TABLE universe_asteroid_belts (
    asteroid_belt_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (asteroid_belt_id)
);
CREATE INDEX universe_asteroid_belts_system_id_idx ON universe_asteroid_belts (system_id);

-- public_structures: GET /universe/structures
CREATE TABLE public_structures (
    structure_id BIGINT NOT NULL,
    PRIMARY KEY (structure_id)
);

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

-- planet_schematics: GET /universe/schematics/{schematic_id}
CREATE TABLE planet_schematics (
    schematic_id BIGINT NOT NULL,
    schematic_name TEXT,
    cycle_time BIGINT,
    PRIMARY KEY (schematic_id)
);

-- dogma_attributes: GET /dogma/attributes/{attribute_id}
CREATE TABLE dogma_attributes (
    attribute_id BIGINT NOT NULL,
    name TEXT,
    display_name TEXT,
    description TEXT,
    unit_id BIGINT,
    default_value DOUBLE PRECISION,
    high_is_good BOOLEAN,
    stackable BOOLEAN,
    published BOOLEAN,
    icon_id BIGINT,
    PRIMARY KEY (attribute_id)
);

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

-- dynamic_items: GET /dogma/dynamic/items/{type_id}/{item_id}
CREATE TABLE dynamic_items (
    item_id BIGINT NOT NULL,
    type_id BIGINT,
    source_type_id BIGINT,
    mutator_type_id BIGINT,
    created_by BIGINT,
    PRIMARY KEY (item_id)
);
CREATE INDEX dynamic_items_type_id_idx ON dynamic_items (type_id);

CREATE TABLE dynamic_item_attributes (
    item_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    value DOUBLE PRECISION,
    PRIMARY KEY (item_id, attribute_id)
);

CREATE TABLE dynamic_item_effects (
    item_id BIGINT NOT NULL,
    effect_id BIGINT NOT NULL,
    is_default BOOLEAN,
    PRIMARY KEY (item_id, effect_id)
);

-- loyalty_offers: GET /loyalty/stores/{corporation_id}/offers
CREATE TABLE loyalty_offers (
    corporation_id BIGINT NOT NULL,
    offer_id BIGINT NOT NULL,
    type_id BIGINT,
    quantity BIGINT,
    lp_cost BIGINT,
    isk_cost BIGINT,
    ak_cost BIGINT,
    PRIMARY KEY (corporation_id, offer_id)
);
CREATE INDEX loyalty_offers_type_id_idx ON loyalty_offers (type_id);

CREATE TABLE loyalty_offer_items (
    corporation_id BIGINT NOT NULL,
    offer_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    quantity BIGINT,
    PRIMARY KEY (corporation_id, offer_id, type_id)
);

-- fw_systems: GET /fw/systems
CREATE TABLE fw_systems (
    solar_system_id BIGINT NOT NULL,
    owner_faction_id BIGINT,
    occupier_faction_id BIGINT,
    contested TEXT,
    victory_points BIGINT,
    victory_points_threshold BIGINT,
    PRIMARY KEY (solar_system_id)
);

-- fw_wars: GET /fw/wars
CREATE TABLE fw_wars (
    faction_id BIGINT NOT NULL,
    against_id BIGINT NOT NULL,
    PRIMARY KEY (faction_id, against_id)
);

-- fw_faction_stats: GET /fw/stats
CREATE TABLE fw_faction_stats (
    date DATE NOT NULL,
    faction_id BIGINT NOT NULL,
    pilots BIGINT,
    systems_controlled BIGINT,
    kills_yesterday BIGINT,
    kills_last_week BIGINT,
    kills_total BIGINT,
    victory_points_yesterday BIGINT,
    victory_points_last_week BIGINT,
    victory_points_total BIGINT,
    PRIMARY KEY (date, faction_id)
);

-- fw_leaderboard_factions: GET /fw/leaderboards
CREATE TABLE fw_leaderboard_factions (
    date DATE NOT NULL,
    metric TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    rank BIGINT NOT NULL,
    faction_id BIGINT,
    amount BIGINT,
    PRIMARY KEY (date, metric, period, rank)
);

-- fw_leaderboard_corporations: GET /fw/leaderboards/corporations
CREATE TABLE fw_leaderboard_corporations (
    date DATE NOT NULL,
    metric TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    rank BIGINT NOT NULL,
    corporation_id BIGINT,
    amount BIGINT,
    PRIMARY KEY (date, metric, period, rank)
);

-- fw_leaderboard_characters: GET /fw/leaderboards/characters
CREATE TABLE fw_leaderboard_characters (
    date DATE NOT NULL,
    metric TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    rank BIGINT NOT NULL,
    character_id BIGINT,
    amount BIGINT,
    PRIMARY KEY (date, metric, period, rank)
);

-- skyhooks_raidable: GET /skyhooks/raidable
CREATE TABLE skyhooks_raidable (
    planet_id BIGINT NOT NULL,
    theft_vulnerability_start TIMESTAMPTZ NOT NULL,
    theft_vulnerability_end TIMESTAMPTZ,
    solar_system_id BIGINT,
    PRIMARY KEY (planet_id, theft_vulnerability_start)
);

-- alliances: GET /alliances/{alliance_id}
CREATE TABLE alliances (
    alliance_id BIGINT NOT NULL,
    name TEXT,
    ticker TEXT,
    date_founded TIMESTAMPTZ,
    creator_id BIGINT,
    creator_corporation_id BIGINT,
    executor_corporation_id BIGINT,
    faction_id BIGINT,
    PRIMARY KEY (alliance_id)
);

-- alliance_corporations: GET /alliances/{alliance_id}/corporations
CREATE TABLE alliance_corporations (
    alliance_id BIGINT NOT NULL,
    corporation_id BIGINT NOT NULL,
    PRIMARY KEY (alliance_id, corporation_id)
);

-- npc_corporations: GET /corporations/npccorps
CREATE TABLE npc_corporations (
    corporation_id BIGINT NOT NULL,
    PRIMARY KEY (corporation_id)
);

-- corporation_alliance_history: GET /corporations/{corporation_id}/alliancehistory
CREATE TABLE corporation_alliance_history (
    corporation_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    start_date TIMESTAMPTZ,
    alliance_id BIGINT,
    is_deleted BOOLEAN,
    PRIMARY KEY (corporation_id, record_id)
);

-- character_corporation_history: GET /characters/{character_id}/corporationhistory
CREATE TABLE character_corporation_history (
    character_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    start_date TIMESTAMPTZ,
    corporation_id BIGINT,
    is_deleted BOOLEAN,
    PRIMARY KEY (character_id, record_id)
);

-- character_affiliations: POST /characters/affiliation
CREATE TABLE character_affiliations (
    character_id BIGINT NOT NULL,
    corporation_id BIGINT,
    alliance_id BIGINT,
    faction_id BIGINT,
    PRIMARY KEY (character_id)
);
CREATE INDEX character_affiliations_corporation_id_idx ON character_affiliations (corporation_id);

CREATE TABLE character_affiliation_changes (
    character_id BIGINT NOT NULL,
    observed_at TIMESTAMPTZ NOT NULL,
    corporation_id BIGINT,
    alliance_id BIGINT,
    faction_id BIGINT,
    PRIMARY KEY (character_id, observed_at)
);

-- war_killmail_refs: GET /wars/{war_id}/killmails
CREATE TABLE war_killmail_refs (
    war_id BIGINT NOT NULL,
    killmail_id BIGINT NOT NULL,
    killmail_hash TEXT,
    PRIMARY KEY (war_id, killmail_id)
);

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

-- freelance_jobs: GET /freelance-jobs
CREATE TABLE freelance_jobs (
    job_id TEXT COLLATE "C" NOT NULL,
    name TEXT,
    state TEXT,
    last_modified TIMESTAMPTZ,
    progress_current BIGINT,
    progress_desired BIGINT,
    reward_initial DOUBLE PRECISION,
    reward_remaining DOUBLE PRECISION,
    PRIMARY KEY (job_id)
);

-- freelance_job_details: GET /freelance-jobs/{job_id}
CREATE TABLE freelance_job_details (
    job_id TEXT COLLATE "C" NOT NULL,
    name TEXT,
    state TEXT,
    last_modified TIMESTAMPTZ,
    progress_current BIGINT,
    progress_desired BIGINT,
    reward_initial DOUBLE PRECISION,
    reward_remaining DOUBLE PRECISION,
    details_description TEXT,
    details_career TEXT,
    details_created TIMESTAMPTZ,
    details_expires TIMESTAMPTZ,
    details_finished TIMESTAMPTZ,
    details_creator_character_id BIGINT,
    details_creator_character_name TEXT,
    details_creator_corporation_id BIGINT,
    details_creator_corporation_name TEXT,
    access_and_visibility_acl_protected BOOLEAN,
    access_and_visibility_broadcast_locations JSONB,
    access_and_visibility_restrictions_minimum_age BIGINT,
    access_and_visibility_restrictions_maximum_age BIGINT,
    contribution_max_committed_participants BIGINT,
    contribution_contribution_per_participant_limit BIGINT,
    contribution_reward_per_contribution DOUBLE PRECISION,
    contribution_submission_limit BIGINT,
    contribution_submission_multiplier DOUBLE PRECISION,
    configuration_method TEXT,
    configuration_version BIGINT,
    configuration_parameters JSONB,
    PRIMARY KEY (job_id)
);

-- military_campaigns: GET /military-campaigns/{campaign_id}
CREATE TABLE military_campaigns (
    campaign_id TEXT COLLATE "C" NOT NULL,
    state TEXT,
    progress BIGINT,
    started TIMESTAMPTZ,
    finished TIMESTAMPTZ,
    PRIMARY KEY (campaign_id)
);

-- military_campaign_objectives: GET /military-campaigns/{campaign_id}/objectives
CREATE TABLE military_campaign_objectives (
    objective_id TEXT COLLATE "C" NOT NULL,
    campaign_id TEXT,
    state TEXT,
    progress BIGINT,
    last_modified TIMESTAMPTZ,
    started TIMESTAMPTZ,
    finished TIMESTAMPTZ,
    participants_committed BIGINT,
    participants_contributors BIGINT,
    participants_total BIGINT,
    PRIMARY KEY (objective_id)
);
CREATE INDEX military_campaign_objectives_campaign_id_idx ON military_campaign_objectives (campaign_id);

-- paragon_listings: GET /paragon-hub/skinr
CREATE TABLE paragon_listings (
    listing_id TEXT COLLATE "C" NOT NULL,
    skinr_id TEXT,
    seller_id BIGINT,
    state TEXT,
    quantity BIGINT,
    price_kind TEXT,
    price_isk DOUBLE PRECISION,
    price_plex BIGINT,
    price JSONB,
    created TIMESTAMPTZ,
    expires TIMESTAMPTZ,
    last_modified TIMESTAMPTZ,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (listing_id)
);
CREATE INDEX paragon_listings_skinr_id_idx ON paragon_listings (skinr_id);

-- skinr_designs: GET /cosmetics/skinr/{skinr_id}
CREATE TABLE skinr_designs (
    skinr_id TEXT COLLATE "C" NOT NULL,
    name TEXT,
    line TEXT,
    tier_level BIGINT,
    ship_type_id BIGINT,
    creator_id BIGINT,
    layout JSONB,
    PRIMARY KEY (skinr_id)
);

-- corporations: GET /corporations/{corporation_id}
CREATE TABLE corporations (
    corporation_id BIGINT NOT NULL,
    name TEXT,
    ticker TEXT,
    type TEXT,
    state TEXT,
    member_count BIGINT,
    alliance_id BIGINT,
    ceo_id BIGINT,
    creator_id BIGINT,
    date_founded TIMESTAMPTZ,
    home_station_id BIGINT,
    enlisted_faction_id BIGINT,
    tax_rates_isk DOUBLE PRECISION,
    tax_rates_loyalty_point DOUBLE PRECISION,
    shares BIGINT,
    war_eligible BOOLEAN,
    friendly_fire TEXT,
    url TEXT,
    description TEXT,
    palette JSONB,
    PRIMARY KEY (corporation_id)
);
CREATE INDEX corporations_alliance_id_idx ON corporations (alliance_id);

-- wars: GET /wars/{war_id}
CREATE TABLE wars (
    war_id BIGINT NOT NULL,
    declared TIMESTAMPTZ,
    started TIMESTAMPTZ,
    finished TIMESTAMPTZ,
    retracted TIMESTAMPTZ,
    mutual BOOLEAN,
    open_for_allies BOOLEAN,
    aggressor_alliance_id BIGINT,
    aggressor_corporation_id BIGINT,
    aggressor_isk_destroyed DOUBLE PRECISION,
    aggressor_ships_killed BIGINT,
    defender_alliance_id BIGINT,
    defender_corporation_id BIGINT,
    defender_isk_destroyed DOUBLE PRECISION,
    defender_ships_killed BIGINT,
    PRIMARY KEY (war_id)
);
CREATE INDEX wars_finished_idx ON wars (finished);

CREATE TABLE war_allies (
    war_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    alliance_id BIGINT,
    corporation_id BIGINT,
    PRIMARY KEY (war_id, ordinal)
);

-- characters: GET /characters/{character_id}
CREATE TABLE characters (
    character_id BIGINT NOT NULL,
    name TEXT,
    corporation_id BIGINT,
    alliance_id BIGINT,
    faction_id BIGINT,
    birthday TIMESTAMPTZ,
    gender TEXT,
    race_id BIGINT,
    bloodline_id BIGINT,
    security_status DOUBLE PRECISION,
    achievement_score BIGINT,
    corporation_title TEXT,
    character_title_id TEXT,
    description TEXT,
    PRIMARY KEY (character_id)
);
CREATE INDEX characters_corporation_id_idx ON characters (corporation_id);

-- esi_route_status: GET /meta/status
CREATE TABLE esi_route_status (
    method TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    status TEXT,
    PRIMARY KEY (method, path)
);

-- esi_compatibility_dates: GET /meta/compatibility-dates
CREATE TABLE esi_compatibility_dates (
    date DATE NOT NULL,
    PRIMARY KEY (date)
);

-- esi_changelog: GET /meta/changelog
CREATE TABLE esi_changelog (
    date DATE NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    description TEXT,
    PRIMARY KEY (date, method, path, type)
);
