-- server_status: GET /status
CREATE TABLE server_status (
    observed_at DATETIME NOT NULL,
    players INTEGER,
    server_version TEXT,
    start_time DATETIME,
    vip BOOLEAN,
    PRIMARY KEY (observed_at)
) WITHOUT ROWID;

-- market_orders: GET /markets/{region_id}/orders
CREATE TABLE market_orders (
    region_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    type_id INTEGER,
    is_buy_order BOOLEAN,
    price REAL,
    volume_remain INTEGER,
    volume_total INTEGER,
    min_volume INTEGER,
    range TEXT,
    location_id INTEGER,
    system_id INTEGER,
    issued DATETIME,
    duration INTEGER,
    PRIMARY KEY (region_id, order_id)
) WITHOUT ROWID;
CREATE INDEX market_orders_region_id_type_id_idx ON market_orders (region_id, type_id);

-- market_prices: GET /markets/prices
CREATE TABLE market_prices (
    type_id INTEGER NOT NULL,
    adjusted_price REAL,
    average_price REAL,
    PRIMARY KEY (type_id)
) WITHOUT ROWID;

-- universe_regions: GET /universe/regions/{region_id}
CREATE TABLE universe_regions (
    region_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    constellations TEXT,
    PRIMARY KEY (region_id)
) WITHOUT ROWID;

-- universe_constellations: GET /universe/constellations/{constellation_id}
CREATE TABLE universe_constellations (
    constellation_id INTEGER NOT NULL,
    name TEXT,
    region_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    systems TEXT,
    PRIMARY KEY (constellation_id)
) WITHOUT ROWID;
CREATE INDEX universe_constellations_region_id_idx ON universe_constellations (region_id);

-- universe_systems: GET /universe/systems/{system_id}
CREATE TABLE universe_systems (
    system_id INTEGER NOT NULL,
    name TEXT,
    constellation_id INTEGER,
    security_status REAL,
    security_class TEXT,
    star_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (system_id)
) WITHOUT ROWID;
CREATE INDEX universe_systems_constellation_id_idx ON universe_systems (constellation_id);

CREATE TABLE universe_system_planets (
    system_id INTEGER NOT NULL,
    planet_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, planet_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_moons (
    system_id INTEGER NOT NULL,
    planet_id INTEGER NOT NULL,
    moon_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, planet_id, moon_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_belts (
    system_id INTEGER NOT NULL,
    planet_id INTEGER NOT NULL,
    asteroid_belt_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, planet_id, asteroid_belt_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_stargates (
    system_id INTEGER NOT NULL,
    stargate_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, stargate_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_stations (
    system_id INTEGER NOT NULL,
    station_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, station_id)
) WITHOUT ROWID;

-- entity_names: POST /universe/names
CREATE TABLE entity_names (
    id INTEGER NOT NULL,
    name TEXT,
    category TEXT,
    PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE INDEX entity_names_name_idx ON entity_names (name);

-- industry_cost_indices: GET /industry/systems
CREATE TABLE industry_cost_indices (
    solar_system_id INTEGER NOT NULL,
    activity TEXT NOT NULL,
    cost_index REAL,
    PRIMARY KEY (solar_system_id, activity)
) WITHOUT ROWID;

-- incursions: GET /incursions
CREATE TABLE incursions (
    constellation_id INTEGER NOT NULL,
    faction_id INTEGER,
    has_boss BOOLEAN,
    influence REAL,
    staging_solar_system_id INTEGER,
    state TEXT,
    type TEXT,
    PRIMARY KEY (constellation_id)
) WITHOUT ROWID;

CREATE TABLE incursion_systems (
    constellation_id INTEGER NOT NULL,
    solar_system_id INTEGER NOT NULL,
    PRIMARY KEY (constellation_id, solar_system_id)
) WITHOUT ROWID;

-- market_region_types: GET /markets/{region_id}/types
CREATE TABLE market_region_types (
    region_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    PRIMARY KEY (region_id, type_id)
) WITHOUT ROWID;

-- market_groups: GET /markets/groups/{market_group_id}
CREATE TABLE market_groups (
    market_group_id INTEGER NOT NULL,
    name TEXT,
    parent_group_id INTEGER,
    description TEXT,
    types TEXT,
    PRIMARY KEY (market_group_id)
) WITHOUT ROWID;
CREATE INDEX market_groups_parent_group_id_idx ON market_groups (parent_group_id);

-- market_history: GET /markets/{region_id}/history
CREATE TABLE market_history (
    region_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    date DATE NOT NULL,
    average REAL,
    lowest REAL,
    highest REAL,
    order_count INTEGER,
    volume INTEGER,
    PRIMARY KEY (region_id, type_id, date)
) WITHOUT ROWID;

-- universe_stations: GET /universe/stations/{station_id}
CREATE TABLE universe_stations (
    station_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    type_id INTEGER,
    owner INTEGER,
    race_id INTEGER,
    max_dockable_ship_volume REAL,
    office_rental_cost REAL,
    reprocessing_efficiency REAL,
    reprocessing_stations_take REAL,
    services TEXT,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (station_id)
) WITHOUT ROWID;
CREATE INDEX universe_stations_system_id_idx ON universe_stations (system_id);

-- universe_categories: GET /universe/categories/{category_id}
CREATE TABLE universe_categories (
    category_id INTEGER NOT NULL,
    name TEXT,
    published BOOLEAN,
    groups TEXT,
    PRIMARY KEY (category_id)
) WITHOUT ROWID;

-- universe_groups: GET /universe/groups/{group_id}
CREATE TABLE universe_groups (
    group_id INTEGER NOT NULL,
    name TEXT,
    category_id INTEGER,
    published BOOLEAN,
    types TEXT,
    PRIMARY KEY (group_id)
) WITHOUT ROWID;
CREATE INDEX universe_groups_category_id_idx ON universe_groups (category_id);

-- universe_types: GET /universe/types/{type_id}
CREATE TABLE universe_types (
    type_id INTEGER NOT NULL,
    name TEXT,
    group_id INTEGER,
    market_group_id INTEGER,
    published BOOLEAN,
    volume REAL,
    packaged_volume REAL,
    capacity REAL,
    mass REAL,
    radius REAL,
    portion_size INTEGER,
    icon_id INTEGER,
    graphic_id INTEGER,
    description TEXT,
    PRIMARY KEY (type_id)
) WITHOUT ROWID;
CREATE INDEX universe_types_group_id_idx ON universe_types (group_id);
CREATE INDEX universe_types_market_group_id_idx ON universe_types (market_group_id);

CREATE TABLE type_dogma_attributes (
    type_id INTEGER NOT NULL,
    attribute_id INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (type_id, attribute_id)
) WITHOUT ROWID;

CREATE TABLE type_dogma_effects (
    type_id INTEGER NOT NULL,
    effect_id INTEGER NOT NULL,
    is_default BOOLEAN,
    PRIMARY KEY (type_id, effect_id)
) WITHOUT ROWID;

-- universe_factions: GET /universe/factions
CREATE TABLE universe_factions (
    faction_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    corporation_id INTEGER,
    militia_corporation_id INTEGER,
    solar_system_id INTEGER,
    size_factor REAL,
    station_count INTEGER,
    station_system_count INTEGER,
    is_unique BOOLEAN,
    PRIMARY KEY (faction_id)
) WITHOUT ROWID;

-- universe_races: GET /universe/races
CREATE TABLE universe_races (
    race_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    alliance_id INTEGER,
    PRIMARY KEY (race_id)
) WITHOUT ROWID;

-- universe_bloodlines: GET /universe/bloodlines
CREATE TABLE universe_bloodlines (
    bloodline_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    race_id INTEGER,
    corporation_id INTEGER,
    ship_type_id INTEGER,
    charisma INTEGER,
    intelligence INTEGER,
    memory INTEGER,
    perception INTEGER,
    willpower INTEGER,
    PRIMARY KEY (bloodline_id)
) WITHOUT ROWID;

-- universe_ancestries: GET /universe/ancestries
CREATE TABLE universe_ancestries (
    ancestry_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    short_description TEXT,
    bloodline_id INTEGER,
    icon_id INTEGER,
    PRIMARY KEY (ancestry_id)
) WITHOUT ROWID;

-- system_jumps: GET /universe/system_jumps
CREATE TABLE system_jumps (
    observed_at DATETIME NOT NULL,
    system_id INTEGER NOT NULL,
    ship_jumps INTEGER,
    PRIMARY KEY (observed_at, system_id)
) WITHOUT ROWID;

-- system_kills: GET /universe/system_kills
CREATE TABLE system_kills (
    observed_at DATETIME NOT NULL,
    system_id INTEGER NOT NULL,
    ship_kills INTEGER,
    pod_kills INTEGER,
    npc_kills INTEGER,
    PRIMARY KEY (observed_at, system_id)
) WITHOUT ROWID;

-- industry_facilities: GET /industry/facilities
CREATE TABLE industry_facilities (
    facility_id INTEGER NOT NULL,
    type_id INTEGER,
    owner_id INTEGER,
    region_id INTEGER,
    solar_system_id INTEGER,
    tax REAL,
    PRIMARY KEY (facility_id)
) WITHOUT ROWID;
CREATE INDEX industry_facilities_solar_system_id_idx ON industry_facilities (solar_system_id);

-- insurance_prices: GET /insurance/prices
CREATE TABLE insurance_prices (
    type_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    cost REAL,
    payout REAL,
    PRIMARY KEY (type_id, name)
) WITHOUT ROWID;

-- sovereignty_systems: GET /sovereignty/systems
CREATE TABLE sovereignty_systems (
    solar_system_id INTEGER NOT NULL,
    claim_kind TEXT,
    claim_faction_faction_id INTEGER,
    claim_alliance_alliance_id INTEGER,
    claim_alliance_corporation_id INTEGER,
    claim_alliance_claimed_since DATETIME,
    claim_alliance_is_capital_system BOOLEAN,
    claim_alliance_development_activity_defense_multiplier REAL,
    claim_alliance_development_industrial_level INTEGER,
    claim_alliance_development_military_level INTEGER,
    claim_alliance_development_strategic_level INTEGER,
    claim_alliance_sovereignty_hub_id INTEGER,
    claim_alliance_sovereignty_hub_vulnerability_window_start DATETIME,
    claim_alliance_sovereignty_hub_vulnerability_window_end DATETIME,
    claim TEXT,
    PRIMARY KEY (solar_system_id)
) WITHOUT ROWID;

-- sovereignty_campaigns: GET /sovereignty/campaigns
CREATE TABLE sovereignty_campaigns (
    campaign_id INTEGER NOT NULL,
    event_type TEXT,
    solar_system_id INTEGER,
    constellation_id INTEGER,
    structure_id INTEGER,
    start_time DATETIME,
    defender_id INTEGER,
    defender_score REAL,
    attackers_score REAL,
    first_seen_at DATETIME,
    last_seen_at DATETIME,
    PRIMARY KEY (campaign_id)
) WITHOUT ROWID;

CREATE TABLE sovereignty_campaign_participants (
    campaign_id INTEGER NOT NULL,
    alliance_id INTEGER NOT NULL,
    score REAL,
    first_seen_at DATETIME,
    last_seen_at DATETIME,
    PRIMARY KEY (campaign_id, alliance_id)
) WITHOUT ROWID;

-- public_contracts: GET /contracts/public/{region_id}
CREATE TABLE public_contracts (
    region_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    type TEXT,
    title TEXT,
    issuer_id INTEGER,
    issuer_corporation_id INTEGER,
    for_corporation BOOLEAN,
    date_issued DATETIME,
    date_expired DATETIME,
    days_to_complete INTEGER,
    price REAL,
    buyout REAL,
    reward REAL,
    collateral REAL,
    volume REAL,
    start_location_id INTEGER,
    end_location_id INTEGER,
    first_seen_at DATETIME,
    last_seen_at DATETIME,
    PRIMARY KEY (region_id, contract_id)
) WITHOUT ROWID;
CREATE INDEX public_contracts_contract_id_idx ON public_contracts (contract_id);

-- public_contract_items: GET /contracts/public/items/{contract_id}
CREATE TABLE public_contract_items (
    contract_id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    type_id INTEGER,
    quantity INTEGER,
    is_included BOOLEAN,
    item_id INTEGER,
    is_blueprint_copy BOOLEAN,
    runs INTEGER,
    material_efficiency INTEGER,
    time_efficiency INTEGER,
    PRIMARY KEY (contract_id, record_id)
) WITHOUT ROWID;
CREATE INDEX public_contract_items_type_id_idx ON public_contract_items (type_id);

-- public_contract_bids: GET /contracts/public/bids/{contract_id}
CREATE TABLE public_contract_bids (
    contract_id INTEGER NOT NULL,
    bid_id INTEGER NOT NULL,
    amount REAL,
    date_bid DATETIME,
    PRIMARY KEY (contract_id, bid_id)
) WITHOUT ROWID;

-- universe_stargates: GET /universe/stargates/{stargate_id}
CREATE TABLE universe_stargates (
    stargate_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    type_id INTEGER,
    destination_stargate_id INTEGER,
    destination_system_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (stargate_id)
) WITHOUT ROWID;
CREATE INDEX universe_stargates_system_id_idx ON universe_stargates (system_id);
CREATE INDEX universe_stargates_destination_system_id_idx ON universe_stargates (destination_system_id);

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

-- universe_planets: GET /universe/planets/{planet_id}
CREATE TABLE universe_planets (
    planet_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    type_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (planet_id)
) WITHOUT ROWID;
CREATE INDEX universe_planets_system_id_idx ON universe_planets (system_id);

-- universe_moons: GET /universe/moons/{moon_id}
CREATE TABLE universe_moons (
    moon_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (moon_id)
) WITHOUT ROWID;
CREATE INDEX universe_moons_system_id_idx ON universe_moons (system_id);

-- universe_asteroid_belts: GET /universe/asteroid_belts/{asteroid_belt_id}
CREATE TABLE universe_asteroid_belts (
    asteroid_belt_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (asteroid_belt_id)
) WITHOUT ROWID;
CREATE INDEX universe_asteroid_belts_system_id_idx ON universe_asteroid_belts (system_id);

-- public_structures: GET /universe/structures
CREATE TABLE public_structures (
    structure_id INTEGER NOT NULL,
    PRIMARY KEY (structure_id)
) WITHOUT ROWID;

-- universe_graphics: GET /universe/graphics/{graphic_id}
CREATE TABLE universe_graphics (
    graphic_id INTEGER NOT NULL,
    graphic_file TEXT,
    collision_file TEXT,
    icon_folder TEXT,
    sof_dna TEXT,
    sof_fation_name TEXT,
    sof_hull_name TEXT,
    sof_race_name TEXT,
    PRIMARY KEY (graphic_id)
) WITHOUT ROWID;

-- planet_schematics: GET /universe/schematics/{schematic_id}
CREATE TABLE planet_schematics (
    schematic_id INTEGER NOT NULL,
    schematic_name TEXT,
    cycle_time INTEGER,
    PRIMARY KEY (schematic_id)
) WITHOUT ROWID;

-- dogma_attributes: GET /dogma/attributes/{attribute_id}
CREATE TABLE dogma_attributes (
    attribute_id INTEGER NOT NULL,
    name TEXT,
    display_name TEXT,
    description TEXT,
    unit_id INTEGER,
    default_value REAL,
    high_is_good BOOLEAN,
    stackable BOOLEAN,
    published BOOLEAN,
    icon_id INTEGER,
    PRIMARY KEY (attribute_id)
) WITHOUT ROWID;

-- dogma_effects: GET /dogma/effects/{effect_id}
CREATE TABLE dogma_effects (
    effect_id INTEGER NOT NULL,
    name TEXT,
    display_name TEXT,
    description TEXT,
    effect_category INTEGER,
    published BOOLEAN,
    is_offensive BOOLEAN,
    is_assistance BOOLEAN,
    is_warp_safe BOOLEAN,
    disallow_auto_repeat BOOLEAN,
    electronic_chance BOOLEAN,
    range_chance BOOLEAN,
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

-- dynamic_items: GET /dogma/dynamic/items/{type_id}/{item_id}
CREATE TABLE dynamic_items (
    item_id INTEGER NOT NULL,
    type_id INTEGER,
    source_type_id INTEGER,
    mutator_type_id INTEGER,
    created_by INTEGER,
    PRIMARY KEY (item_id)
) WITHOUT ROWID;
CREATE INDEX dynamic_items_type_id_idx ON dynamic_items (type_id);

CREATE TABLE dynamic_item_attributes (
    item_id INTEGER NOT NULL,
    attribute_id INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (item_id, attribute_id)
) WITHOUT ROWID;

CREATE TABLE dynamic_item_effects (
    item_id INTEGER NOT NULL,
    effect_id INTEGER NOT NULL,
    is_default BOOLEAN,
    PRIMARY KEY (item_id, effect_id)
) WITHOUT ROWID;

-- loyalty_offers: GET /loyalty/stores/{corporation_id}/offers
CREATE TABLE loyalty_offers (
    corporation_id INTEGER NOT NULL,
    offer_id INTEGER NOT NULL,
    type_id INTEGER,
    quantity INTEGER,
    lp_cost INTEGER,
    isk_cost INTEGER,
    ak_cost INTEGER,
    PRIMARY KEY (corporation_id, offer_id)
) WITHOUT ROWID;
CREATE INDEX loyalty_offers_type_id_idx ON loyalty_offers (type_id);

CREATE TABLE loyalty_offer_items (
    corporation_id INTEGER NOT NULL,
    offer_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    quantity INTEGER,
    PRIMARY KEY (corporation_id, offer_id, type_id)
) WITHOUT ROWID;

-- fw_systems: GET /fw/systems
CREATE TABLE fw_systems (
    solar_system_id INTEGER NOT NULL,
    owner_faction_id INTEGER,
    occupier_faction_id INTEGER,
    contested TEXT,
    victory_points INTEGER,
    victory_points_threshold INTEGER,
    PRIMARY KEY (solar_system_id)
) WITHOUT ROWID;

-- fw_wars: GET /fw/wars
CREATE TABLE fw_wars (
    faction_id INTEGER NOT NULL,
    against_id INTEGER NOT NULL,
    PRIMARY KEY (faction_id, against_id)
) WITHOUT ROWID;

-- fw_faction_stats: GET /fw/stats
CREATE TABLE fw_faction_stats (
    date DATE NOT NULL,
    faction_id INTEGER NOT NULL,
    pilots INTEGER,
    systems_controlled INTEGER,
    kills_yesterday INTEGER,
    kills_last_week INTEGER,
    kills_total INTEGER,
    victory_points_yesterday INTEGER,
    victory_points_last_week INTEGER,
    victory_points_total INTEGER,
    PRIMARY KEY (date, faction_id)
) WITHOUT ROWID;

-- fw_leaderboard_factions: GET /fw/leaderboards
CREATE TABLE fw_leaderboard_factions (
    date DATE NOT NULL,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    rank INTEGER NOT NULL,
    faction_id INTEGER,
    amount INTEGER,
    PRIMARY KEY (date, metric, period, rank)
) WITHOUT ROWID;

-- fw_leaderboard_corporations: GET /fw/leaderboards/corporations
CREATE TABLE fw_leaderboard_corporations (
    date DATE NOT NULL,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    rank INTEGER NOT NULL,
    corporation_id INTEGER,
    amount INTEGER,
    PRIMARY KEY (date, metric, period, rank)
) WITHOUT ROWID;

-- fw_leaderboard_characters: GET /fw/leaderboards/characters
CREATE TABLE fw_leaderboard_characters (
    date DATE NOT NULL,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    rank INTEGER NOT NULL,
    character_id INTEGER,
    amount INTEGER,
    PRIMARY KEY (date, metric, period, rank)
) WITHOUT ROWID;

-- skyhooks_raidable: GET /skyhooks/raidable
CREATE TABLE skyhooks_raidable (
    planet_id INTEGER NOT NULL,
    theft_vulnerability_start DATETIME NOT NULL,
    theft_vulnerability_end DATETIME,
    solar_system_id INTEGER,
    PRIMARY KEY (planet_id, theft_vulnerability_start)
) WITHOUT ROWID;

-- alliances: GET /alliances/{alliance_id}
CREATE TABLE alliances (
    alliance_id INTEGER NOT NULL,
    name TEXT,
    ticker TEXT,
    date_founded DATETIME,
    creator_id INTEGER,
    creator_corporation_id INTEGER,
    executor_corporation_id INTEGER,
    faction_id INTEGER,
    PRIMARY KEY (alliance_id)
) WITHOUT ROWID;

-- alliance_corporations: GET /alliances/{alliance_id}/corporations
CREATE TABLE alliance_corporations (
    alliance_id INTEGER NOT NULL,
    corporation_id INTEGER NOT NULL,
    PRIMARY KEY (alliance_id, corporation_id)
) WITHOUT ROWID;

-- npc_corporations: GET /corporations/npccorps
CREATE TABLE npc_corporations (
    corporation_id INTEGER NOT NULL,
    PRIMARY KEY (corporation_id)
) WITHOUT ROWID;

-- corporation_alliance_history: GET /corporations/{corporation_id}/alliancehistory
CREATE TABLE corporation_alliance_history (
    corporation_id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    start_date DATETIME,
    alliance_id INTEGER,
    is_deleted BOOLEAN,
    PRIMARY KEY (corporation_id, record_id)
) WITHOUT ROWID;

-- character_corporation_history: GET /characters/{character_id}/corporationhistory
CREATE TABLE character_corporation_history (
    character_id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    start_date DATETIME,
    corporation_id INTEGER,
    is_deleted BOOLEAN,
    PRIMARY KEY (character_id, record_id)
) WITHOUT ROWID;

-- character_affiliations: POST /characters/affiliation
CREATE TABLE character_affiliations (
    character_id INTEGER NOT NULL,
    corporation_id INTEGER,
    alliance_id INTEGER,
    faction_id INTEGER,
    PRIMARY KEY (character_id)
) WITHOUT ROWID;
CREATE INDEX character_affiliations_corporation_id_idx ON character_affiliations (corporation_id);

CREATE TABLE character_affiliation_changes (
    character_id INTEGER NOT NULL,
    observed_at DATETIME NOT NULL,
    corporation_id INTEGER,
    alliance_id INTEGER,
    faction_id INTEGER,
    PRIMARY KEY (character_id, observed_at)
) WITHOUT ROWID;

-- war_killmail_refs: GET /wars/{war_id}/killmails
CREATE TABLE war_killmail_refs (
    war_id INTEGER NOT NULL,
    killmail_id INTEGER NOT NULL,
    killmail_hash TEXT,
    PRIMARY KEY (war_id, killmail_id)
) WITHOUT ROWID;

-- killmails: GET /killmails/{killmail_id}/{killmail_hash}
CREATE TABLE killmails (
    killmail_id INTEGER NOT NULL,
    killmail_time DATETIME,
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
    final_blow BOOLEAN,
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

-- freelance_jobs: GET /freelance-jobs
CREATE TABLE freelance_jobs (
    job_id TEXT NOT NULL,
    name TEXT,
    state TEXT,
    last_modified DATETIME,
    progress_current INTEGER,
    progress_desired INTEGER,
    reward_initial REAL,
    reward_remaining REAL,
    PRIMARY KEY (job_id)
) WITHOUT ROWID;

-- freelance_job_details: GET /freelance-jobs/{job_id}
CREATE TABLE freelance_job_details (
    job_id TEXT NOT NULL,
    name TEXT,
    state TEXT,
    last_modified DATETIME,
    progress_current INTEGER,
    progress_desired INTEGER,
    reward_initial REAL,
    reward_remaining REAL,
    details_description TEXT,
    details_career TEXT,
    details_created DATETIME,
    details_expires DATETIME,
    details_finished DATETIME,
    details_creator_character_id INTEGER,
    details_creator_character_name TEXT,
    details_creator_corporation_id INTEGER,
    details_creator_corporation_name TEXT,
    access_and_visibility_acl_protected BOOLEAN,
    access_and_visibility_broadcast_locations TEXT,
    access_and_visibility_restrictions_minimum_age INTEGER,
    access_and_visibility_restrictions_maximum_age INTEGER,
    contribution_max_committed_participants INTEGER,
    contribution_contribution_per_participant_limit INTEGER,
    contribution_reward_per_contribution REAL,
    contribution_submission_limit INTEGER,
    contribution_submission_multiplier REAL,
    configuration_method TEXT,
    configuration_version INTEGER,
    configuration_parameters TEXT,
    PRIMARY KEY (job_id)
) WITHOUT ROWID;

-- military_campaigns: GET /military-campaigns/{campaign_id}
CREATE TABLE military_campaigns (
    campaign_id TEXT NOT NULL,
    state TEXT,
    progress INTEGER,
    started DATETIME,
    finished DATETIME,
    PRIMARY KEY (campaign_id)
) WITHOUT ROWID;

-- military_campaign_objectives: GET /military-campaigns/{campaign_id}/objectives
CREATE TABLE military_campaign_objectives (
    objective_id TEXT NOT NULL,
    campaign_id TEXT,
    state TEXT,
    progress INTEGER,
    last_modified DATETIME,
    started DATETIME,
    finished DATETIME,
    participants_committed INTEGER,
    participants_contributors INTEGER,
    participants_total INTEGER,
    PRIMARY KEY (objective_id)
) WITHOUT ROWID;
CREATE INDEX military_campaign_objectives_campaign_id_idx ON military_campaign_objectives (campaign_id);

-- paragon_listings: GET /paragon-hub/skinr
CREATE TABLE paragon_listings (
    listing_id TEXT NOT NULL,
    skinr_id TEXT,
    seller_id INTEGER,
    state TEXT,
    quantity INTEGER,
    price_kind TEXT,
    price_isk REAL,
    price_plex INTEGER,
    price TEXT,
    created DATETIME,
    expires DATETIME,
    last_modified DATETIME,
    first_seen_at DATETIME,
    last_seen_at DATETIME,
    PRIMARY KEY (listing_id)
) WITHOUT ROWID;
CREATE INDEX paragon_listings_skinr_id_idx ON paragon_listings (skinr_id);

-- skinr_designs: GET /cosmetics/skinr/{skinr_id}
CREATE TABLE skinr_designs (
    skinr_id TEXT NOT NULL,
    name TEXT,
    line TEXT,
    tier_level INTEGER,
    ship_type_id INTEGER,
    creator_id INTEGER,
    layout TEXT,
    PRIMARY KEY (skinr_id)
) WITHOUT ROWID;

-- corporations: GET /corporations/{corporation_id}
CREATE TABLE corporations (
    corporation_id INTEGER NOT NULL,
    name TEXT,
    ticker TEXT,
    type TEXT,
    state TEXT,
    member_count INTEGER,
    alliance_id INTEGER,
    ceo_id INTEGER,
    creator_id INTEGER,
    date_founded DATETIME,
    home_station_id INTEGER,
    enlisted_faction_id INTEGER,
    tax_rates_isk REAL,
    tax_rates_loyalty_point REAL,
    shares INTEGER,
    war_eligible BOOLEAN,
    friendly_fire TEXT,
    url TEXT,
    description TEXT,
    palette TEXT,
    PRIMARY KEY (corporation_id)
) WITHOUT ROWID;
CREATE INDEX corporations_alliance_id_idx ON corporations (alliance_id);

-- wars: GET /wars/{war_id}
CREATE TABLE wars (
    war_id INTEGER NOT NULL,
    declared DATETIME,
    started DATETIME,
    finished DATETIME,
    retracted DATETIME,
    mutual BOOLEAN,
    open_for_allies BOOLEAN,
    aggressor_alliance_id INTEGER,
    aggressor_corporation_id INTEGER,
    aggressor_isk_destroyed REAL,
    aggressor_ships_killed INTEGER,
    defender_alliance_id INTEGER,
    defender_corporation_id INTEGER,
    defender_isk_destroyed REAL,
    defender_ships_killed INTEGER,
    PRIMARY KEY (war_id)
) WITHOUT ROWID;
CREATE INDEX wars_finished_idx ON wars (finished);

CREATE TABLE war_allies (
    war_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    alliance_id INTEGER,
    corporation_id INTEGER,
    PRIMARY KEY (war_id, ordinal)
) WITHOUT ROWID;

-- characters: GET /characters/{character_id}
CREATE TABLE characters (
    character_id INTEGER NOT NULL,
    name TEXT,
    corporation_id INTEGER,
    alliance_id INTEGER,
    faction_id INTEGER,
    birthday DATETIME,
    gender TEXT,
    race_id INTEGER,
    bloodline_id INTEGER,
    security_status REAL,
    achievement_score INTEGER,
    corporation_title TEXT,
    character_title_id TEXT,
    description TEXT,
    PRIMARY KEY (character_id)
) WITHOUT ROWID;
CREATE INDEX characters_corporation_id_idx ON characters (corporation_id);

-- esi_route_status: GET /meta/status
CREATE TABLE esi_route_status (
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status TEXT,
    PRIMARY KEY (method, path)
) WITHOUT ROWID;

-- esi_compatibility_dates: GET /meta/compatibility-dates
CREATE TABLE esi_compatibility_dates (
    date DATE NOT NULL,
    PRIMARY KEY (date)
) WITHOUT ROWID;

-- esi_changelog: GET /meta/changelog
CREATE TABLE esi_changelog (
    date DATE NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT,
    PRIMARY KEY (date, method, path, type)
) WITHOUT ROWID;
